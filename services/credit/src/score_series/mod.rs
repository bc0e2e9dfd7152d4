//! How a score moved, day by day, and why: each change with the facts that began, ended or faded, the vetoes and the model. Not here: one day's score,
//! `score`; the segments, `timeline`.

pub mod http;
pub mod rules;
#[cfg(test)]
mod tests;
