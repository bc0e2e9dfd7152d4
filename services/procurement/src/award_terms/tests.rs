//! The bounds of contracts as cases.

use model::money::{Currency, Money};
use proptest::prelude::*;

use super::rules::{contract_faults, policy, supplement_faults, within_percent};

fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

#[test]
fn the_shipped_policy_has_every_clock() {
    for row in policy().unwrap().rows() {
        let rules: Vec<&str> = row.value.clocks.iter().map(|clock| clock.rule.as_str()).collect();
        assert_eq!(rules, ["award_notice", "contract", "contract_publicity", "contract_filing"]);
        assert_eq!((row.value.performance_bond_percent, row.value.supplement_percent), (10, 10), "Regulation 48, Law 49");
    }
}

#[test]
fn numbers_of_contracts() {
    let terms = policy().unwrap().rows()[0].value.clone();
    let usd = Money::new(1, Currency::parse("USD").unwrap());
    for (price, amount, bond, expected) in [
        (100_000, yuan(100_000), None, vec![]),
        (100_000, yuan(100_000), Some(yuan(10_000)), vec![]),
        (100_000, yuan(100_000), Some(yuan(10_001)), vec!["/performance_bond bond_too_large"]),
        (99_999, yuan(99_999), Some(yuan(10_000)), vec!["/performance_bond bond_too_large"]),
        (100_000, yuan(100_000), Some(yuan(-1)), vec!["/performance_bond/amount money_negative"]),
        (100_000, yuan(100_000), Some(usd), vec!["/performance_bond bond_too_large"]),
        (100_000, yuan(100_001), Some(yuan(10_001)), vec!["/amount contract_differs", "/performance_bond bond_too_large"]),
        (1, usd, None, vec!["/amount contract_differs"]),
    ] {
        let faults = contract_faults(yuan(price), amount, bond, &terms);
        let shown: Vec<_> = faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(shown, expected, "{price} {amount:?} {bond:?}");
    }
    for (bought, amount, code) in [
        (vec![], yuan(10_000), None),
        (vec![], yuan(10_001), Some("supplement_too_large")),
        (vec![yuan(4_000), yuan(5_000)], yuan(1_000), None),
        (vec![yuan(4_000), yuan(5_000)], yuan(1_001), Some("supplement_too_large")),
        (vec![yuan(i64::MAX)], yuan(1), Some("supplement_too_large")),
        (vec![], yuan(0), Some("amount_not_positive")),
        (vec![], usd, Some("supplement_too_large")),
    ] {
        let faults = supplement_faults(yuan(100_000), &bought, amount, &terms);
        assert_eq!(faults.first().map(|fault| fault.code), code, "{bought:?} {amount:?}");
    }
}

proptest! {
    /// Exact: one minor unit more than the tenth is too much, whatever the amount.
    #[test]
    fn a_tenth_is_a_tenth(whole in 0_i64..=i64::MAX) {
        let tenth = whole / 10;
        prop_assert!(within_percent(yuan(tenth), yuan(whole), 10));
        prop_assert!(!within_percent(yuan(tenth + 1), yuan(whole), 10));
    }
}
