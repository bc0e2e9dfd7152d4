//! What the gateway shows about the platform: OpenAPI documents, the documentation page, and a page for every problem code. Everything is made
//! at start and served from memory, offline. Not here: the operations themselves.

pub(crate) mod actions;
pub(crate) mod http;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

pub use actions::{Document, merged, scopes};
