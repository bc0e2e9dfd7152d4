//! How far Chinese standards follow the international ones: numerator, denominator, percent, by class, and what is missing. Not here: the relations
//! themselves, `edition`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
