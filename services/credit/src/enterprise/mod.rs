//! The register of enterprises: who exists, under which names, where, in which status. What it says of an enterprise is replaced as a whole and every
//! version stays readable. Not here: what is known about their conduct, `fact`; reading many at once from a file, `intake`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
