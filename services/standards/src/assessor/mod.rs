//! Third-party assessment bodies: who they are and in which fields of products they assess. What they find is attributed to them. Not here: what they plan,
//! `ranking_plan`; what they find, `ranking`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
