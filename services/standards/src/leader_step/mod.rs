//! The steps of candidates and leaders on HTTP. Not here: which may follow which, `leader`.

pub mod http;
