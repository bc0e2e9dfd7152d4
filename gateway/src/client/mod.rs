//! Clients: who may ask for tokens, for which organisation, in which role, with which scopes. A client has one or two live secrets; a new one
//! goes to the other slot, so that the previous still works while it is replaced everywhere. Not here: tokens, `token`.

pub mod actions;
pub(crate) mod rules;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use rules::{Client, Faults};
