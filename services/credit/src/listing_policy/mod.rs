//! The three lists as data: steps, who takes them, clocks with period and citation, grounds, conditions; one row per regime. Not here: applying them,
//! `listing` and `listing_condition`.

pub mod rules;
#[cfg(test)]
mod tests;
