//! Who looked at what is not public about one enterprise: noted for every operation that reads one, kept in memory for less than a second,
//! written by a job in writes of its own, and removed after the policy's years. Not here: what a reader may see; scopes and handlers decide that.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;

pub use actions::QueryLog;
