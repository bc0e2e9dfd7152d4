//! The log of decisions as a reader checks it: that an entry is in it, and that it only grew. Not here: the hashes, `tree`; the note, `checkpoint`.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    CanonicalError, Checkpoint, CheckpointError, JwkSet, canonical,
    tree::{Hash, continues, includes},
};

/// Which log a deployment of procurement keeps; the first line of its checkpoints.
pub const ORIGIN: &str = "touchstone/procurement";

/// The entry of a decision or of a batch: its id and the digest of the answer as it was given, in RFC 8785 form.
///
/// # Errors
/// Never in practice: two texts have a canonical form.
pub fn entry(id: &str, digest: &str) -> Result<Vec<u8>, CanonicalError> {
    canonical(&json!({"digest": digest, "id": id}))
}

/// The proof that something is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// `dec_…` or `bat_…`.
    pub id: String,
    /// `sha256:…` of the answer as it was given.
    pub digest: String,
    /// Which entry it is, counted from 0.
    pub number: u64,
    /// The hashes beside its way to the root, lowest first.
    pub path: Vec<Hash>,
    /// The signed checkpoint whose root it leads to.
    pub checkpoint: String,
}

/// The proof that the log of one size begins with that of a smaller one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The smaller size.
    pub from: u64,
    /// The larger size.
    pub to: u64,
    /// The hashes of RFC 9162 section 2.1.4.1.
    pub path: Vec<Hash>,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogError {
    /// A checkpoint is refused.
    Checkpoint(CheckpointError),
    /// The path does not lead to the root.
    Path,
    /// It is about other sizes than those of the checkpoints.
    Sizes,
}

impl std::fmt::Display for LogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Checkpoint(error) => write!(f, "the checkpoint is refused: {error}"),
            Self::Path => f.write_str("the path does not lead to the root of the checkpoint"),
            Self::Sizes => f.write_str("the proof is about other sizes than the checkpoints"),
        }
    }
}

impl std::error::Error for LogError {}

impl Inclusion {
    /// Verifies that the entry is in the log, by the published keys and nothing else; gives the checkpoint.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, keys: &JwkSet) -> Result<Checkpoint, LogError> {
        let checkpoint = Checkpoint::verify(&self.checkpoint, ORIGIN, keys).map_err(LogError::Checkpoint)?;
        let entry = entry(&self.id, &self.digest).map_err(|_never| LogError::Path)?;
        if includes(Hash::leaf(&entry), self.number, checkpoint.size, &self.path, checkpoint.root) {
            Ok(checkpoint)
        } else {
            Err(LogError::Path)
        }
    }
}

impl Consistency {
    /// Verifies that the log behind the newer checkpoint begins with all of the older one: nothing was changed or taken out.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, older: &Checkpoint, newer: &Checkpoint) -> Result<(), LogError> {
        if (self.from, self.to) != (older.size, newer.size) {
            return Err(LogError::Sizes);
        }
        // Every log begins with the empty one.
        let empty = older.size == 0 && older.root == Hash::empty() && self.path.is_empty();
        if empty || continues((older.size, older.root), (newer.size, newer.root), &self.path) { Ok(()) } else { Err(LogError::Path) }
    }
}
