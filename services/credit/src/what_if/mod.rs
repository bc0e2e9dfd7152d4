//! What would be if: the score with changes, or the smallest sets of changes that reach a grade and the day each can be true. Nothing is stored. Not here:
//! the score as it is, `score`; what an enterprise can do, which is policy data (`policy/what_if.json`).

pub mod http;
pub mod rules;
#[cfg(test)]
mod tests;
