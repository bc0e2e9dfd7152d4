//! The entries of the catalogue that are asked for or preferred: parameters, texts, legal basis, codes.

pub mod rules;
