//! The steps of a check on HTTP, for authorities. Not here: which step is allowed, `declaration_check`.

pub mod http;
