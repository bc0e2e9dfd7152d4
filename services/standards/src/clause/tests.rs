//! Sets of clauses, and which of them are below a mandatory one. All numbers and limits are invented.

use serde_json::{Value, json};

use super::rules::*;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// `sample max 50 mg/kg`: a clause 5.1 of nothing in particular.
pub(crate) fn clause(text: &str, applies_to: &[&str]) -> Clause {
    let words: Vec<&str> = text.split(' ').collect();
    let [property, direction, limit, unit] = words.as_slice() else { unreachable!("{text}") };
    let (direction, lower, upper) = match *direction {
        "max" => (Direction::Max, None, Some(amount(limit))),
        _ => (Direction::Min, Some(amount(limit)), None),
    };
    let (property, title, unit) = ((*property).to_owned(), "示例".to_owned(), (*unit).to_owned());
    let indicator = Indicator { property, title, direction, lower, upper, unit, test_method: None, kind: IndicatorKind::Safety };
    Clause { number: "5.1".to_owned(), indicator, applies_to: owned(applies_to) }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn mandatory(text: &str, scope: &[&str]) -> Mandatory {
    Mandatory {
        edition: "edn_1".to_owned(),
        number: "GB 99001-2024".to_owned(),
        undated: "GB 99001".to_owned(),
        clause: clause(text, &[]),
        scope: owned(scope),
    }
}

#[test]
fn classes_are_read_and_overlap_by_their_levels() {
    for good in ["97", "97.190", "97.190.10"] {
        assert_eq!(ics(good).unwrap(), good);
    }
    for bad in ["", "9", "970", "97.19", "97.190.1", "97.190.10.1", "A0.190", "97-190", "９７"] {
        assert_eq!(ics(bad).map_err(|fault| fault.code), Err("ics_invalid"), "{bad}");
    }
    let cases = [
        (vec!["97.190"], vec!["97.190"], true),
        (vec!["97"], vec!["97.190.10"], true),
        (vec!["97.190.10"], vec!["97.190"], true),
        (vec!["97.190"], vec!["97.200"], false),
        (vec!["97.190"], vec!["97.19"], false),
        (vec!["13.120", "97.190"], vec!["97"], true),
        (vec![], vec!["97"], false),
    ];
    for (one, other, expected) in cases {
        let (one, other) = (owned(&one), owned(&other));
        assert_eq!((overlap(&one, &other), overlap(&other, &one)), (expected, expected), "{one:?} {other:?}");
    }
}

/// Standardization Law 21: no lower than a mandatory standard that bears on the same thing.
#[test]
fn a_clause_below_a_mandatory_one_is_found() {
    let none: &[&str] = &[];
    let known = mandatory("sample max 75 mg/kg", &["97.190"]);
    let cases = [
        ("sample max 75 mg/kg", none, &["97.190"][..], none, None),
        ("sample max 0.005 %", none, &["97.190"], none, None),
        ("sample max 0.1 g/kg", none, &["97.190"], none, Some("below_mandatory")),
        ("sample max 100 mg/kg", none, &["97"], none, Some("below_mandatory")),
        // Its own classes count before those of the edition.
        ("sample max 100 mg/kg", &["59.080"], &["97.190"], none, None),
        ("sample max 100 mg/kg", &["97.190.10"], &["59.080"], none, Some("below_mandatory")),
        ("other max 100 mg/kg", none, &["97.190"], none, None),
        ("sample min 5 mg/kg", none, &["97.190"], none, Some("mandatory_not_comparable")),
        ("sample max 100 mL/L", none, &["97.190"], none, Some("mandatory_not_comparable")),
        ("sample max 100 mg/kg", none, none, none, Some("mandatory_scope_unknown")),
        // Who cites it normatively is bound by it, whatever the classes say.
        ("sample max 100 mg/kg", none, &["59.080"], &["GB 99001-2024"], Some("below_mandatory")),
        ("sample max 100 mg/kg", none, &["59.080"], &["GB 99001"], Some("below_mandatory")),
        ("sample max 100 mg/kg", none, &["59.080"], &["GB 99001-2014"], None),
    ];
    for (text, applies_to, classes, cited, expected) in cases {
        let (classes, cited) = (owned(classes), owned(cited));
        let found = findings(&[clause(text, applies_to)], (&classes, &cited), std::slice::from_ref(&known), &[]);
        assert_eq!(found.first().map(|finding| finding.code), expected, "{text} {classes:?} {cited:?}");
        assert!(found.iter().all(|finding| finding.text.zh.contains("GB 99001-2024") && finding.text.en.contains("5.1")), "{found:?}");
        assert_eq!(found.iter().any(Finding::refuses), expected == Some("below_mandatory"));
    }
}

fn faults(body: Value) -> Vec<(String, &'static str)> {
    let new: NewClauses = serde_json::from_value(body).unwrap();
    new.read().err().unwrap_or_default().into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

#[test]
fn every_fault_of_a_set_is_named() {
    let one = |property: &str, applies_to: Value| {
        let indicator = json!({"property": property, "title": "示例", "direction": "max", "upper": "1", "unit": "1", "kind": "other"});
        json!({"number": "5.1", "indicator": indicator, "applies_to": applies_to})
    };
    assert!(faults(json!({"clauses": []})).is_empty());
    assert!(faults(json!({"clauses": [one("a", json!([])), one("b", json!([])), one("a", json!(["97"]))]})).is_empty());
    let mut bad = one("a", json!(["97.1", "97"]));
    bad["number"] = json!("");
    bad["indicator"]["upper"] = json!("x");
    let twice = [one("a", json!(["97", "13"])), bad, one("a", json!(["13", "97"]))];
    let expected = [
        ("/clauses/1/number", "text_empty"),
        ("/clauses/1/indicator/upper", "amount_invalid"),
        ("/clauses/1/applies_to/0", "ics_invalid"),
        ("/clauses/2/indicator/property", "property_repeated"),
    ];
    assert_eq!(faults(json!({"clauses": twice})), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let many = vec![one("a", json!([])); 501];
    assert_eq!(faults(json!({"clauses": many})), [("/clauses".to_owned(), "too_many")]);
}
