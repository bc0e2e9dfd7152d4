//! What a tender may not ask: the eight practices of Art 20 of the Procurement Regulation, found by words and codes.

pub mod rules;

#[cfg(test)]
mod tests;
