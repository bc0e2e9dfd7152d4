//! Tables of amounts and units.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::rules::*;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn order(one: &str, unit: &str, other: &str, other_unit: &str) -> Ordering {
    let (unit, other_unit) = Unit::parse(unit).unwrap().aligned(Unit::parse(other_unit).unwrap());
    assert_eq!(unit.apart(&other_unit), None);
    unit.measure(amount(one)).unwrap().order(other_unit.measure(amount(other)).unwrap())
}

#[test]
fn amounts_are_exact_decimals() {
    let good = [
        ("0", "0"),
        ("-0", "0"),
        ("0.05", "0.05"),
        ("0.050", "0.05"),
        ("100", "100"),
        ("-273.15", "-273.15"),
        ("999999999999999999", "999999999999999999"),
        ("0.00000000000000001", "0.00000000000000001"),
    ];
    for (text, shown) in good {
        assert_eq!(amount(text).to_string(), shown, "{text}");
    }
    for bad in ["", "-", ".5", "5.", "05", "1e3", "+1", "1,000", "1.2.3", " 1", "٣", "1234567890123456789", "0.000000000000000001"] {
        assert_eq!(Amount::parse(bad).map_err(|fault| fault.code), Err("amount_invalid"), "{bad}");
    }
    assert!(amount("0.1") > amount("0.09999999999999999") && amount("-2") < amount("-1.5"));
    let text = serde_json::to_string(&amount("1.50")).unwrap();
    assert_eq!(text, "\"1.5\"");
    assert_eq!(serde_json::from_str::<Amount>(&text).unwrap(), amount("1.5"));
}

#[test]
fn units_are_those_of_ucum() {
    for good in ["1", "%", "mg/kg", "Cel", "[pH]", "dB[SPL]", "kPa", "m3/(m2.h)", "[IU]/mL", "ug/m3", "mm[Hg]", "{count}", "d"] {
        assert!(Unit::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "mg/KG", "℃", "ppm", "mg per kg", "毫克", "公斤", "mg//kg", "kg ", &"m.".repeat(40)] {
        assert_eq!(Unit::parse(bad).map(|_| ()).map_err(|fault| fault.code), Err("unit_unknown"), "{bad}");
    }
}

#[test]
fn numbers_are_compared_across_units() {
    use Ordering::{Equal, Greater, Less};
    let cases = [
        ("50", "mg/kg", "0.05", "g/kg", Equal),
        ("50", "mg/kg", "0.005", "%", Equal),
        ("50.000000000000001", "mg/kg", "0.005", "%", Greater),
        ("1", "[in_i]", "2.54", "cm", Equal),
        ("0", "Cel", "273.15", "K", Equal),
        ("32", "[degF]", "0", "Cel", Equal),
        ("-40", "Cel", "-40", "[degF]", Equal),
        ("60", "km/h", "16.666666666666667", "m/s", Equal),
        ("60", "km/h", "16.6667", "m/s", Less),
        // One size: nothing is rounded, however long the factor is.
        ("1.0000000000000001", "km/h", "1", "km/h", Greater),
        ("7", "[pH]", "7.5", "[pH]", Less),
        ("6", "dB[SPL]", "0.6", "B[SPL]", Equal),
        ("1", "kPa", "0.01", "bar", Equal),
        ("10", "[IU]/mL", "10000", "[IU]/L", Equal),
    ];
    for (one, unit, other, other_unit, expected) in cases {
        assert_eq!(order(one, unit, other, other_unit), expected, "{one} {unit} and {other} {other_unit}");
        assert_eq!(order(other, other_unit, one, unit), expected.reverse(), "{other} {other_unit} and {one} {unit}");
    }
}

#[test]
fn what_measures_something_else_is_kept_apart() {
    let cases = [
        ("m", "kg", Some(Apart::Dimension)),
        ("[pH]", "mol/L", Some(Apart::Dimension)),
        ("[IU]", "[arb'U]", Some(Apart::Dimension)),
        ("dB[SPL]", "dB[V]", Some(Apart::Dimension)),
        ("%{dry}", "%{wet}", Some(Apart::Annotation)),
        ("%{dry}", "%", Some(Apart::Annotation)),
        ("mg/kg", "mL/L", Some(Apart::Ratio)),
        ("mg/kg", "umol/mol", Some(Apart::Ratio)),
        ("mL/L", "cm3/m3", None),
        ("mg/kg", "%", None),
        ("mg/kg", "[ppm]", None),
        ("m", "km", None),
    ];
    for (one, other, expected) in cases {
        let (one, other) = (Unit::parse(one).unwrap(), Unit::parse(other).unwrap());
        assert_eq!((one.apart(&other), other.apart(&one)), (expected, expected), "{one:?} {other:?}");
    }
}

proptest! {
    #[test]
    fn amounts_read_what_they_show(digits in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_usize..=17) {
        let bare = format!("{:018}", digits.unsigned_abs());
        let (whole, rest) = bare.split_at(18 - scale);
        let whole = whole.trim_start_matches('0');
        let sign = if digits < 0 { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        prop_assume!(whole.len() + rest.trim_end_matches('0').len() <= 18);
        let text = if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") };
        let read = amount(&text);
        prop_assert_eq!(amount(&read.to_string()), read);
    }

    /// A share of mass says the same in every unit of it.
    #[test]
    fn a_unit_changes_no_order(one in 1_u32..1_000_000, other in 1_u32..1_000_000) {
        let (in_mg, in_g, in_percent) = (format!("{one}"), thousandth(other, 3), thousandth(other, 4));
        let expected = one.cmp(&other);
        prop_assert_eq!(order(&in_mg, "mg/kg", &in_g, "g/kg"), expected);
        prop_assert_eq!(order(&in_mg, "mg/kg", &in_percent, "%"), expected);
    }
}

fn thousandth(number: u32, places: usize) -> String {
    let unit = 10_u32.pow(u32::try_from(places).unwrap());
    format!("{}.{:0width$}", number / unit, number % unit, width = places)
}
