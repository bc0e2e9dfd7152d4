//! The words of a receipt out of a decision, and their signature. Not here: the keys, `receipt_key`.

pub mod actions;
