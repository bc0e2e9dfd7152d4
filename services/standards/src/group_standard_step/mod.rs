//! The steps of a group standard on HTTP. Not here: which step is allowed, `group_standard`.

pub mod http;
