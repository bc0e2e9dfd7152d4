//! The book of published scoring models: which version is in force on a day, as known at an instant. Not here: drafts and publishing, `model_version`.

pub mod actions;
pub mod rules;
pub mod store;
