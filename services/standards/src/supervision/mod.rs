//! Complaints about group standards and what the authority does: correction ordered, corrected, abolished, number revoked; with clocks (Standardization Law
//! 35, 39, 42; domain 2.1, 2.3). Not here: the steps on HTTP, `supervision_step`; what becomes of the standard itself, `group_standard`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
