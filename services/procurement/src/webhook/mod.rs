//! The endpoints at which clients want to be told.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
