//! The file of an import as rows, read back from the parts that the database keeps. Not here: texts and workbooks as such, `sheet` and `workbook`.

pub mod actions;
