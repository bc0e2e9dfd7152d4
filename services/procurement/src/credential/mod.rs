//! A signed decision in the envelope of a W3C Verifiable Credential. Not here: the envelope, `libs/receipt`.

pub mod http;
