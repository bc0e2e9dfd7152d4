//! The score on every day for the facts known now, as segments between which nothing changes: it is what procurement looks up and never computes.

pub mod rules;
#[cfg(test)]
mod tests;
