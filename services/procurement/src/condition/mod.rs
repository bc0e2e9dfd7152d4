//! An extra condition of a ruleset, written in CEL over the named scalars of a supplier.

pub mod rules;

#[cfg(test)]
mod tests;
