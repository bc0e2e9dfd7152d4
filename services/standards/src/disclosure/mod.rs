//! Disclosure of quality information: what must be disclosed, by category and day, and what enterprises do disclose. Not here: the standards that they
//! declare to execute.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
