//! Leaders: a candidate from the best band of a ranking, with its own commitment, public before it is named; objections; the title and its loss. Not here:
//! the ranking itself, `ranking`; the steps on HTTP, `leader_step`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
