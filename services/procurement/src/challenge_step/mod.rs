//! The steps of a challenge on HTTP. Not here: which step is allowed, `challenge`.

pub mod http;
