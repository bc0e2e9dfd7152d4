//! Whether a signed decision still holds: withdrawn, or another outcome by now; published as lists of bits (W3C Bitstring Status List v1.0). Not here: the
//! form of a list, `libs/receipt`; noticing that an outcome changed, `watch`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
