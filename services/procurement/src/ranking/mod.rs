//! From bids to ranks: which bid is valid, what it scores, who is before whom and why. Not here: the announced terms (`evaluation`), related bidders (`relation`).

pub mod rules;

#[cfg(test)]
mod tests;
