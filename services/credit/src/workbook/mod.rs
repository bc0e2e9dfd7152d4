//! XLSX workbooks as rows, guarded against archives that unfold without end. Not here: texts, `sheet`; what a row means.

pub mod actions;
#[cfg(test)]
mod tests;
