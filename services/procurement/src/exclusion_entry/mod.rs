//! The entries of the catalogue that bar: texts, legal basis, codes.

pub mod rules;
