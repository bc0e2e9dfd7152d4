//! What it would take: per criterion that is not met what is needed, who can do it and when, and the smallest sets of changes that flip the outcome.

pub mod actions;
pub mod http;
pub mod rules;

#[cfg(test)]
mod tests;
