//! The classes of standards: the International Classification for Standards (ICS, three levels) and the Chinese one (CCS, by its letters). Not here:
//! which edition stands in which class, `edition`.

pub mod http;
pub mod rules;
#[cfg(test)]
mod tests;
