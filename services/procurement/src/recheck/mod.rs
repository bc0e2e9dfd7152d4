//! Asking signed decisions again for a while, so that the status of a receipt says whether its outcome still stands.

pub mod actions;
pub mod store;

#[cfg(test)]
mod tests;
