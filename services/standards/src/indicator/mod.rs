//! What a requirement says as a number, and which of two is stricter. Not here: units, `unit`; the clauses of an edition, `clause`.

pub mod rules;
#[cfg(test)]
mod tests;
