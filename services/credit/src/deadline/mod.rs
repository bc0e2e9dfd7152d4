//! Deadlines that a fact sets by law, such as when a penalty must be made public. Counted when the fact is recorded; where the calendar of a year is
//! missing the deadline is kept without a day and counted when the year is there. Not here: how a period is counted, `model::period`.

pub mod actions;
pub mod rules;
pub mod store;
