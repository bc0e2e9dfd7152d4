//! Decimals of an evaluation: points and percentages with two decimals, exact evaluated prices, the price score. Not here: what is deducted (`deduction`), who is first (`ranking`).

pub mod rules;

#[cfg(test)]
mod tests;
