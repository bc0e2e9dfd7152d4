//! Stub.

pub mod detail;
pub mod evaluation;
pub mod fact;
pub mod field;
pub mod model_check;
pub mod score;
pub mod scoring_model;
pub mod selector;
pub mod timeline;
