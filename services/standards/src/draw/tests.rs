//! That a draw can be repeated by anybody, hangs on everything that it should, and favours nobody beyond the weights.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::rules::{Candidate, Fixed, digest, drawn, population_digest};

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn urn(weights: &[u32]) -> Vec<Candidate> {
    weights.iter().enumerate().map(|(number, weight)| Candidate { id: format!("dcl_{number:03}"), weight: *weight }).collect()
}

fn fixed(seed: &str) -> Fixed<'_> {
    Fixed { plan: "dcp_1", seed, beacon: None }
}

#[test]
fn a_digest_is_readable_and_known() {
    // FIPS 180-4, the example "abc".
    let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(digest(sha256, b"abc"), abc);
}

/// The whole recipe once by hand: whoever has these texts and SHA-256 finds the same.
#[test]
fn the_recipe_by_hand() {
    let urn = urn(&[1, 3]);
    let population = population_digest(sha256, &urn);
    assert_eq!(population, digest(sha256, b"dcl_000 1\ndcl_001 3\n"));
    let key = digest(sha256, format!("dcp_1\ns\n\n{population}").as_bytes());
    let first = sha256(format!("{key}\n0").as_bytes());
    let off = u128::from_be_bytes(first[..16].try_into().unwrap()) % 4;
    let expected = if off == 0 { ["dcl_000", "dcl_001"] } else { ["dcl_001", "dcl_000"] };
    assert_eq!(drawn(sha256, fixed("s"), &urn, 9), expected);
}

#[test]
fn nobody_is_drawn_from_an_empty_urn() {
    assert_eq!(drawn(sha256, fixed("s"), &[], 3), Vec::<String>::new());
    assert_eq!(drawn(sha256, fixed("s"), &urn(&[0, 1]), 3), ["dcl_001"]);
}

proptest! {
    #[test]
    fn each_is_drawn_once_and_the_order_of_the_list_is_nothing(weights in prop::collection::vec(1_u32..9, 1..30), count in 0_usize..40, turn in 0_usize..30, seed in "[a-f0-9]{32}") {
        let urn = urn(&weights);
        let order = drawn(sha256, fixed(&seed), &urn, count);
        prop_assert_eq!(order.len(), count.min(urn.len()));
        let mut unique = order.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), order.len());
        let mut turned = urn.clone();
        turned.rotate_left(turn % urn.len());
        prop_assert_eq!(&drawn(sha256, fixed(&seed), &turned, count), &order);
        // Who asks for fewer gets the same first ones.
        prop_assert_eq!(&drawn(sha256, fixed(&seed), &urn, count / 2)[..], &order[..(count / 2).min(order.len())]);
    }

    #[test]
    fn every_part_of_the_key_counts(seed in "[a-f0-9]{32}") {
        let urn = urn(&[1; 40]);
        let stands = drawn(sha256, fixed(&seed), &urn, 40);
        prop_assert_ne!(&drawn(sha256, fixed(&format!("{seed}0")), &urn, 40), &stands);
        prop_assert_ne!(&drawn(sha256, Fixed { plan: "dcp_2", ..fixed(&seed) }, &urn, 40), &stands);
        prop_assert_ne!(&drawn(sha256, Fixed { beacon: Some("4711"), ..fixed(&seed) }, &urn, 40), &stands);
        prop_assert_ne!(&drawn(sha256, fixed(&seed), &urn[..39], 40)[..], &stands[..39]);
    }
}

/// Over many seeds each is first as often as its weight says.
#[test]
fn weights_and_nothing_else_favour() {
    let urn = urn(&[1, 1, 2, 4]);
    let mut firsts = [0_u32; 4];
    for number in 0..4_000 {
        let order = drawn(sha256, fixed(&format!("{number:032}")), &urn, 1);
        firsts[urn.iter().position(|one| one.id == order[0]).unwrap()] += 1;
    }
    for (count, expected) in firsts.iter().zip([500, 500, 1_000, 2_000]) {
        assert!(count.abs_diff(expected) < 150, "{firsts:?}");
    }
}
