//! The grounds that bar a supplier: lists, bans, major violations, status, open recalls.

pub mod rules;

#[cfg(test)]
mod tests;
