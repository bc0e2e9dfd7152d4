//! What the law sets for awards and contracts: clocks and bounds. Not here: the award itself, `award`.

pub mod rules;
#[cfg(test)]
mod tests;
