//! Results as everybody reads them, without a token. Not here: the awards themselves, `award`.

pub mod http;
