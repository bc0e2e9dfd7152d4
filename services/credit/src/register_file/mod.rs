//! A file of the register authority, CSV or NDJSON, read as a stream: one bad row never fails the rest, and every refused row is reported. Not here:
//! what an entry must be like, `enterprise`.

pub mod actions;
pub mod http;
pub mod rules;
