//! The decision: one verdict out of all findings.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;
