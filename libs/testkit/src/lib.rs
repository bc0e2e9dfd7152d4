//! What tests stand on: the real processes on real databases, callers with real tokens, invented enterprises. Not here: any assertion about the
//! product, and any mock of it.
#![expect(clippy::expect_used, clippy::panic, reason = "only for tests: a broken assumption must stop the test at once")]

mod backend;
mod client;
mod folder;
mod poll;
mod process;
mod sample;
mod stack;

pub use backend::{Backend, Database, backends, demand_both, open};
pub use client::{Call, Client, Reply};
pub use folder::Folder;
pub use poll::{decided_at, eventually, eventually_within};
pub use process::{Process, program};
pub use sample::{KINDS, Sample, code_of, fact, in_seconds, next_code, sample_enterprise, today};
pub use stack::{Mode, ROLES, Settings, Stack};
