//! A cell of a department's file as the value of a field: dates in the ways they are written, money in yuan or 万元, words by a table, lists.
//! Not here: which column becomes which field, `mapping`.

pub mod rules;
#[cfg(test)]
mod tests;
