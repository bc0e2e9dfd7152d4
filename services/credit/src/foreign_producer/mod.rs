//! Producers abroad, which have no Unified Social Credit Code: known by their legal entity identifier (ISO 17442), with the domestic enterprise that answers
//! for their goods. Not here: domestic enterprises, `enterprise`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
