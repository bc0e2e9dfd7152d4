//! Group standards from the proposal to their end: consultation, review, vote, approval, number, publication, five-year review, and what supervision does
//! to them (Standardization Law 18, 24, 29, 39, 42; domain 2.3, A21). Not here: the words of a step, `group_standard_word`; the steps on HTTP,
//! `group_standard_step`; comments, `consultation`; cases of the authority, `supervision`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
