//! A check of a declaration, or of its absence, from the draw to publicity: what was found, the order to correct, what came of it
//! (Standardization Law 27, 35, 38; domain 2.4). Not here: who is drawn, `check_plan` and `draw`; how credit hears of it, `credit_report`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
