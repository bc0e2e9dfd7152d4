//! A ruleset: criteria, conditions and preferences as data, with a window of effect and its own test cases. A version that was published never changes.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
pub(crate) mod tests;
