//! The test cases that a ruleset brings along; they must pass before it is published.

pub mod rules;
