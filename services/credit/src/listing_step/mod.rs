//! The steps of a listing on HTTP: notice, reply, consent, decide, publish, remove. Not here: whether one may be taken, `listing`.

pub mod http;
