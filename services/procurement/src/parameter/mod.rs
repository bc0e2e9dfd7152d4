//! The parameters of a criterion: what may be set, and what was set.

pub mod rules;
