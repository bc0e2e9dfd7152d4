//! A row of a department's file, read by a mapping into a fact as it would have been sent. Not here: the mapping itself, `mapping`; one cell, `cell`.

pub mod rules;
#[cfg(test)]
mod tests;
