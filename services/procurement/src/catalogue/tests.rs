//! The catalogue as a whole: unique codes, complete texts, stale sources, unknown suppliers, and what no fact means.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rules::{CATALOGUE, Entry, find};
use crate::criterion::rules::{Answer, Class, Combination, Criterion};
use crate::parameter::rules::{Kind, read};
use crate::standing::rules::STANDARDS;
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
    assert_eq!((codes.len(), CATALOGUE.len()), (21, 21));
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

const ESPD: &str = include_str!("../../../../tests/data/criteria/espd_2.1.1.txt");
const OCDS: &str = include_str!("../../../../tests/data/criteria/ocds.csv");

/// Codes that others publish are named as they are: ESPD 2.1.1; `exclusion-ground`, `selectionCriterionType`, `awardCriteria` of OCDS.
#[test]
fn foreign_codes_exist() {
    for entry in CATALOGUE.iter() {
        let espd = entry.espd.unwrap_or_else(|| panic!("{} has no ESPD code", entry.code));
        assert!(ESPD.lines().any(|line| line == espd), "{}: {espd}", entry.code);
        let list = match entry.class {
            Class::Exclusion => "exclusion",
            Class::Selection => "selection",
            Class::Preference => "preference",
        };
        let ocds = format!("{list},{}", entry.ocds.unwrap_or_else(|| panic!("{} has no OCDS code", entry.code)));
        assert!(OCDS.lines().any(|line| line == ocds), "{}: {ocds}", entry.code);
    }
}

/// What a service that has not spoken would have to know is unknown, whatever is on file.
#[test]
fn a_service_that_has_not_spoken_is_never_a_pass() {
    let standing = standing(&[json!({"kind": "standard_conformity", "detail": {"standard": "示例", "result": "pass"}})]);
    let silent: Vec<&Entry> = CATALOGUE.iter().filter(|entry| entry.source == STANDARDS).collect();
    assert_eq!(silent.iter().map(|entry| entry.code).collect::<Vec<_>>(), ["SEL.STANDARD_OR_STRICTER", "PREF.STRICTER_STANDARD"]);
    for entry in silent {
        let finding = any(entry).judge(question(&standing));
        assert_eq!((finding.result, &*finding.reason.code, &finding.actual), (Answer::Unknown, "standards_silent", &json!("pass")));
        assert_eq!(finding.fact_ids, ["fct_000"], "what is on file is named");
    }
}

/// One member's ban counts for all (Cai Ku [2016] No. 125); sums are added up.
#[test]
fn consortia_meet_each_kind_in_its_way() {
    for entry in CATALOGUE.iter() {
        let expected: &[Combination] = match entry.code {
            "SEL.LIABILITY_COVER" | "SEL.QUALITY_DEPOSIT" => &[Combination::SumOf, Combination::AnyOf, Combination::AllOf],
            _ if entry.class == Class::Exclusion => &[Combination::AllOf],
            code if ["LICENCE", "CERTIFICATE", "CCC", "STANDARD"].iter().any(|word| code.contains(word)) => {
                &[Combination::AnyOf, Combination::AllOf]
            }
            _ => &[Combination::AllOf, Combination::AnyOf],
        };
        assert_eq!((entry.combinations, entry.combination()), (expected, expected[0]), "{}", entry.code);
    }
}

/// "Of at least X on a date": the day that is named is judged, not that of the question.
#[test]
fn sums_are_judged_on_the_day_that_is_named() {
    let cover = |kind: &str| json!({"kind": kind, "detail": {"amount": {"amount": "10.00", "currency": "CNY"}}, "valid_from": "2026-09-01", "valid_to": "2026-09-30"});
    for (code, kind) in [("SEL.LIABILITY_COVER", "insurance_cover"), ("SEL.QUALITY_DEPOSIT", "deposit")] {
        let standing = standing(&[cover(kind)]);
        let entry = find(code).unwrap();
        for (on, answer) in [
            (None, Answer::Unknown),
            (Some("2026-08-31"), Answer::Unknown),
            (Some("2026-09-01"), Answer::Pass),
            (Some("2026-09-30"), Answer::Pass),
            (Some("2026-10-01"), Answer::Fail),
        ] {
            let mut given = json!({"amount": {"amount": "10.00", "currency": "CNY"}});
            if let Some(on) = on {
                given["on"] = json!(on);
            }
            let criterion = Criterion::new(entry, read(&entry.parameters, given.as_object().unwrap(), "").unwrap());
            assert_eq!(criterion.judge(question(&standing)).result, answer, "{code} {on:?}");
        }
    }
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
