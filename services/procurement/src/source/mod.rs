//! Documents of other systems that tenders are made from, kept byte for byte, with notes on what could not be taken over.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
