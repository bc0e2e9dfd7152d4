//! The evaluation of bids for a tender: what the tender announced, what was handed in, the answer, its record and its replay. Not here: who is first and why (`ranking`).

pub mod rules;

#[cfg(test)]
mod tests;
