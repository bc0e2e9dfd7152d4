//! Who writes to the register, and taking a step of a life cycle. Not here: what is written; which steps there are.

pub mod actions;
pub mod http;
