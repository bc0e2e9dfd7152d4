//! Proposing a listing on HTTP: an authority for any list, an enterprise for itself for the trustworthy list. Not here: the steps after it, `listing_step`.

pub mod http;
