//! The technical requirements of an edition, clause by clause: numbers, never the text. Not here: units, `unit`; two editions side by side,
//! `comparison`.

pub mod rules;
#[cfg(test)]
mod tests;
