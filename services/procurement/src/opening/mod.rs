//! Bids as they are handed in: their form, and what is read from it. Not here: whether one is valid (`bid`).

pub mod rules;

#[cfg(test)]
mod tests;
