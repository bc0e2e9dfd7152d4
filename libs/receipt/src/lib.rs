#![doc = include_str!("../README.md")]

mod canonical;
mod checkpoint;
mod jws;
mod keys;
mod log;
mod payload;
mod report;
pub mod tree;

pub use canonical::{CanonicalError, canonical, digest};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use jws::{MAX_LENGTH, TYP, Verified, VerifyError, sign, verify};
pub use keys::{Jwk, JwkSet, KeyError, SigningKey};
pub use log::{Consistency, Inclusion, LogError, ORIGIN, entry};
pub use payload::{BatchPayload, CriterionResult, ModelRef, Payload, RulesetRef, SourceRef, StatedCondition, StatusRef};
pub use report::{Report, Statement, Text, report};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree_tests;
