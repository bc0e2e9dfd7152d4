//! The duties to disclose on HTTP. Not here: what is disclosed and what is missing, `disclosure`.

pub mod http;
