//! All suppliers and all lots of a tender, decided by a job that survives a restart; kept as a batch.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;
