//! The evaluation of bids for a tender: what the tender announced, the answer, its record and its replay. Not here: who is first and why (`ranking`).

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;
