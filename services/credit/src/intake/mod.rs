//! Reading many at once: facts in a batch, enterprises from a file as a stream. One bad row never fails the rest, and every refused row is reported.
//! Not here: what a row must be like; that is where the single one is read.

pub mod actions;
pub mod http;
pub mod rules;
