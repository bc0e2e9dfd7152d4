//! Tables of decimals and prices, and what holds for all of them.

use model::money::{Currency, Money};
use proptest::prelude::*;

use super::rules::{Exact, Hundredths, price_score};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::parse("CNY").unwrap()).unwrap()
}

fn hundredths(text: &str) -> Hundredths {
    Hundredths::parse(text).unwrap()
}

#[test]
fn decimals_are_read_strictly() {
    for (text, expected) in [("0", "0.00"), ("30", "30.00"), ("28.4", "28.40"), ("0.05", "0.05"), ("1000", "1000.00")] {
        assert_eq!(hundredths(text).text(), expected, "{text}");
    }
    for text in ["", ".", "1.", ".5", "-1", "+1", "01", "00", "1.234", "1e2", "1000.01", "99999", "１０", "1 ", "NaN"] {
        assert_eq!(Hundredths::parse(text), None, "{text:?}");
    }
    assert!(serde_json::from_str::<Hundredths>("30").is_err(), "a number may have been a floating one");
}

/// Domain 6.2, the worked example, and where rounding decides.
#[test]
fn the_price_score_is_rounded_once() {
    for (lowest, own, weight, expected) in [
        ("900000.00", "900000.00", "30", "30.00"),
        ("900000.00", "950000.00", "30", "28.42"),
        ("1.00", "3.00", "30", "10.00"),
        ("1.00", "8.00", "0.1", "0.01"),
        ("1.00", "200.00", "1", "0.01"),
        ("1.00", "200.01", "1", "0.00"),
        ("0.01", "92233720368547758.07", "100", "0.00"),
        ("92233720368547758.06", "92233720368547758.07", "100", "100.00"),
    ] {
        let score = price_score(Exact::of(yuan(lowest)), Exact::of(yuan(own)), hundredths(weight));
        assert_eq!(score.text(), expected, "{lowest} / {own} * {weight}");
    }
}

#[test]
fn evaluated_prices_are_exact() {
    let cny = Currency::parse("CNY").unwrap();
    for (price, rate, exact, shown) in [
        ("1000000.00", "10", "900000.00", "900000.00"),
        ("0.01", "10", "0.009", "0.01"),
        ("0.03", "16.67", "0.024999", "0.02"),
        ("100.05", "10", "90.045", "90.05"),
    ] {
        let left = Exact::of(yuan(price)).less(Exact::share(yuan(price), hundredths(rate)));
        assert_eq!((&*left.text(cny), &*left.money(cny).amount()), (exact, shown), "{price} less {rate} %");
    }
    let yen = Currency::parse("JPY").unwrap();
    let left = Exact::of(Money::new(15, yen)).less(Exact::share(Money::new(15, yen), hundredths("10")));
    assert_eq!((&*left.text(yen), &*left.money(yen).amount()), ("13.5", "14"));
}

proptest! {
    #[test]
    fn scores_stay_within_the_weight(own in 1_i64.., other in 1_i64.., weight in 0_i64..=10_000) {
        let cny = Currency::parse("CNY").unwrap();
        let (low, high) = (own.min(other), own.max(other));
        let weight = Hundredths::new(weight);
        let score = price_score(Exact::of(Money::new(low, cny)), Exact::of(Money::new(high, cny)), weight);
        prop_assert!(score <= weight);
        prop_assert_eq!(price_score(Exact::of(Money::new(low, cny)), Exact::of(Money::new(low, cny)), weight), weight);
    }

    #[test]
    fn a_lower_price_never_scores_less(low in 1_i64..1_000_000_000, more in 0_i64..1_000_000, more_again in 0_i64..1_000_000) {
        let cny = Currency::parse("CNY").unwrap();
        let at = |minor| price_score(Exact::of(Money::new(low, cny)), Exact::of(Money::new(minor, cny)), hundredths("30"));
        prop_assert!(at(low + more) >= at(low + more + more_again));
    }

    #[test]
    fn decimals_come_back(number in 0_i64..=100_000) {
        prop_assert_eq!(Hundredths::parse(&Hundredths::new(number).text()), Some(Hundredths::new(number)));
    }
}
