//! Lists of standards read into the catalogue, in our own form and in those of two real lists; every fault of a list is reported and kept, none is
//! swallowed. Not here: what is recorded of an edition, `edition`; the grammar of numbers, `model::standard_no`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
