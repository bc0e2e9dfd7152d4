//! A tender: what is bought, until when bids come in, by which rules; every version of it stays readable.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;
