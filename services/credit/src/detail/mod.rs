//! The `detail` of a fact: for each kind which fields there are and which values they take. Not here: what every fact has, `fact`.

pub mod rules;
#[cfg(test)]
mod tests;
