//! Associations that make group standards: the reserved code, internal procedure, policy on intellectual property, norms of self-discipline, how they vote
//! (Standardization Law 18, 24; domain 2.3). Not here: their members, `association_member`; their standards, `group_standard`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
