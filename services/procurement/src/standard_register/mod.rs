//! What the register of standards tells: on which days an edition holds, and which is stricter than which; read for the standards that a ruleset or
//! tender cites, at one position of its feed. Not here: what a supplier's goods conform to (`standing`), judging it (`standard_criterion`).

pub mod actions;
pub mod rules;
pub mod store;
