//! The keys by which names and codes are found: a few rows per name, looked up as they are by an index. They only choose who is compared; `matching` decides.
//! Nothing is scanned and nothing is held in memory, so a replica needs no warming. Not here: comparing, `matching`.

pub mod rules;
pub mod store;
