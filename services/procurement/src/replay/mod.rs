//! Deciding once more: on what was known then, to prove a decision; on what is known now, to see whether it still holds.

pub mod actions;
pub mod http;
