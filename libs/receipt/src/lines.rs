//! The lines of a batch as a reader checks them: all of them, or one with its path to the signed root. Not here: the tree, `tree`; what the receipt of a
//! batch says, `payload`.

use serde::{Deserialize, Serialize};

use crate::{
    BatchPayload,
    tree::{Hash, includes, root_of},
};

/// One line of a batch with its way to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProof {
    /// Which line, counted from 0.
    pub index: u64,
    /// The line as it was answered, byte for byte, without its line end.
    pub line: String,
    /// The hashes beside its way to the root, lowest first.
    pub path: Vec<Hash>,
}

impl LineProof {
    /// Whether this line stands in the batch, at this place.
    #[must_use]
    pub fn is_in(&self, batch: &BatchPayload) -> bool {
        includes(Hash::leaf(self.line.as_bytes()), self.index, batch.lines, &self.path, batch.root)
    }
}

/// Whether these are the lines of the batch, all and in order, as they were answered.
#[must_use]
pub fn are_lines_of(answer: &str, batch: &BatchPayload) -> bool {
    let Some(lines) = answer.strip_suffix('\n') else { return false };
    let leaves: Vec<Hash> = lines.split('\n').map(|line| Hash::leaf(line.as_bytes())).collect();
    u64::try_from(leaves.len()) == Ok(batch.lines) && root_of(&leaves) == batch.root
}
