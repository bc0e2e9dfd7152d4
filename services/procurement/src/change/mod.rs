//! What could be otherwise about a supplier: a fact ended, added or stated, a score risen, or a later day.

pub mod rules;
