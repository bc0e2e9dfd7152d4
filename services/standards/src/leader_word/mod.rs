//! The words of leaders. Not here: what they mean for a leader, `leader`.

pub mod rules;
