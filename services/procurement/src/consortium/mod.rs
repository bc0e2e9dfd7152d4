//! Many enterprises as one supplier: who they are, and how they meet a criterion together.

pub mod rules;

#[cfg(test)]
mod tests;
