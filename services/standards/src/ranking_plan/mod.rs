//! The plan of a ranking: by which indicators, and in which bands of their values, the declared standards of a field of products are ranked; approved before
//! it is used. Not here: ranking by it, `ranking`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
