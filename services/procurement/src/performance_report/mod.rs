//! How credit hears of evaluations: a job follows the own feed and sends until each is acknowledged. Not here: the evaluations, `performance`.

pub mod actions;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
