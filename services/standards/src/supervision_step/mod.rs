//! The steps of a case of supervision on HTTP. Not here: which step is allowed, `supervision`.

pub mod http;
