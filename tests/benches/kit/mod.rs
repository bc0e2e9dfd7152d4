//! What the benchmarks stand on: processes and their CPU time, a load generator that costs little, tables. Not here: what is measured.

pub(crate) mod arguments;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod process;
pub(crate) mod stack;
pub(crate) mod table;
