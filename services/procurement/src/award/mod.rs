//! The award of a lot: who wins, the notice, the contract and their clocks (Government Procurement Law 46 to 50). Not here: the bounds and clocks
//! themselves, `award_terms`; the contract on HTTP, `contract`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
