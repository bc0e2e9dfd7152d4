//! How alike what is asked for and a name are, in thousandths, and why. Whoever reads an answer sees by which alias and for which reasons it was found. Not
//! here: which names are compared at all, `name_key`; the parts of a name, `name_part`.

pub mod rules;
#[cfg(test)]
mod tests;
