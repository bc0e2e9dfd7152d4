//! The catalogue as a whole: unique codes, complete texts, stale sources, unknown suppliers, and what no fact means.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rules::{CATALOGUE, Entry, find};
use crate::criterion::rules::{Answer, Class, Criterion};
use crate::parameter::rules::{Kind, read};
use crate::standing::tests::{question, standing};

/// A criterion with the first value that its schema allows.
fn any(entry: &'static Entry) -> Criterion {
    let value = |kind: Kind| match kind {
        Kind::Grade => json!("B"),
        Kind::Whole(least, _) => json!(least.max(1)),
        Kind::Money => json!({"amount": "1.00", "currency": "CNY"}),
        Kind::Name => json!("示例"),
        Kind::Day => json!("2026-06-01"),
        Kind::Flag => json!(true),
    };
    let given: Value = entry.parameters.iter().filter(|one| one.required).map(|one| (one.name.to_owned(), value(one.kind))).collect();
    Criterion::new(entry, read(&entry.parameters, given.as_object().unwrap(), "").unwrap())
}

#[test]
fn entries_are_complete() {
    let codes: BTreeSet<&str> = CATALOGUE.iter().map(|entry| entry.code).collect();
    assert_eq!((codes.len(), CATALOGUE.len()), (17, 17));
    for entry in CATALOGUE.iter() {
        let prefix = match entry.class {
            Class::Exclusion => "EXC.",
            Class::Selection => "SEL.",
            Class::Preference => "PREF.",
        };
        assert!(entry.code.starts_with(prefix) && find(entry.code).is_some());
        for text in [&entry.title.zh, &entry.title.en, &entry.text.zh, &entry.text.en] {
            assert!(!text.is_empty(), "{}", entry.code);
        }
        assert!(!entry.legal_basis.is_empty());
        assert_eq!(entry.schema()["additionalProperties"], json!(false));
    }
    assert!(find("EXC.NONE").is_none());
    assert_eq!(find("SEL.MIN_SCORE").unwrap().schema()["properties"]["score"], json!({"type": "integer", "minimum": 0, "maximum": 1000}));
    assert_eq!(find("SEL.LIABILITY_COVER").unwrap().schema()["required"], json!(["amount"]));
}

#[test]
fn no_fact_means_what_the_catalogue_says() {
    let mut empty = standing(&[]);
    empty.timeline = None;
    for entry in CATALOGUE.iter().filter(|entry| entry.code != "EXC.INACTIVE") {
        assert_eq!(any(entry).judge(question(&empty)).result, entry.no_fact, "{}", entry.code);
    }
}

/// Architecture 3, point 5: never silently clean.
#[test]
fn a_stale_source_or_an_unknown_supplier_is_never_a_pass() {
    let mut stale = standing(&[]);
    stale.sources[0].fresh = false;
    let mut unread = standing(&[]);
    unread.sources.clear();
    let mut unknown = standing(&[]);
    unknown.enterprise = None;
    for entry in CATALOGUE.iter() {
        for standing in [&stale, &unread] {
            let finding = any(entry).judge(question(standing));
            assert_eq!((finding.result, &*finding.reason.code), (Answer::Unknown, "source_stale"), "{}", entry.code);
        }
        let finding = any(entry).judge(question(&unknown));
        assert_ne!(finding.result, Answer::Pass, "{}", entry.code);
    }
}
