//! Recorded conversions between test methods, without which values by two methods are not compared. Not here: comparing, `indicator`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
