//! The named scalars that a condition may speak of.

pub mod rules;

#[cfg(test)]
mod tests;
