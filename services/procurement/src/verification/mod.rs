//! Verifying a receipt with the published keys. Not here: doing the same offline, `libs/receipt` and the command `touchstone verify-receipt`.

pub mod http;
