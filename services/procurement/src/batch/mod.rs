//! Many suppliers in one request: one line each, in order; kept as one record with the digest of its lines. Not here: the single decision, `decision`.

pub mod http;
pub mod store;
