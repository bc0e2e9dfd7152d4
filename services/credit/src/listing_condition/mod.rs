//! What must be shown before an enterprise is listed, or taken off early: each condition with the day from which it is met. Not here: steps and clocks,
//! `listing`.

pub mod actions;
pub mod rules;
#[cfg(test)]
mod tests;
