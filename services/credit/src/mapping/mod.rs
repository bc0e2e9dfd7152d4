//! A mapping says which column of a department's file becomes which field of a fact; it is data, has a name and versions. An import is read by the
//! version that stood when its file arrived. Not here: reading a cell, `cell`; a row, `row`; the import itself, `fact_file`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
