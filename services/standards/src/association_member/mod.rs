//! The members of an association, which use its standards by agreement (Standardization Law 18). Not here: the association itself, `association`.

pub mod actions;
pub mod http;
pub mod store;
#[cfg(test)]
mod tests;
