//! Incentives and joint discipline: they follow from lists, bans and grade by a published table, each from its ground's first day to its last, and end by
//! themselves when the ground goes. What is not in the table cannot be imposed. Not here: lists and grade.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
