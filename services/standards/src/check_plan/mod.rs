//! A plan by which declarations are drawn for checks: who may be drawn, and the hash of the seed, are fixed first; the seed is disclosed
//! with the draw, and anybody can repeat it (domain 2.4, 双随机). Not here: the draw itself, `draw`; what is found, `declaration_check`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
