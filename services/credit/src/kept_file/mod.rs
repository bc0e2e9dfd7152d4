//! The file of an import: its parts in the database as they arrive, and the rows that are read back from them. Not here: texts and workbooks as such, `sheet` and `workbook`.

pub mod actions;
