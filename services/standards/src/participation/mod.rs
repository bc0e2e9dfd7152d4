//! Who drafted which edition, and the figures of that by enterprise, level and year. Not here: editions, `edition`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
