//! The standing of a supplier: everything that is known of it, cut at the positions of the feeds. A decision reads this and nothing else.

pub mod actions;
pub mod rules;
pub mod store;

#[cfg(test)]
pub(crate) mod tests;
