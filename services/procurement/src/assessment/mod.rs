//! The answer of an evaluation and the words of its steps. Not here: how it is found (`ranking`).

pub mod rules;
