//! What the public sees of a fact on a day: tables of cases.

use contracts::credit::{Fact, Grade, ModelRef, ScoreSegment};
use model::instant::{Day, parse_day};
use serde_json::{Value, json};

use super::rules::*;
use crate::publicity::rules::Regimes;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn fact(kind: &str, detail: Value, more: Value) -> Fact {
    let mut told = json!({
        "id": "fct_01JD0000000000000000000000", "enterprise": "914404001000000590", "kind": kind, "detail": detail,
        "source": {"authority": "示例市市场监督管理局", "document_no": "示例〔2026〕1号"}, "asserted_by": "914404001000000590",
        "decided_on": "2026-05-11", "published_on": "2026-05-20", "valid_from": "2026-05-11", "recorded_at": "2026-05-12T09:00:00+08:00",
    });
    for (name, value) in more.as_object().unwrap() {
        told[name] = value.clone();
    }
    let fact: Fact = serde_json::from_value(told).unwrap();
    Fact { publicity: Regimes::built_in().unwrap().windows(&fact), ..fact }
}

fn fine() -> Value {
    json!({"types": ["fine"], "fine": {"amount": "5000.00", "currency": "CNY"}, "law": "产品质量法第四十九条"})
}

fn mark(kind: &str) -> Value {
    json!({"marks": [{"kind": kind, "from": "2026-05-12", "ground": "示例"}], "degree": "general"})
}

#[test]
fn what_is_public_on_a_day() {
    let policy = policy().unwrap();
    let title = || json!({"title": "示例"});
    for (fact, on, expected, why) in [
        (fact("penalty", fine(), json!({"degree": "general"})), "2026-06-01", true, "within its window"),
        (fact("penalty", fine(), json!({"degree": "general"})), "2027-05-11", true, "Order 36: the last day of the year"),
        (fact("penalty", fine(), json!({"degree": "general"})), "2027-05-12", false, "Order 36: it stops by itself"),
        (fact("penalty", fine(), json!({"degree": "general"})), "2026-05-10", false, "not decided yet"),
        (
            fact("penalty", json!({"types": ["warning"]}), json!({"decided_on": "2024-05-11", "valid_from": "2024-05-11"})),
            "2024-06-01",
            false,
            "Order 45 Art 2: a warning alone",
        ),
        (fact("penalty", fine(), mark("repaired")), "2026-06-01", false, "repaired"),
        (fact("penalty", fine(), mark("masked")), "2026-06-01", false, "masked in a reorganisation"),
        (fact("penalty", fine(), mark("stayed")), "2026-06-01", false, "its effect is stayed"),
        (fact("penalty", fine(), mark("under_objection")), "2026-06-01", true, "shown with the mark until it is decided"),
        (
            fact("licence", json!({"number": "1", "name": "示例"}), json!({"valid_to": "2026-06-01"})),
            "2026-06-01",
            true,
            "the last day is inclusive",
        ),
        (fact("licence", json!({"number": "1", "name": "示例"}), json!({"valid_to": "2026-06-01"})), "2026-06-02", false, "it has ended"),
        (fact("award", title(), json!({})), "2026-06-01", true, "an award"),
        (fact("commitment", title(), json!({"self_declared": true})), "2026-06-01", true, "with its mark"),
        (fact("award", title(), json!({"self_declared": true})), "2026-06-01", false, "not what an enterprise says of itself"),
        (fact("complaint", json!({}), json!({})), "2026-06-01", false, "between two parties"),
        (fact("deposit", json!({"amount": {"amount": "1.00", "currency": "CNY"}}), json!({})), "2026-06-01", false, "business secret"),
        (fact("judgment", json!({"case_no": "1", "outcome": "示例"}), json!({})), "2026-06-01", false, "the courts publish themselves"),
    ] {
        let on = day(on);
        let found = shown(&policy.at(on).unwrap().value, &fact, &[&fact], on);
        assert_eq!(found.is_some(), expected, "{why}");
        assert!(found.is_none_or(|found| found.self_declared == fact.self_declared));
    }
}

#[test]
fn only_the_fields_of_the_policy_are_shown() {
    let (policy, on) = (policy().unwrap(), day("2026-06-01"));
    let scope = &policy.at(on).unwrap().value;
    let check = json!({"result": "fail", "product": "电热水壶", "items": ["接地措施"], "batch": "1", "laboratory": "示例检验所"});
    let check = fact("spot_check", check, json!({}));
    let found = shown(scope, &check, &[&check], on).unwrap();
    assert_eq!(found.detail.keys().collect::<Vec<_>>(), ["batch", "items", "product", "result"], "not who tested");
    let told = serde_json::to_value(&found).unwrap();
    for internal in ["asserted_by", "external_id", "recorded_at", "enterprise", "marks", "asserted_through"] {
        assert!(told.get(internal).is_none(), "{internal}");
    }
    let penalty = fact("penalty", fine(), mark("under_objection"));
    let found = shown(scope, &penalty, &[&penalty], on).unwrap();
    assert!(found.under_objection);
    assert_eq!((found.public_from, found.public_until), (day("2026-05-11"), Some(day("2027-05-11"))));
    let plain = fact("penalty", fine(), json!({"degree": "general"}));
    assert!(!shown(scope, &plain, &[&plain], on).unwrap().under_objection);
}

#[test]
fn the_score_is_that_of_the_day() {
    let model = ModelRef { id: "quality-credit".into(), version: 1 };
    let segment = |from: &str, score| ScoreSegment { from: day(from), to: None, score, grade: Grade::A, vetoes: vec![], model: None };
    let segments = [segment("2026-01-01", Some(700)), segment("2026-06-01", Some(710))];
    for (on, expected) in
        [("2025-12-31", None), ("2026-01-01", Some(700)), ("2026-05-31", Some(700)), ("2026-06-01", Some(710)), ("2030-01-01", Some(710))]
    {
        assert_eq!(score_on(model.clone(), &segments, day(on)).and_then(|score| score.score), expected, "{on}");
    }
}

#[test]
fn the_public_page_has_no_past() {
    let today = day("2026-06-01");
    assert_eq!(asked_day(None, today).unwrap(), today);
    assert_eq!(asked_day(Some(today), today).unwrap(), today);
    assert_eq!(asked_day(Some(day("2029-06-01")), today).unwrap(), day("2029-06-01"));
    let passed = Some(day("2026-05-31"));
    for (refused, pointer) in [(asked_day(passed, today), "/as_of"), (queried_day(passed, today), "?as_of")] {
        let faults = refused.unwrap_err();
        assert_eq!((faults[0].pointer.as_str(), faults[0].code), (pointer, "day_has_passed"));
    }
}
