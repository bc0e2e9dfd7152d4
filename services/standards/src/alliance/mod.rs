//! Standard alliances (标准联盟): who leads, who is a member, and the standards that the members undertake to keep. Not here: those standards themselves,
//! `edition`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
