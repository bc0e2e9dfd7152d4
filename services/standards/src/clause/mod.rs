//! The technical requirements of an edition, clause by clause: numbers, never the text. Not here: what a requirement says, `indicator`; two editions
//! side by side, `comparison`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
