//! Who may write tenders, and whose drafts are seen by whom.

pub mod actions;
