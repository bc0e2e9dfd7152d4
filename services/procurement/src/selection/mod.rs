//! What a procurement may ask for: grade, score, checks, licences, cover, traceability, conformity; and the two preferences.

pub mod rules;

#[cfg(test)]
mod tests;
