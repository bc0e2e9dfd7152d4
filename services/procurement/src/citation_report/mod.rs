//! How the register of standards hears which tenders cite what: a job follows the own feed and reports until each tender is known there. Not here: what a
//! tender asks, `tender`; what the register tells, `standard_register`.

pub mod actions;
pub mod store;
