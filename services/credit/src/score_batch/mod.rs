//! The scores of many enterprises in one answer. Not here: one explained score, `score`.

pub mod http;
