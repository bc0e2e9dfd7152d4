//! What a citation of a standard means on a day: the edition, or why none can be told and which might be meant (Standardization Law 2, 24; domain 2.2).
//! Not here: the grammar of numbers, `model::standard_no`.

pub mod actions;
pub mod http;
