//! Who is meant: candidates by their keys, compared by name and code, ranked, each with the aliases by which it was found and why. Not here: the keys,
//! `name_key`; the comparison, `matching`; the address, `enterprise::http`.

pub mod actions;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
