//! Taking back what the feed told of a fact when its publicity ends: by time, by repair, by a stay, by a correction. Partners and the public read the old
//! events without their data from then on; services and authorities keep the whole history. Not here: when publicity ends, `publicity`.

pub mod actions;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
