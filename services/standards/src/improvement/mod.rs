//! Which standards need improvement and why: reviews that are overdue, comparisons, complaints, failures by clause, feedback. Not here: the comparison of
//! clauses and the procedure of a complaint; both leave a relation or a finding.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
