//! The contract of an award on HTTP: signed, public, filed, supplemented. Not here: what the law sets, `award_terms`; the steps, `award`.

pub mod http;
