//! The catalogue of criteria: what may stand in a ruleset, with which parameters, on which legal basis.

pub mod http;
pub mod rules;

#[cfg(test)]
mod tests;
