//! The Merkle tree of RFC 9162 section 2.1: hashes, proofs, and their verification. Not here: where nodes are kept (`services/procurement`), what a
//! checkpoint says (`checkpoint`).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The root of the empty tree: the hash of nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash of an entry, `SHA-256(0x00 || entry)`.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// The hash of two subtrees, `SHA-256(0x01 || left || right)`.
    #[must_use]
    pub fn node(left: Self, right: Self) -> Self {
        Self(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// In lower-case hexadecimal.
    #[must_use]
    pub fn to_hex(self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
        digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
    }

    /// From 64 hexadecimal digits in lower case; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
            b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
            _ => None,
        };
        let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
            [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
            _ => None,
        });
        let bytes: Option<Vec<u8>> = pairs.collect();
        bytes?.try_into().ok().map(Self)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("no SHA-256 in lower-case hexadecimal"))
    }
}

/// Many hashes as one text, for keeping them: base64url of all of them, one after the other.
#[must_use]
pub fn packed(hashes: &[Hash]) -> String {
    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The hashes of such a text; `None` where it is none.
#[must_use]
pub fn unpacked(text: &str) -> Option<Vec<Hash>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.chunks(32).map(|hash| hash.try_into().ok().map(Hash)).collect()
}

/// The level above; the last hash of an odd level has no neighbour and goes up as it is.
fn above(level: &[Hash]) -> Vec<Hash> {
    let parent = |pair: &[Hash]| match pair {
        [left, right] => Some(Hash::node(*left, *right)),
        alone => alone.first().copied(),
    };
    level.chunks(2).filter_map(parent).collect()
}

/// The root over all of these entries (section 2.1.1).
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = above(&level);
    }
    level.first().copied().unwrap_or_else(Hash::empty)
}

/// The hashes beside the way of entry `number` of a tree over all of these, lowest first; `None` where there is no such entry.
#[must_use]
pub fn path_of(leaves: &[Hash], number: u64) -> Option<Vec<Hash>> {
    let mut at = usize::try_from(number).ok()?;
    leaves.get(at)?;
    let (mut level, mut path) = (leaves.to_vec(), Vec::new());
    while level.len() > 1 {
        path.extend(level.get(at ^ 1));
        level = above(&level);
        at >>= 1;
    }
    Some(path)
}

/// A complete subtree: level 0 is an entry, and number `n` of level `l` holds the entries from `n * 2^l` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// How high it is.
    pub level: u32,
    /// Which one of its level, counted from 0.
    pub number: u64,
}

/// The subtrees that an entry completes, lowest first, when it becomes number `number` of a tree: what is kept when it is appended. The entry's own
/// place is the first.
#[must_use]
pub fn completed(number: u64) -> Vec<Place> {
    let levels = number.trailing_ones();
    (0..=levels).filter_map(|level| Some(Place { level, number: number.checked_shr(level)? })).collect()
}

/// The complete subtrees that together hold the entries from `from` up to but not `to`, left to right; `from` is where a subtree of this tree begins.
fn subtrees(from: u64, to: u64) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = from;
    while at < to {
        // As high as it may begin here, and as high as it fits.
        let begins = if at == 0 { u64::BITS } else { at.trailing_zeros() };
        let fits = to.saturating_sub(at).ilog2();
        let level = begins.min(fits);
        places.push(Place { level, number: at.checked_shr(level).unwrap_or(0) });
        at = at.saturating_add(1_u64.checked_shl(level).unwrap_or(u64::MAX));
    }
    places
}

/// The largest power of two below `size`, for a size of 2 or more.
fn split(size: u64) -> u64 {
    1_u64.checked_shl(size.saturating_sub(1).ilog2()).unwrap_or(0)
}

/// The hash of the entries from `from` up to but not `to`, from the hashes of complete subtrees.
fn hash_of<E>(from: u64, to: u64, node: &mut impl FnMut(Place) -> Result<Hash, E>) -> Result<Hash, E> {
    let mut hash = None;
    for place in subtrees(from, to).into_iter().rev() {
        let left = node(place)?;
        hash = Some(hash.map_or(left, |right| Hash::node(left, right)));
    }
    Ok(hash.unwrap_or_else(Hash::empty))
}

/// The root of the first `size` entries.
///
/// # Errors
/// What `node` fails with.
pub fn root<E>(size: u64, mut node: impl FnMut(Place) -> Result<Hash, E>) -> Result<Hash, E> {
    hash_of(0, size, &mut node)
}

/// The proof that an entry is number `number` of the first `size` (RFC 9162 section 2.1.3.1); `None` where it is not among them.
///
/// # Errors
/// What `node` fails with.
pub fn inclusion<E>(number: u64, size: u64, mut node: impl FnMut(Place) -> Result<Hash, E>) -> Result<Option<Vec<Hash>>, E> {
    if number >= size {
        return Ok(None);
    }
    let (mut from, mut to, mut path) = (0_u64, size, Vec::new());
    while to.saturating_sub(from) > 1 {
        let middle = from.saturating_add(split(to.saturating_sub(from)));
        if number < middle {
            path.push(hash_of(middle, to, &mut node)?);
            to = middle;
        } else {
            path.push(hash_of(from, middle, &mut node)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// The proof that the first `size` entries begin with the first `before` (RFC 9162 section 2.1.4.1); `None` where `before` is 0 or larger than `size`.
///
/// # Errors
/// What `node` fails with.
pub fn consistency<E>(before: u64, size: u64, mut node: impl FnMut(Place) -> Result<Hash, E>) -> Result<Option<Vec<Hash>>, E> {
    if before == 0 || before > size {
        return Ok(None);
    }
    let (mut from, mut to, mut path, mut whole) = (0_u64, size, Vec::new(), true);
    while before != to {
        let middle = from.saturating_add(split(to.saturating_sub(from)));
        if before <= middle {
            path.push(hash_of(middle, to, &mut node)?);
            to = middle;
        } else {
            path.push(hash_of(from, middle, &mut node)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(hash_of(from, to, &mut node)?);
    }
    path.reverse();
    Ok(Some(path))
}

/// Whether a proof shows that `leaf` is entry `number` of the tree with this size and root (RFC 9162 section 2.1.3.2).
#[must_use]
pub fn includes(leaf: Hash, number: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if number >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (number, size.saturating_sub(1), leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Hash::node(*step, hash);
            // Where there is no right neighbour the hash stands for the levels above as well.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::node(hash, *step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether a proof shows that the tree with this size and root begins with the smaller one (RFC 9162 section 2.1.4.2).
#[must_use]
pub fn continues((before, before_root): (u64, Hash), (size, root): (u64, Hash), path: &[Hash]) -> bool {
    if before == size {
        return path.is_empty() && before_root == root;
    }
    if before == 0 || before > size {
        return false;
    }
    // A smaller tree that is a complete subtree is its own first hash.
    let (first, rest) = if before.is_power_of_two() {
        (before_root, path)
    } else {
        let Some((first, rest)) = path.split_first() else { return false };
        (*first, rest)
    };
    let (mut at, mut last) = (before.saturating_sub(1), size.saturating_sub(1));
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (first, first);
    for step in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old = Hash::node(*step, old);
            new = Hash::node(*step, new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = Hash::node(new, *step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old == before_root && new == root
}
