//! Bidders of one lot that belong together, or look as if they did. Not here: what the evaluation makes of it (`ranking`).

pub mod actions;
pub mod http;
pub mod rules;

#[cfg(test)]
mod tests;
