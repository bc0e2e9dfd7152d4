//! How a contract was performed, as its buyer evaluates it after delivery. Not here: how credit hears of it, `performance_report`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
