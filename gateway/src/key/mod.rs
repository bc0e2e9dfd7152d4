//! The public keys of the platform, and the description of its authorization server. Token keys are the gateway's own; receipt keys are
//! procurement's and only shown here. Not here: signing.

pub(crate) mod actions;
pub(crate) mod http;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
