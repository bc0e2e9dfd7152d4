//! Marks on facts: under objection, stayed, repaired, masked. A mark changes no fact; it says from which day to which day the fact counts differently, and
//! like a fact it stands on two time axes. A mark follows its fact when that is corrected.

pub mod actions;
pub mod http;
pub mod store;
