//! Units of measure and exact numbers in them. Not here: what is required of a product, `clause`.

pub mod rules;
#[cfg(test)]
mod tests;
