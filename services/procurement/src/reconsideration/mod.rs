//! Asking watched decisions again when a supplier or the day changes, and saying what made a difference.

pub mod actions;
pub mod rules;
pub mod store;

#[cfg(test)]
pub(crate) mod tests;
