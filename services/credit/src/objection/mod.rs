//! Objections of enterprises against facts (domain 3.7): the fact is marked at once, an answer is due by the clock of the day, and what was upheld is corrected
//! in the same transaction. `open` → `upheld` | `dismissed` | `withdrawn`; nothing follows these.

pub mod actions;
pub mod http;
pub mod rules;
