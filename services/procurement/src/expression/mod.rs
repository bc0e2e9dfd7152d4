//! The part of CEL that a condition may use.

pub mod rules;

#[cfg(test)]
mod tests;
