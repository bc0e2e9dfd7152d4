#![doc = include_str!("../README.md")]

mod canonical;
mod check;
mod checkpoint;
mod jws;
mod keys;
mod lines;
mod log;
mod payload;
mod report;
mod status;
mod time;
pub mod tree;
mod vc;

pub use canonical::{CanonicalError, canonical, digest};
pub use check::{CheckError, Checked, InHand, check, verify_all};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use jws::{BATCH_TYP, MAX_LENGTH, TYP, Verified, VerifyError, sign, sign_batch, typ, verify, verify_batch};
pub use keys::{Jwk, JwkSet, KeyError, SigningKey};
pub use lines::{LineProof, are_lines_of};
pub use log::{Consistency, Inclusion, LogError, ORIGIN, entry};
pub use payload::{
    BatchPayload, CriterionResult, ModelRef, Payload, Reliance, RulesetRef, Sensitivity, SourceRef, StatedCondition, StatusRef, TenderRef,
};
pub use report::{Report, Statement, Text, report, report_batch};
pub use status::{LIST_BITS, StatusList};
pub use vc::{CREDENTIAL_TYP, sign_credential, verify_credential};

#[cfg(test)]
mod envelope_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree_tests;
