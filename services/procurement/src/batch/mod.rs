//! Many suppliers in one request: one line each, in order; kept as one record with the hashes of its lines, which are recomputed when they are asked for.
//! Not here: the single decision, `decision`; the tree over the lines, `libs/receipt`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
