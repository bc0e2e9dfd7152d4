//! Watches: decisions that a client wants to be told of when they would come out otherwise.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
