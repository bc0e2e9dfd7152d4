//! A declaration as it comes in (Standardization Law 27; Order 83 Art 12). Not here: taking it, `declaration`.

pub mod http;
pub mod rules;
#[cfg(test)]
mod tests;
