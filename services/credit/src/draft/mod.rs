//! A fact as it is sent, and what becomes of it when it is read: every fault at once. Not here: its `detail`, read by `detail`; what happens then, `fact`.

pub mod rules;
