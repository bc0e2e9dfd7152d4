//! The parts of a name: place, core, trade, legal form. The core tells enterprises apart; the others stand in thousands of names. Not here: comparing them,
//! `matching`.

pub mod rules;
#[cfg(test)]
mod tests;
