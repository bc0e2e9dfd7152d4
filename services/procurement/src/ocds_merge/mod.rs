//! The merge of releases of the Open Contracting Data Standard 1.1 into the compiled release.

pub mod rules;

#[cfg(test)]
mod tests;
