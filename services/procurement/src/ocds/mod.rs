//! A tender in the words of the Open Contracting Data Standard 1.1.

pub mod rules;

#[cfg(test)]
mod tests;
