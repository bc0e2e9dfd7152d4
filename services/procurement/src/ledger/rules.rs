//! Which subtrees of the log are kept, and how the others follow from them; pure. Not here: the tree itself, `receipt::tree`.

use receipt::tree::{Hash, Place};

/// Complete subtrees of every so manieth level are kept: few rows are written, and at most 2^8 hashes are read for any other.
const STEP: u32 = 8;

/// Hashes that are kept and lie under a subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Their level; 0 is that of the entries.
    pub level: u32,
    /// The first of them.
    pub from: u64,
    /// How many.
    pub count: u64,
}

/// Whether a complete subtree is kept beside the entries.
#[must_use]
pub const fn is_kept(place: Place) -> bool {
    place.level > 0 && place.level.is_multiple_of(STEP)
}

/// What a subtree of a kept level is hashed from when it becomes complete.
#[must_use]
pub fn made_from(place: Place) -> Stretch {
    stretch(place, STEP)
}

/// What any complete subtree is found from: itself, where it is kept.
#[must_use]
pub fn found_from(place: Place) -> Stretch {
    stretch(place, place.level.checked_rem(STEP).unwrap_or(0))
}

fn stretch(place: Place, below: u32) -> Stretch {
    let count = 1_u64.checked_shl(below).unwrap_or(0);
    Stretch { level: place.level.saturating_sub(below), from: place.number.saturating_mul(count), count }
}

/// The hash over all hashes of a stretch, in hexadecimal; `None` where there are not as many as there should be, or one cannot be read.
#[must_use]
pub fn fold(stretch: Stretch, texts: &[String]) -> Option<Hash> {
    if u64::try_from(texts.len()).ok() != Some(stretch.count) {
        return None;
    }
    let mut hashes = texts.iter().map(|text| Hash::from_hex(text)).collect::<Option<Vec<_>>>()?;
    while hashes.len() > 1 {
        hashes = hashes
            .chunks(2)
            .map(|pair| if let [left, right] = pair { Some(Hash::node(*left, *right)) } else { None })
            .collect::<Option<_>>()?;
    }
    hashes.pop()
}
