//! A checkpoint of the log: its size and root, signed as a note (C2SP `tlog-checkpoint` and `signed-note`), so that any witness of such logs can read it.
//! Not here: the proofs towards it, `tree`.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::Signature;
use sha2::{Digest, Sha256};

use crate::{JwkSet, SigningKey, tree::Hash};

/// The signature type of Ed25519 in a signed note.
const ED25519: u8 = 1;
/// What begins a line with a signature: an em dash and a space.
const MARK: &str = "\u{2014} ";
/// A longer note is refused unread.
const MAX_LENGTH: usize = 16 * 1024;

/// How many entries a log has, and their root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log; a name without spaces and plus signs.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

/// Why a checkpoint is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// It is not a note with origin, size and root.
    Form,
    /// It is of another log.
    Origin,
    /// No key of the set has signed it.
    UnknownKey,
    /// The signature does not fit.
    Signature,
}

impl std::fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Form => "not a note with origin, size and root",
            Self::Origin => "of another log",
            Self::UnknownKey => "signed by no key of the set",
            Self::Signature => "the signature does not fit",
        })
    }
}

impl std::error::Error for CheckpointError {}

impl Checkpoint {
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    /// The signed note.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let mut signed = key_hash(&self.origin, &key.point()).to_vec();
        signed.extend(key.sign(text.as_bytes()));
        format!("{text}\n{MARK}{} {}\n", self.origin, STANDARD.encode(signed))
    }

    /// Reads a note of a log and verifies it by one of these keys; signatures of others, such as witnesses, are passed over.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(note: &str, origin: &str, keys: &JwkSet) -> Result<Self, CheckpointError> {
        if note.len() > MAX_LENGTH {
            return Err(CheckpointError::Form);
        }
        let (body, signatures) = note.split_once("\n\n").ok_or(CheckpointError::Form)?;
        let text = format!("{body}\n");
        let checkpoint = read(&text)?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::Origin);
        }
        let ours = signatures.lines().filter_map(|line| line.strip_prefix(MARK)?.strip_prefix(origin)?.strip_prefix(' '));
        let mut found = CheckpointError::UnknownKey;
        for signed in ours {
            let bytes = STANDARD.decode(signed).map_err(|_why| CheckpointError::Form)?;
            let Some((hash, signature)) = bytes.split_at_checked(4) else { return Err(CheckpointError::Form) };
            let signature = Signature::from_slice(signature).map_err(|_short| CheckpointError::Form)?;
            for key in keys.points().filter(|key| key_hash(origin, key.as_bytes()) == hash) {
                if key.verify_strict(text.as_bytes(), &signature).is_ok() {
                    return Ok(checkpoint);
                }
                found = CheckpointError::Signature;
            }
        }
        Err(found)
    }
}

fn read(text: &str) -> Result<Checkpoint, CheckpointError> {
    let mut lines = text.lines();
    let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next()) else {
        return Err(CheckpointError::Form);
    };
    let whole: u64 = size.parse().map_err(|_why| CheckpointError::Form)?;
    let root = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok()).map(Hash).ok_or(CheckpointError::Form)?;
    let checkpoint = Checkpoint { origin: origin.to_owned(), size: whole, root };
    // One form only: no leading zeros, no plus sign, no carriage return.
    if checkpoint.text() == text { Ok(checkpoint) } else { Err(CheckpointError::Form) }
}

/// The first four bytes of `SHA-256(name || 0x0A || type || key)`.
fn key_hash(name: &str, point: &[u8]) -> [u8; 4] {
    let whole: [u8; 32] = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(point).finalize().into();
    let [a, b, c, d, ..] = whole;
    [a, b, c, d]
}
