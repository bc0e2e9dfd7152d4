//! Group standards that are proposed as national ones, from the proposal to the national edition that takes them over. Not here: group standards
//! themselves.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
