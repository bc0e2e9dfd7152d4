//! Whether an outcome hangs on a fact that the enterprise objects to.

pub mod rules;

#[cfg(test)]
mod tests;
