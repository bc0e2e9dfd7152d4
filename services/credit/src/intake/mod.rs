//! Many facts in one request: one bad item never fails the rest. Not here: what a fact must be like, `draft`.

pub mod actions;
pub mod http;
