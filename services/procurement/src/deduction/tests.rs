//! Tables of deductions with their sources, and what holds for all of them.

use model::{
    instant::{Day, parse_day},
    money::{Currency, Money},
};
use proptest::prelude::*;

use super::rules::{Claim, POLICIES, Party, ProofKind, Rates, Size, deduct, domestic_on, price_weight_on, small_business_on};
use crate::scoring::rules::{Exact, Hundredths};
use crate::tender::rules::Category;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn hundredths(text: &str) -> Hundredths {
    Hundredths::parse(text).unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::parse("CNY").unwrap()).unwrap()
}

fn party(size: Size, proof: Option<ProofKind>, share: &str) -> Party {
    Party { size, proof, share: hundredths(share) }
}

const LETTER: Option<ProofKind> = Some(ProofKind::Declaration);

#[test]
fn the_dated_values_can_be_read() {
    POLICIES.as_ref().unwrap();
    // 2020/46 until 2022/19; before 2021 nothing is on file.
    for (on, category, least, most, part) in [
        ("2021-01-01", Category::Goods, "6", "10", "2"),
        ("2022-06-30", Category::Services, "6", "10", "2"),
        ("2022-07-01", Category::Services, "10", "20", "4"),
        ("2022-07-01", Category::Works, "3", "5", "1"),
        ("2026-06-01", Category::Goods, "10", "20", "4"),
    ] {
        let bands = small_business_on(day(on)).unwrap().value.of(category);
        assert!(bands.whole.holds(hundredths(least)) && bands.whole.holds(hundredths(most)), "{on}");
        assert!(!bands.whole.holds(Hundredths::new(hundredths(most).whole() + 1)), "{on}");
        assert!(!bands.whole.holds(Hundredths::new(hundredths(least).whole() - 1)), "{on}");
        assert_eq!(bands.part.0, hundredths(part), "{on}");
    }
    assert!(small_business_on(day("2020-12-31")).is_none());
    assert!(domestic_on(day("2025-12-31")).is_none());
    assert_eq!(domestic_on(day("2026-01-01")).unwrap().0.value, hundredths("20"));
    assert_eq!(price_weight_on(Category::Goods, day("2026-01-01")), Some(hundredths("30")));
    assert_eq!(price_weight_on(Category::Services, day("2026-01-01")), Some(hundredths("10")));
}

/// Each row: who bids, to whom parts go, whether linked, domestic share; what is left of 1,000,000 by the announced rates of 10 and 4 percent.
#[test]
fn who_gets_which_deduction() {
    let micro = || vec![party(Size::Micro, LETTER, "100")];
    let large = || vec![party(Size::Large, None, "100")];
    let pair = |share: &str, rest: &str| vec![party(Size::Large, None, rest), party(Size::Small, LETTER, share)];
    let smalls = || vec![party(Size::Small, LETTER, "50"), party(Size::Micro, LETTER, "50")];
    let subcontract = |share: &str| vec![party(Size::Small, LETTER, share)];
    for (name, parties, subcontractors, linked, domestic, expected) in [
        ("micro", micro(), vec![], false, None, "900000.00"),
        ("without proof", vec![party(Size::Micro, None, "100")], vec![], false, None, "1000000.00"),
        ("medium", vec![party(Size::Medium, LETTER, "100")], vec![], false, None, "1000000.00"),
        ("prison enterprise", vec![party(Size::Large, Some(ProofKind::PrisonEnterprise), "100")], vec![], false, None, "900000.00"),
        ("welfare unit", vec![party(Size::Medium, Some(ProofKind::DisabledWelfare), "100")], vec![], false, None, "900000.00"),
        ("all members small", smalls(), vec![], false, None, "900000.00"),
        ("consortium at 30 %", pair("30", "70"), vec![], false, None, "960000.00"),
        ("consortium below", pair("29.99", "70.01"), vec![], false, None, "1000000.00"),
        ("linked", pair("30", "70"), vec![], true, None, "1000000.00"),
        ("subcontract", large(), subcontract("30"), false, None, "960000.00"),
        ("large and domestic", large(), vec![], false, Some("100"), "800000.00"),
        ("domestic in part", large(), vec![], false, Some("79.99"), "1000000.00"),
        ("domestic enough", large(), vec![], false, Some("80"), "800000.00"),
        ("micro and domestic add up", micro(), vec![], false, Some("100"), "700000.00"),
    ] {
        let claim = Claim {
            price: yuan("1000000.00"),
            parties: &parties,
            subcontractors: &subcontractors,
            linked,
            domestic_share: domestic.map(hundredths),
            goods_price: None,
        };
        let rates = Rates { category: Category::Goods, whole: Some(hundredths("10")), part: Some(hundredths("4")), domestic: true };
        let (given, left) = deduct(&claim, rates, day("2026-06-01"));
        assert_eq!(left.text(claim.price.currency()), expected, "{name}");
        assert!(given.iter().all(|deduction| !deduction.source.is_empty() && deduction.base == claim.price), "{name}");
        let (_, before) = deduct(&claim, Rates { domestic: false, ..rates }, day("2026-06-01"));
        assert!(left <= before, "{name}");
    }
}

#[test]
fn only_the_goods_of_a_service_are_domestic_products() {
    let parties = [party(Size::Large, None, "100")];
    let mut claim = Claim {
        price: yuan("1000.00"),
        parties: &parties,
        subcontractors: &[],
        linked: false,
        domestic_share: Some(hundredths("100")),
        goods_price: Some(yuan("400.00")),
    };
    let rates = |category| Rates { category, whole: None, part: None, domestic: true };
    for (category, goods_price, on, expected) in [
        (Category::Services, Some("400.00"), "2026-01-01", "920.00"),
        (Category::Services, None, "2026-01-01", "1000.00"),
        (Category::Works, Some("400.00"), "2026-01-01", "1000.00"),
        (Category::Goods, None, "2026-01-01", "800.00"),
        (Category::Goods, None, "2025-12-31", "1000.00"),
    ] {
        claim.goods_price = goods_price.map(yuan);
        let (_, left) = deduct(&claim, rates(category), day(on));
        assert_eq!(left.text(claim.price.currency()), expected, "{category:?} {on}");
    }
}

proptest! {
    #[test]
    fn a_deduction_never_raises_a_price(
        minor in 1_i64..,
        size in prop_oneof![Just(Size::Micro), Just(Size::Small), Just(Size::Medium), Just(Size::Large)],
        proof in prop_oneof![Just(None), Just(LETTER), Just(Some(ProofKind::PrisonEnterprise))],
        share in 0_i64..=10_000,
        rate in 0_i64..=2_000,
        domestic in any::<bool>(),
    ) {
        let price = Money::new(minor, Currency::parse("CNY").unwrap());
        let parties = [Party { size, proof, share: Hundredths::new(share) }, party(Size::Large, None, "0")];
        let rate = Some(Hundredths::new(rate));
        let claim = Claim { price, parties: &parties, subcontractors: &[], linked: false, domestic_share: rate, goods_price: None };
        let rates = Rates { category: Category::Goods, whole: rate, part: rate, domestic };
        let (given, left) = deduct(&claim, rates, day("2026-06-01"));
        prop_assert!(left <= Exact::of(price));
        prop_assert!(left > Exact::of(Money::new(0, price.currency())));
        prop_assert_eq!(given.is_empty() || given.iter().all(|one| one.rate == Hundredths::ZERO), left == Exact::of(price));
    }
}
