//! What anybody may read without a token: an enterprise with its grade, the facts that are public on the day and the lists it stands on. Which kinds
//! and fields those are is policy data. Not here: for how long a fact is public, `publicity`; the internal risk class, which is never published.

pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
