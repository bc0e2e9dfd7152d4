//! Deductions from the price for the evaluation: small business and domestic products, by dated bands. Not here: the score that follows (`scoring`).

pub mod rules;

#[cfg(test)]
mod tests;
