//! Reconciliation API 0.2 of the W3C Entity Reconciliation Community Group: a table of suppliers is matched against the register by OpenRefine and its like.
//! Public data only, so sole traders, whose names and codes are data of a person, are never among the answers. Not here: who may be meant, `search`.

pub mod actions;
pub mod http;
pub mod rules;
