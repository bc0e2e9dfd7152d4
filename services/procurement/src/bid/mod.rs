//! A bid as it is judged, and whether it is valid. Not here: how it is handed in (`evaluation`), what a valid one scores (`ranking`).

pub mod rules;
