//! Public comments on drafts of group standards and what the association answers (domain 2.3). Not here: when comments may be made, `group_standard`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
