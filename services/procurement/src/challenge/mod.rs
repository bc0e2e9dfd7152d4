//! Challenges of a tender's documents, process or result: query, answer, complaint, decision, and the suspension of the procurement meanwhile
//! (Government Procurement Law 52 to 58). Not here: the words of a step, `challenge_word`; how clocks are counted, `deadline`; the steps on HTTP,
//! `challenge_step`; what a decision does to an award, `award`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
