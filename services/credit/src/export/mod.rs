//! The public data as a whole, for other regions' systems: a manifest, and parts of compressed NDJSON that are made on demand from what was known at one
//! instant, so that any replica gives the same bytes after any restart. Not here: what is public, `public_page`; the feed from which a copy goes on, `common`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
