//! Files as rows: the encoding of a text, the records of CSV with a bound on each, the lines of NDJSON. Every room that takes a file reads it here.
//! Not here: workbooks, `workbook`; what a row means, the room that asked for it.

pub mod actions;
#[cfg(test)]
mod tests;
