//! What a tender would do to the suppliers there are: how many are left after each criterion, and who may take part.

pub mod actions;
pub mod http;
pub mod rules;

#[cfg(test)]
mod tests;
