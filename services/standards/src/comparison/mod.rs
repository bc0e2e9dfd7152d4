//! Two editions side by side, clause by clause, and comparisons that are kept and judged again when a clause changes. Not here: which of two
//! requirements is stricter, `indicator`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
