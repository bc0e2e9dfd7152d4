//! A version of a ruleset, draft or published, held against another: whose outcome flips, and which criteria cause it. Nothing is stored.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;
