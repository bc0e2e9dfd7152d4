//! Sets of clauses, and which of them are below a mandatory one. All numbers and limits are invented.

use common::token::Role;
use model::{instant::parse_day, standard_no::StandardNo, uscc::Uscc};
use serde_json::{Value, json};

use super::{actions::speaks_for, rules::*};
use crate::{
    author::actions::Author,
    edition::rules::{Entry, Stated},
};

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
fn classes_overlap_by_their_levels() {
    let cases = [
        (vec!["97.190"], vec!["97.190"], true),
        (vec!["97"], vec!["97.190.10"], true),
        (vec!["97.190.10"], vec!["97.190"], true),
        (vec!["97.190"], vec!["97.200"], false),
        (vec!["97.190"], vec!["97.19"], false),
        (vec!["13.120", "97.190"], vec!["97"], true),
        (vec!["59.080.01"], vec!["59.080.30"], true),
        (vec!["59.080.20"], vec!["59.080.30"], false),
        (vec!["01"], vec!["97.190"], false),
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
        ("/clauses/1/applies_to/0", "ics_unknown"),
        ("/clauses/2/indicator/property", "property_repeated"),
    ];
    assert_eq!(faults(json!({"clauses": twice})), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let many = vec![one("a", json!([])); 501];
    assert_eq!(faults(json!({"clauses": many})), [("/clauses".to_owned(), "too_many")]);
}

/// An edition that is current since 2020, about 97.190; a bare GB is mandatory.
pub(crate) fn entry(number: &str, association: Option<&Uscc>) -> Entry {
    Entry {
        number: StandardNo::parse(number).unwrap(),
        title: "示例".to_owned(),
        title_en: None,
        published_on: parse_day("2020-01-01").ok(),
        effective_on: None,
        withdrawn_on: None,
        transition_until: None,
        stated: Stated::Current,
        stated_on: parse_day("2026-01-01").unwrap(),
        mandatory: number.starts_with("GB "),
        publisher: None,
        association: association.map(ToString::to_string),
        ics: vec!["97.190".to_owned()],
        ccs: Vec::new(),
        stage: None,
        scope: None,
        text_digest: None,
        source: "test".to_owned(),
    }
}

#[test]
fn an_association_speaks_for_its_own_group_standards_only() {
    let (own, other) = (Uscc::with_check("51440000100000000").unwrap(), Uscc::with_check("51440000100000001").unwrap());
    let may = |role: Role, number: &str, association: Option<&Uscc>| {
        let author = Author { client: "test".to_owned(), organisation: own.clone(), role };
        speaks_for(&author, &entry(number, association)).is_ok()
    };
    let cases = [
        (Role::Authority, "GB 99001-2024", None, true),
        (Role::Authority, "Q/SLCS 001-2026", None, true),
        (Role::Authority, "T/SLXH 001-2026", Some(&other), true),
        (Role::Association, "T/SLXH 001-2026", Some(&own), true),
        (Role::Association, "T/SLXH 001-2026", Some(&other), false),
        (Role::Association, "T/SLXH 001-2026", None, false),
        (Role::Association, "GB/T 99001-2024", Some(&own), false),
        (Role::Association, "Q/SLCS 001-2026", Some(&own), false),
        (Role::Enterprise, "T/SLXH 001-2026", Some(&own), false),
    ];
    for (role, number, association, expected) in cases {
        assert_eq!(may(role, number, association), expected, "{role:?} {number} {association:?}");
    }
}
