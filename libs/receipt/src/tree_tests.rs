//! The tree against the definitions of RFC 9162, written here anew as they stand there, and against the known roots of the certificate logs; checkpoints
//! and every way to spoil one that we know. Not here: receipts, `tests.rs`.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::{
    Checkpoint, CheckpointError, Consistency, Inclusion, JwkSet, LogError, ORIGIN as ORIGIN_OF_LOG, SigningKey, entry,
    tree::{Hash, Place, completed, consistency, continues, includes, inclusion, path_of, root, root_of},
};

/// Section 2.1.1, word by word.
fn mth(entries: &[Vec<u8>]) -> Vec<u8> {
    match entries {
        [] => Sha256::digest([]).to_vec(),
        [one] => Sha256::digest([&[0], one.as_slice()].concat()).to_vec(),
        _ => {
            let (left, right) = entries.split_at(entries.len().next_power_of_two() / 2);
            Sha256::digest([&[1], mth(left).as_slice(), mth(right).as_slice()].concat()).to_vec()
        }
    }
}

/// Section 2.1.3.1, word by word.
fn path(m: usize, entries: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if entries.len() <= 1 {
        return Vec::new();
    }
    let k = entries.len().next_power_of_two() / 2;
    let (left, right) = entries.split_at(k);
    let (mut proof, last) = if m < k { (path(m, left), mth(right)) } else { (path(m - k, right), mth(left)) };
    proof.push(last);
    proof
}

/// Section 2.1.4.1, word by word.
fn subproof(m: usize, entries: &[Vec<u8>], whole: bool) -> Vec<Vec<u8>> {
    if m == entries.len() {
        return if whole { Vec::new() } else { vec![mth(entries)] };
    }
    let k = entries.len().next_power_of_two() / 2;
    let (left, right) = entries.split_at(k);
    let (mut proof, last) = if m <= k { (subproof(m, left, whole), mth(right)) } else { (subproof(m - k, right, false), mth(left)) };
    proof.push(last);
    proof
}

fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| format!("entry {number}").into_bytes()).collect()
}

fn bytes(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}

/// A kept tree: the nodes that each entry completes, as a service keeps them.
struct Kept(std::collections::BTreeMap<Place, Hash>);

impl Kept {
    fn of(entries: &[Vec<u8>]) -> Self {
        let mut kept = Self(std::collections::BTreeMap::new());
        for (number, entry) in (0_u64..).zip(entries) {
            for place in completed(number) {
                let hash = if place.level == 0 {
                    Hash::leaf(entry)
                } else {
                    let below = |number| kept.0[&Place { level: place.level - 1, number }];
                    Hash::node(below(place.number * 2), below(place.number * 2 + 1))
                };
                assert_eq!(kept.0.insert(place, hash), None, "each node is made once");
            }
        }
        kept
    }

    fn get(&self, place: Place) -> Result<Hash, Place> {
        self.0.get(&place).copied().ok_or(place)
    }
}

#[test]
fn the_known_roots_of_certificate_logs() {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let unhex =
        |text: &str| -> Vec<u8> { (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect() };
    let entries: Vec<Vec<u8>> = leaves.iter().map(|leaf| unhex(leaf)).collect();
    for ((size, of), expected) in (1_u64..).zip(1_usize..).zip(roots) {
        let kept = Kept::of(&entries[..of]);
        assert_eq!(root(size, |place| kept.get(place)).unwrap().to_hex(), expected);
        assert_eq!(Hash::from_hex(expected).unwrap().0.to_vec(), mth(&entries[..of]));
    }
    assert_eq!(Hash::empty().to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for bad in
        ["", "e3", "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", &"g".repeat(64), &"a".repeat(66), &"a".repeat(63)]
    {
        assert_eq!(Hash::from_hex(bad), None, "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_are_those_of_the_definition_and_prove_nothing_else(size in 1_usize..200, other in any::<prop::sample::Index>(), third in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
        let entries = entries(size);
        let kept = Kept::of(&entries);
        let node = |place| kept.get(place);
        let (number, before) = (other.index(size), third.index(size) + 1);
        let [n, b, s] = [number, before, size].map(|count| u64::try_from(count).unwrap());
        let (whole, part) = (root(s, node).unwrap(), root(b, node).unwrap());
        prop_assert_eq!(whole.0.to_vec(), mth(&entries));
        let leaves: Vec<Hash> = entries.iter().map(|entry| Hash::leaf(entry)).collect();
        prop_assert_eq!(root_of(&leaves), whole);
        prop_assert_eq!(bytes(&path_of(&leaves, n).unwrap()), path(number, &entries));

        let proof = inclusion(n, s, node).unwrap().unwrap();
        prop_assert_eq!(bytes(&proof), path(number, &entries));
        let leaf = Hash::leaf(&entries[number]);
        prop_assert!(includes(leaf, n, s, &proof, whole));
        prop_assert!(!includes(Hash::leaf(b"another"), n, s, &proof, whole));
        prop_assert!(!includes(leaf, n, s, &proof, Hash::empty()));
        prop_assert!(!includes(leaf, s, s, &proof, whole));
        prop_assert!(!includes(leaf, n, s, &[proof.clone(), vec![whole]].concat(), whole), "longer");
        for wrong in (0..s).filter(|wrong| *wrong != n) {
            prop_assert!(!includes(leaf, wrong, s, &proof, whole), "another place");
        }
        if !proof.is_empty() {
            prop_assert!(!includes(leaf, n, s, &proof[1..], whole), "shorter");
            let mut spoilt = proof.clone();
            spoilt[flip.index(proof.len())].0[7] ^= 1;
            prop_assert!(!includes(leaf, n, s, &spoilt, whole));
        }
        prop_assert_eq!(inclusion(s, s, node).unwrap(), None);

        let proof = consistency(b, s, node).unwrap().unwrap();
        prop_assert_eq!(bytes(&proof), subproof(before, &entries, true));
        prop_assert!(continues((b, part), (s, whole), &proof));
        prop_assert!(!continues((b, Hash::empty()), (s, whole), &proof));
        prop_assert!(!continues((b, part), (s, Hash::empty()), &proof));
        if !proof.is_empty() {
            prop_assert!(!continues((b, part), (s, whole), &proof[1..]), "shorter");
            prop_assert!(!continues((b, part), (s, whole), &[proof.clone(), vec![whole]].concat()), "longer");
            let mut spoilt = proof.clone();
            spoilt[flip.index(proof.len())].0[7] ^= 1;
            prop_assert!(!continues((b, part), (s, whole), &spoilt));
        }
        prop_assert_eq!(consistency(0, s, node).unwrap(), None);
        prop_assert_eq!(consistency(s + 1, s, node).unwrap(), None);
        prop_assert!(!continues((0, Hash::empty()), (s, whole), &[]));
    }
}

const ORIGIN: &str = "example.gov/touchstone/procurement";

fn checkpoint() -> (Checkpoint, SigningKey, JwkSet) {
    let key = SigningKey::from_seed(&[7; 32]);
    let keys = JwkSet::new(vec![key.public()]).unwrap();
    (Checkpoint { origin: ORIGIN.to_owned(), size: 3, root: Hash::leaf(b"x") }, key, keys)
}

#[test]
fn a_checkpoint_is_a_signed_note() {
    let (made, key, keys) = checkpoint();
    let note = made.sign(&key);
    assert_eq!(Checkpoint::verify(&note, ORIGIN, &keys), Ok(made.clone()));
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!((lines[0], lines[1], lines[3], lines.len()), (ORIGIN, "3", "", 5), "{note}");
    assert!(lines[4].starts_with(&format!("\u{2014} {ORIGIN} ")), "{note}");
    // A witness may have signed as well; who does not know it reads ours.
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAECAwQ=\n");
    assert_eq!(Checkpoint::verify(&witnessed, ORIGIN, &keys), Ok(made.clone()));
    // An older key of the set still verifies.
    let newer = SigningKey::from_seed(&[8; 32]);
    let both = JwkSet::new(vec![newer.public(), key.public()]).unwrap();
    assert_eq!(Checkpoint::verify(&note, ORIGIN, &both), Ok(made));
}

#[test]
fn an_entry_is_proven_by_a_checkpoint_and_a_path() {
    let (_, key, keys) = checkpoint();
    let made: Vec<Vec<u8>> = (0..5).map(|number| entry(&format!("dec_{number}"), "sha256:00").unwrap()).collect();
    assert_eq!(made[3], br#"{"digest":"sha256:00","id":"dec_3"}"#);
    let kept = Kept::of(&made);
    let node = |place| kept.get(place);
    let at = |size: u64| Checkpoint { origin: ORIGIN_OF_LOG.to_owned(), size, root: root(size, node).unwrap() };
    let proof = Inclusion {
        id: "dec_3".to_owned(),
        digest: "sha256:00".to_owned(),
        number: 3,
        path: inclusion(3, 5, node).unwrap().unwrap(),
        checkpoint: at(5).sign(&key),
    };
    assert_eq!(proof.verify(&keys), Ok(at(5)));
    let read: Inclusion = serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
    assert_eq!(read, proof);
    for spoilt in [
        Inclusion { id: "dec_4".to_owned(), ..proof.clone() },
        Inclusion { digest: "sha256:01".to_owned(), ..proof.clone() },
        Inclusion { number: 2, ..proof.clone() },
        Inclusion { checkpoint: at(4).sign(&key), ..proof.clone() },
    ] {
        assert_eq!(spoilt.verify(&keys), Err(LogError::Path), "{spoilt:?}");
    }
    let forged = Inclusion { checkpoint: at(5).sign(&SigningKey::from_seed(&[9; 32])), ..proof };
    assert_eq!(forged.verify(&keys), Err(LogError::Checkpoint(CheckpointError::UnknownKey)));

    for from in 1..=5 {
        let grown = Consistency { from, to: 5, path: consistency(from, 5, node).unwrap().unwrap() };
        assert_eq!(grown.verify(&at(from), &at(5)), Ok(()), "{from}");
        assert_eq!(grown.verify(&at(from), &at(4)), Err(LogError::Sizes));
        let other = Checkpoint { root: Hash::leaf(b"another history"), ..at(from) };
        assert_eq!(grown.verify(&other, &at(5)), Err(LogError::Path), "{from}");
    }
    let begun = Consistency { from: 0, to: 5, path: Vec::new() };
    assert_eq!(begun.verify(&at(0), &at(5)), Ok(()), "every log begins with the empty one");
    assert_eq!(begun.verify(&Checkpoint { root: Hash::leaf(b""), ..at(0) }, &at(5)), Err(LogError::Path));
}

#[test]
fn a_spoilt_checkpoint_is_refused() {
    let (made, key, keys) = checkpoint();
    let note = made.sign(&key);
    let others = JwkSet::new(vec![SigningKey::from_seed(&[9; 32]).public()]).unwrap();
    assert_eq!(Checkpoint::verify(&note, ORIGIN, &others), Err(CheckpointError::UnknownKey));
    assert_eq!(Checkpoint::verify(&note, "another", &keys), Err(CheckpointError::Origin));
    for (from, to, expected) in [
        ("\n3\n", "\n4\n", CheckpointError::Signature),
        ("\n3\n", "\n03\n", CheckpointError::Form),
        ("\n3\n", "\n+3\n", CheckpointError::Form),
        ("\n3\n", "\n3\r\n", CheckpointError::Form),
        ("\n3\n", "\n-3\n", CheckpointError::Form),
        ("\n3\n", "\n3\nmore\n", CheckpointError::Form),
        ("\n\n", "\n", CheckpointError::Form),
        ("\u{2014} ", "- ", CheckpointError::UnknownKey),
        ("\u{2014} example", "\u{2014} another", CheckpointError::UnknownKey),
    ] {
        assert_eq!(Checkpoint::verify(&note.replacen(from, to, 1), ORIGIN, &keys), Err(expected), "{from:?} -> {to:?}");
    }
    assert_eq!(Checkpoint::verify("", ORIGIN, &keys), Err(CheckpointError::Form));
    assert_eq!(Checkpoint::verify(&format!("{note}{}", " ".repeat(20_000)), ORIGIN, &keys), Err(CheckpointError::Form));
}
