//! That the draw is a permutation, can be repeated, and hangs on everything that it should.

use model::{
    money::{Currency, Money},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{Announced, Disclosed, Opened, fits, is_commitment, seed, ticket};

fn codes(count: usize) -> Vec<Uscc> {
    (0..count).map(|number| Uscc::with_check(&format!("91440300XY{number:07}")).unwrap()).collect()
}

fn drawn(codes: &[Uscc], prices: &[i64], secret: &str, beacon: Option<&str>) -> (String, Vec<Uscc>) {
    let cny = Currency::parse("CNY").unwrap();
    let bids: Vec<_> = codes.iter().zip(prices).map(|(bidder, minor)| Opened { bidder, price: Money::new(*minor, cny) }).collect();
    let disclosed = Disclosed { secret: secret.to_owned(), beacon: beacon.map(ToOwned::to_owned) };
    let seed = seed("T-1", "L-1", &disclosed, &bids).unwrap();
    let mut order = codes.to_vec();
    order.sort_by_key(|code| ticket(&seed, code));
    (seed, order)
}

#[test]
fn a_commitment_is_a_hash_and_fits_its_secret_only() {
    let announced = Announced { commitment: receipt::digest(b"abc"), beacon: None };
    // FIPS 180-4, the example "abc".
    assert_eq!(announced.commitment, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert!(fits(&announced, "abc") && !fits(&announced, "abd") && !fits(&announced, "abc "));
    assert!(is_commitment(&announced.commitment));
    for text in ["", "sha256:", "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", "ba78", "sha256:zz"] {
        assert!(!is_commitment(text), "{text}");
    }
}

/// The whole recipe once by hand: whoever has these texts and SHA-256 finds the same seed (checked with `sha256sum`).
#[test]
fn the_seed_is_made_of_readable_text() {
    let cny = Currency::parse("CNY").unwrap();
    let code = &codes(1)[0];
    let disclosed = Disclosed { secret: "s".to_owned(), beacon: None };
    let made = seed("T-1", "L-1", &disclosed, &[Opened { bidder: code, price: Money::new(100, cny) }]).unwrap();
    let text = format!(
        r#"{{"beacon":null,"bids":[{{"bidder":"{code}","price":{{"amount":"1.00","currency":"CNY"}}}}],"lot":"L-1","secret":"s","tender":"T-1"}}"#
    );
    assert_eq!(made, receipt::digest(text.as_bytes()));
    assert_eq!(ticket(&made, code), receipt::digest(format!("{made}\n{code}").as_bytes()));
}

proptest! {
    #[test]
    fn it_is_a_permutation_that_can_be_repeated(count in 1_usize..20, secret in "[a-f0-9]{32}", turn in 0_usize..20) {
        let codes = codes(count);
        let prices = vec![100; count];
        let (seed, order) = drawn(&codes, &prices, &secret, None);
        let mut sorted = order.clone();
        sorted.sort();
        let mut expected = codes.clone();
        expected.sort();
        prop_assert_eq!(&sorted, &expected);
        let mut turned = codes.clone();
        turned.rotate_left(turn % count);
        prop_assert_eq!(drawn(&turned, &prices, &secret, None), (seed, order));
    }

    #[test]
    fn every_part_of_the_seed_counts(secret in "[a-f0-9]{32}", price in 1_i64..1_000) {
        let codes = codes(3);
        let (seed, _) = drawn(&codes, &[100, 100, 100], &secret, None);
        prop_assert_ne!(&drawn(&codes, &[100, 100, 100 + price], &secret, None).0, &seed);
        prop_assert_ne!(&drawn(&codes[..2], &[100, 100], &secret, None).0, &seed);
        prop_assert_ne!(&drawn(&codes, &[100, 100, 100], &secret, Some("4711")).0, &seed);
        prop_assert_ne!(&drawn(&codes, &[100, 100, 100], &format!("{secret}0"), None).0, &seed);
    }
}

/// Over many secrets everybody is first about as often.
#[test]
fn nobody_is_favoured() {
    let codes = codes(4);
    let mut firsts = [0_u32; 4];
    for number in 0..4_000 {
        let (_, order) = drawn(&codes, &[100; 4], &format!("{number:032}"), None);
        firsts[codes.iter().position(|code| *code == order[0]).unwrap()] += 1;
    }
    assert!(firsts.iter().all(|count| (850..1_150).contains(count)), "{firsts:?}");
}
