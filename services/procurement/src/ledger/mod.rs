//! The log of decisions: append-only, in the order of the feed, with signed checkpoints and proofs. Not here: what a proof is and how it is verified,
//! `libs/receipt`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
