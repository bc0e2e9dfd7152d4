//! Which of two requirements is stricter.

use proptest::prelude::*;

use super::rules::*;
use crate::method_conversion::rules::MethodConversion;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// `max 0.05 mg/kg`, `range 4 7.5 1`.
fn indicator(text: &str) -> Indicator {
    let words: Vec<&str> = text.split(' ').collect();
    let (direction, lower, upper, unit) = match words.as_slice() {
        ["max", upper, unit] => (Direction::Max, None, Some(amount(upper)), unit),
        ["min", lower, unit] => (Direction::Min, Some(amount(lower)), None, unit),
        ["range", lower, upper, unit] => (Direction::Range, Some(amount(lower)), Some(amount(upper)), unit),
        _ => unreachable!("{text}"),
    };
    let (property, title, unit) = ("sample".to_owned(), "示例".to_owned(), (*unit).to_owned());
    Indicator { property, title, direction, lower, upper, unit, test_method: None, kind: IndicatorKind::Performance }
}

fn method(standard: &str) -> Option<TestMethod> {
    Some(TestMethod { standard: standard.to_owned(), clause: None })
}

fn by(text: &str, standard: &str) -> Indicator {
    Indicator { test_method: method(standard), ..indicator(text) }
}

fn word(verdict: Verdict) -> &'static str {
    verdict.as_str()
}

fn turned(word: &str) -> &str {
    match word {
        "stricter" => "looser",
        "looser" => "stricter",
        same => same,
    }
}

/// Domain 2.4: what passes the stricter one passes the looser one.
#[test]
fn the_smaller_set_is_stricter() {
    let cases = [
        ("max 50 mg/kg", "max 75 mg/kg", "stricter"),
        ("max 0.05 g/kg", "max 50 mg/kg", "equal"),
        ("max 0.008 %", "max 75 mg/kg", "looser"),
        ("min 5 MPa", "min 4999 kPa", "stricter"),
        ("min 5 MPa", "min 5 N/mm2", "equal"),
        ("range 4 7.5 [pH]", "range 4 9 [pH]", "stricter"),
        ("range 4 7.5 [pH]", "range 5 9 [pH]", "not_comparable"),
        ("range 4 7.5 [pH]", "max 7.5 [pH]", "stricter"),
        ("range 4 8 [pH]", "max 7.5 [pH]", "not_comparable"),
        ("max 7 [pH]", "min 7 [pH]", "not_comparable"),
        ("range 0 40 Cel", "range 273.15 313.15 K", "equal"),
        ("max 1 m", "max 1 kg", "not_comparable"),
    ];
    for (ours, theirs, expected) in cases {
        let (ours, theirs) = (indicator(ours), indicator(theirs));
        assert_eq!(word(compare(&ours, &theirs, &[])), expected, "{ours:?} {theirs:?}");
        assert_eq!(word(compare(&theirs, &ours, &[])), turned(expected), "{theirs:?} {ours:?}");
    }
    let reason = |ours: &str, theirs: &str| compare(&indicator(ours), &indicator(theirs), &[]).reason();
    assert_eq!(reason("range 1 2 m", "range 3 4 m"), Some(Reason::Range));
    assert_eq!(reason("max 1 m", "min 1 m"), Some(Reason::Direction));
    assert_eq!(reason("max 1 m", "max 1 kg"), Some(Reason::Unit));
    assert_eq!(reason("max 1 mg/kg", "max 1 mL/L"), Some(Reason::UnitRatio));
    assert_eq!(reason("max 1 %{dry}", "max 1 %"), Some(Reason::UnitAnnotation));
    let other = Indicator { property: "other".to_owned(), ..indicator("max 1 m") };
    assert_eq!(compare(&indicator("max 1 m"), &other, &[]).reason(), Some(Reason::Property));
}

/// Domain 2.4 [D]: different test methods are not comparable unless a conversion is recorded; two editions of one method are two methods.
#[test]
fn test_methods_meet_by_recorded_conversions_only() {
    let ours = by("max 1 mg/kg", "GB/T 99901-2020");
    assert_eq!(compare(&ours, &ours, &[]), Verdict::Equal);
    let older = by("max 2 mg/kg", "GB/T 99901-2010");
    assert_eq!(compare(&ours, &older, &[]), Verdict::NotComparable(Reason::TestMethod));
    assert_eq!(compare(&ours, &indicator("max 2 mg/kg"), &[]), Verdict::NotComparable(Reason::TestMethodMissing));
    let clause = TestMethod { clause: Some("5.2".to_owned()), ..method("GB/T 99901-2020").unwrap() };
    let of_clause = Indicator { test_method: Some(clause), ..ours.clone() };
    assert_eq!(compare(&ours, &of_clause, &[]), Verdict::NotComparable(Reason::TestMethod));

    // By the newer method one finds twice as much, and 0.5 mg/kg more.
    let known = |property: &str, unit: &str| MethodConversion {
        property: property.to_owned(),
        from: method("GB/T 99901-2010").unwrap(),
        to: method("GB/T 99901-2020").unwrap(),
        factor: amount("2"),
        offset: amount("0.5"),
        unit: unit.to_owned(),
    };
    let conversion = [known("sample", "mg/kg")];
    let cases = [("max 4.5 mg/kg", "equal"), ("max 0.0045 g/kg", "equal"), ("max 4.4 mg/kg", "stricter"), ("max 4.6 mg/kg", "looser")];
    for (text, expected) in cases {
        let ours = by(text, "GB/T 99901-2020");
        assert_eq!(word(compare(&ours, &older, &conversion)), expected, "{text}");
        assert_eq!(word(compare(&older, &ours, &conversion)), turned(expected), "{text}");
    }
    // Where both ways are recorded and disagree, the answer is one all the same.
    let back = MethodConversion { from: conversion[0].to.clone(), to: conversion[0].from.clone(), ..conversion[0].clone() };
    let both = [conversion[0].clone(), back];
    let ours = by("max 4.4 mg/kg", "GB/T 99901-2020");
    assert_eq!((compare(&ours, &older, &both), compare(&older, &ours, &both)), (Verdict::Stricter, Verdict::Looser));
    for useless in [known("other", "mg/kg"), known("sample", "m")] {
        assert_eq!(compare(&ours, &older, &[useless]), Verdict::NotComparable(Reason::TestMethod));
    }
    let warm = |text: &str, standard: &str| by(text, standard);
    let (new, old) = (warm("max 20.5 Cel", "GB/T 99901-2020"), warm("max 10 Cel", "GB/T 99901-2010"));
    assert_eq!(compare(&new, &old, &[known("sample", "Cel")]), Verdict::Equal, "degrees are counted from their own zero");
}

#[test]
fn every_fault_of_an_indicator_is_named() {
    let read = |json: serde_json::Value| {
        let new: NewIndicator = serde_json::from_value(json).unwrap();
        let mut bad = Vec::new();
        let read = new.read("/clauses/0/indicator", &mut bad);
        assert_eq!(read.is_some(), bad.is_empty());
        bad.into_iter().map(|fault| (fault.pointer.trim_start_matches("/clauses/0/indicator").to_owned(), fault.code)).collect::<Vec<_>>()
    };
    let all = serde_json::json!({"property": "Formaldehyde", "title": "示".repeat(121), "direction": "range", "lower": "1,5", "unit": "ppm",
        "kind": "safety", "test_method": {"standard": "?", "clause": ""}});
    let expected = [
        ("/property", "property_invalid"),
        ("/title", "text_too_long"),
        ("/lower", "amount_invalid"),
        ("/test_method/standard", "standard_no_unreadable"),
        ("/test_method/clause", "text_empty"),
        ("/unit", "unit_unknown"),
        ("/upper", "indicator_bound"),
    ];
    assert_eq!(read(all), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let plain = |direction: &str, lower: Option<&str>, upper: Option<&str>| {
        read(
            serde_json::json!({"property": "a", "title": "示例", "direction": direction, "lower": lower, "upper": upper, "unit": "1", "kind": "other"}),
        )
    };
    assert!(
        plain("max", None, Some("1")).is_empty()
            && plain("min", Some("1"), None).is_empty()
            && plain("range", Some("1"), Some("1")).is_empty()
    );
    for (direction, lower, upper, at) in
        [("max", Some("1"), Some("1"), "/lower"), ("min", Some("1"), Some("1"), "/upper"), ("range", Some("2"), Some("1"), "/upper")]
    {
        assert_eq!(plain(direction, lower, upper), [(at.to_owned(), "indicator_bound")], "{direction}");
    }
}

/// A share of mass, in one of three units.
fn share() -> impl Strategy<Value = (u32, &'static str)> {
    (1_u32..100, prop::sample::select(vec!["mg/kg", "g/kg", "%"]))
}

fn written((number, unit): (u32, &str)) -> String {
    match unit {
        "mg/kg" => format!("{number} {unit}"),
        "g/kg" => format!("0.{number:03} {unit}"),
        _ => format!("0.{number:04} {unit}"),
    }
}

proptest! {
    #[test]
    fn turned_round_the_verdict_turns(one in share(), two in share(), three in share(), four in share(), is_range in any::<bool>()) {
        let make = |one: (u32, &'static str), two: (u32, &'static str)| match is_range {
            true => {
                let (low, high) = (one.0.min(two.0), one.0.max(two.0));
                let (low, high) = (written((low, one.1)), written((high, one.1)));
                indicator(&format!("range {} {high}", low.split(' ').next().unwrap()))
            }
            false => indicator(&format!("max {}", written(one))),
        };
        let (ours, theirs) = (make(one, two), make(three, four));
        prop_assert_eq!(word(compare(&ours, &theirs, &[])), turned(word(compare(&theirs, &ours, &[]))));
        prop_assert_eq!(compare(&ours, &ours, &[]), Verdict::Equal);
    }

    #[test]
    fn a_verdict_is_the_same_in_every_unit(one in 1_u32..100, other in 1_u32..100, direction in prop::sample::select(vec!["max", "min"])) {
        let units = ["mg/kg", "g/kg", "%"];
        let verdict = |unit: &'static str, other_unit: &'static str| {
            let (ours, theirs) = (written((one, unit)), written((other, other_unit)));
            compare(&indicator(&format!("{direction} {ours}")), &indicator(&format!("{direction} {theirs}")), &[])
        };
        for unit in units {
            for other_unit in units {
                prop_assert_eq!(verdict(unit, other_unit), verdict("mg/kg", "mg/kg"));
            }
        }
    }

    #[test]
    fn strictness_is_transitive(all in prop::array::uniform3(share()), direction in prop::sample::select(vec!["max", "min"])) {
        let [one, two, three] = all.map(|share| indicator(&format!("{direction} {}", written(share))));
        let strict = |ours: &Indicator, theirs: &Indicator| matches!(compare(ours, theirs, &[]), Verdict::Stricter | Verdict::Equal);
        prop_assert!(!(strict(&one, &two) && strict(&two, &three)) || strict(&one, &three));
    }
}
