//! What every service shares on HTTP: reading requests, answering, tracing, guarding. Not here: who calls (`crate::token`), errors
//! (`crate::error`), and the server itself (`crate::service`).

pub mod guard;
pub mod health;
pub mod json;
pub mod once;
pub mod page;
pub mod param;
pub mod precondition;
pub mod query;
pub mod step;
pub mod trace;
