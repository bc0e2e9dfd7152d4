//! Access tokens by client credentials (RFC 6749, section 4.4; RFC 9068). Not here: their verification, `common::token`; who the clients are,
//! `client`.

pub(crate) mod actions;
pub(crate) mod http;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
