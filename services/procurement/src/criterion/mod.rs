//! A criterion's answer: passed, failed, unknown or not applicable, with its ground, its facts and what would help.

pub mod rules;
