//! The criteria of a European Single Procurement Document request, 2.1.1.

pub mod rules;

#[cfg(test)]
mod tests;
