//! Tests of amounts and currencies.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn money(text: &str) -> Result<Money, Fault> {
    let (amount, code) = text.split_once(' ').unwrap();
    Money::parse(amount, Currency::parse(code).unwrap())
}

#[test]
fn the_table_holds_the_current_codes() {
    assert_eq!(TABLE.len(), include_str!("../../data/currencies.csv").lines().count() - 1);
    assert!(TABLE.is_sorted());
    assert_eq!(TABLE.iter().map(|row| row.1).collect::<BTreeSet<_>>().len(), TABLE.len());
    assert_eq!(Currency::parse("CNY").unwrap(), Currency::CNY);
    for (code, digits, numeric) in [("CNY", 2, "156"), ("JPY", 0, "392"), ("KWD", 3, "414"), ("CLF", 4, "990"), ("EUR", 2, "978")] {
        let currency = Currency::parse(code).unwrap();
        assert_eq!((currency.minor_digits(), currency.numeric()), (digits, numeric), "{code}");
    }
    assert_eq!(Currency::CNY.name(), "Yuan Renminbi");
    for bad in ["", "cny", "RMB", "XAU", "XXX", "DEM", "CNY ", "ＣＮＹ"] {
        assert_eq!(Currency::parse(bad).unwrap_err().code, "currency_unknown", "{bad}");
    }
}

#[test]
fn amounts_are_exact_decimals() {
    for (text, minor) in [
        ("1234.50 CNY", 123_450),
        ("1234.5 CNY", 123_450),
        ("1234 CNY", 123_400),
        ("0 CNY", 0),
        ("0.01 CNY", 1),
        ("-0.01 CNY", -1),
        ("500 JPY", 500),
        ("1.005 KWD", 1005),
        ("92233720368547758.07 CNY", i64::MAX),
        ("-92233720368547758.08 CNY", i64::MIN),
    ] {
        assert_eq!(money(text).unwrap().minor(), minor, "{text}");
    }
    for bad in [
        "1.005 CNY",
        "1.0 JPY",
        "1. CNY",
        ".5 CNY",
        "+1 CNY",
        "1e3 CNY",
        "1,000 CNY",
        "01 CNY",
        "-0 CNY",
        "-0.00 CNY",
        "-- CNY",
        "NaN CNY",
        "１ CNY",
        "--1 CNY",
        "-+1 CNY",
        "1.-1 CNY",
        " CNY",
        "- CNY",
    ] {
        assert_eq!(money(bad).unwrap_err().code, "money_invalid", "{bad}");
    }
    assert_eq!(money("92233720368547758.08 CNY").unwrap_err().code, "money_overflow");
    assert_eq!(Money::parse_non_negative("-1", Currency::CNY).unwrap_err().code, "money_negative");
    assert_eq!(Money::parse_non_negative("0", Currency::CNY).unwrap(), Money::zero(Currency::CNY));
}

#[test]
fn unlike_currencies_do_not_mix() {
    let (yuan, yen) = (money("1 CNY").unwrap(), money("1 JPY").unwrap());
    assert_eq!(yuan.checked_add(yen).unwrap_err().code, "currency_mismatch");
    assert_eq!(yuan.checked_sub(yen).unwrap_err().code, "currency_mismatch");
    assert_eq!(yuan.checked_cmp(yen).unwrap_err().code, "currency_mismatch");
    assert_eq!(yuan.checked_cmp(money("1.00 CNY").unwrap()).unwrap(), Ordering::Equal);
    assert_eq!(Money::new(i64::MAX, Currency::CNY).checked_add(yuan).unwrap_err().code, "money_overflow");
    assert_eq!(Money::new(i64::MIN, Currency::CNY).checked_sub(yuan).unwrap_err().code, "money_overflow");
}

#[test]
fn the_wire_form_is_an_object_with_a_string() {
    let sum = money("1234.5 CNY").unwrap();
    let json = serde_json::to_string(&sum).unwrap();
    assert_eq!(json, r#"{"amount":"1234.50","currency":"CNY"}"#);
    assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), sum);
    for bad in [
        r#"{"amount":1234.5,"currency":"CNY"}"#,
        r#"{"amount":"1","currency":"CNY","x":1}"#,
        r#"{"amount":"1"}"#,
        r#"{"amount":"1","currency":"cny"}"#,
        r#""1 CNY""#,
    ] {
        assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back(minor in any::<i64>(), row in any::<prop::sample::Index>()) {
        let currency = TABLE[row.index(TABLE.len())].0;
        let sum = Money::new(minor, currency);
        prop_assert_eq!(Money::parse(&sum.amount(), currency).unwrap(), sum);
    }

    #[test]
    fn adding_and_taking_away_gives_the_same(a in any::<i64>(), b in any::<i64>()) {
        let (a, b) = (Money::new(a, Currency::CNY), Money::new(b, Currency::CNY));
        if let Ok(sum) = a.checked_add(b) {
            prop_assert_eq!(sum.checked_sub(b).unwrap(), a);
            prop_assert_eq!(b.checked_add(a).unwrap(), sum);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = Money::parse(&text, Currency::CNY);
    }
}
