//! The changes that could help past a criterion that is not met.

pub mod rules;

#[cfg(test)]
mod tests;
