//! XML from strangers as a plain tree: no document type, no entities of its own, bounded in depth and number.

pub mod rules;

#[cfg(test)]
mod tests;
