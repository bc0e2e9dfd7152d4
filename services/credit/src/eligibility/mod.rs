//! Whether a fact can be repaired (domain 3.5, domain-updates A3 to A9): the conditions of the regime in force on a day, which of them fail, and from when
//! each will be met. What no record shows an authority verifies itself.

pub mod actions;
pub mod http;
pub mod rules;
#[cfg(test)]
mod tests;
