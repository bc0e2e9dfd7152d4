//! What an enterprise declares of a product: the standards that it executes, its own indicators, its commitments (Standardization Law 27;
//! Order 83 of SAMR, Art 12 and 14). Versioned, never overwritten. Not here: comparing two requirements, `clause`; checking declarations,
//! `declaration_check`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
