//! Deliveries to webhooks: what waits, what was tried, when it is tried again. At least once, in no promised order; the id of a message stays the same.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
pub(crate) mod tests;
