//! The precedence of outcomes, what a verdict may never depend on, and the comparison of verdicts.

use contracts::credit::Fact;
use model::instant::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{Difference, Outcome, Verdict, decide, differences};
use crate::criterion::rules::{Answer, Finding};
use crate::ruleset::rules::{Compiled, parse};
use crate::ruleset::tests::{starter, starter_value};
use crate::standing::rules::Standing;
use crate::standing::tests::{fact, standing};

fn now() -> Instant {
    Instant::parse("2026-06-01T09:30:00+08:00").unwrap()
}

fn licence() -> Value {
    json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01"})
}

/// A fact of any kind that the criteria look at, good or bad.
fn some_fact() -> impl Strategy<Value = Value> {
    let detail = prop_oneof![
        Just(json!({"kind": "serious_violation_listing"})),
        Just(json!({"kind": "abnormal_operation_listing"})),
        Just(json!({"kind": "procurement_ban", "detail": {"scope": ["government_procurement"]}})),
        Just(json!({"kind": "recall", "detail": {"mode": "ordered", "state": "open"}})),
        Just(json!({"kind": "spot_check", "detail": {"result": "pass"}})),
        Just(json!({"kind": "spot_check", "detail": {"result": "fail"}})),
        Just(json!({"kind": "penalty", "detail": {"types": ["criminal"]}, "degree": "serious"})),
        Just(json!({"kind": "penalty", "detail": {"types": ["fine"]}, "degree": "general"})),
        Just(json!({"kind": "penalty", "detail": {"types": ["practice_ban"], "ban_until": "2026-03-01"}, "degree": "general"})),
        Just(json!({"kind": "complaint"})),
        Just(json!({"kind": "traceability", "detail": {"level": 1}})),
        Just(licence()),
    ];
    (detail, 2022_i32..2027, 1_u32..13, 1_u32..29, proptest::option::of(1_u32..40)).prop_map(|(mut value, year, month, day, months)| {
        value["valid_from"] = json!(format!("{year}-{month:02}-{day:02}"));
        if let Some(months) = months {
            let last = crate::standing::rules::months_after(crate::standing::tests::day(value["valid_from"].as_str().unwrap()), months);
            value["valid_to"] = json!(last.to_string());
        }
        value
    })
}

fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Ineligible => 0,
        Outcome::Indeterminate => 1,
        Outcome::EligibleWithConditions => 2,
        Outcome::Eligible => 3,
    }
}

fn verdict(compiled: &Compiled, standing: &Standing) -> Verdict {
    decide(compiled, standing, now())
}

fn results(findings: &[Finding]) -> Vec<(String, Answer)> {
    findings.iter().map(|finding| (finding.code.to_string(), finding.result)).collect()
}

proptest! {
    #[test]
    fn the_order_of_facts_does_not_show(facts in prop::collection::vec(some_fact(), 0..12), seed in any::<u64>()) {
        let compiled = starter();
        let mut standing = standing(&facts);
        let before = verdict(&compiled, &standing);
        let places = u64::try_from(standing.facts.len().max(1)).unwrap();
        standing.facts.rotate_left(usize::try_from(seed % places).unwrap());
        standing.facts.reverse();
        prop_assert_eq!(verdict(&compiled, &standing), before);
    }

    #[test]
    fn facts_without_weight_change_nothing(facts in prop::collection::vec(some_fact(), 0..12), more in some_fact()) {
        let compiled = starter();
        let mut standing = standing(&facts);
        let before = verdict(&compiled, &standing);
        let declared = Fact { self_declared: true, id: "fct_900".to_owned(), ..fact(900, &more) };
        let unrelated = ["award", "commitment"].map(|kind| fact(901, &json!({"kind": kind, "detail": {"title": "示例"}})));
        standing.facts.push(declared);
        standing.facts.extend(unrelated);
        standing.facts.push(fact(902, &json!({"kind": "annual_report", "detail": {"year": 2025, "on_time": true}})));
        prop_assert_eq!(verdict(&compiled, &standing), before);
    }

    #[test]
    fn an_adverse_fact_never_helps(facts in prop::collection::vec(some_fact(), 0..12), place in 0_usize..5) {
        let compiled = starter();
        let mut standing = standing(&facts);
        let before = verdict(&compiled, &standing);
        let adverse = [
            json!({"kind": "serious_violation_listing", "valid_from": "2026-01-01"}),
            json!({"kind": "procurement_ban", "valid_from": "2026-01-01"}),
            json!({"kind": "penalty", "detail": {"types": ["licence_revoked"]}, "valid_from": "2026-01-01"}),
            json!({"kind": "abnormal_operation_listing", "valid_from": "2026-01-01"}),
            json!({"kind": "complaint", "valid_from": "2026-01-01"}),
        ];
        standing.facts.push(fact(900, &adverse[place]));
        let after = verdict(&compiled, &standing);
        prop_assert!(rank(after.outcome) <= rank(before.outcome));
        for (old, new) in before.criteria.iter().zip(&after.criteria) {
            prop_assert!(!(old.result == Answer::Fail && new.result != Answer::Fail), "{}", old.code);
        }
    }

    #[test]
    fn unknown_is_never_eligible(facts in prop::collection::vec(some_fact(), 0..12), known in any::<bool>(), fresh in any::<bool>(), rated in any::<bool>()) {
        let mut standing = standing(&facts);
        standing.sources[0].fresh = fresh;
        if !known {
            standing.enterprise = None;
        }
        if !rated {
            standing.timeline = None;
        }
        let verdict = verdict(&starter(), &standing);
        let any = |answer| verdict.criteria.iter().any(|finding| finding.result == answer);
        let eligible = matches!(verdict.outcome, Outcome::Eligible | Outcome::EligibleWithConditions);
        prop_assert_eq!(eligible, !any(Answer::Fail) && !any(Answer::Unknown));
        prop_assert!(!eligible || (known && fresh && rated));
        prop_assert_eq!(verdict.outcome == Outcome::Ineligible, any(Answer::Fail));
        prop_assert_eq!(verdict.outcome == Outcome::EligibleWithConditions, eligible && !verdict.conditions.is_empty());
        prop_assert_eq!(verdict.reasons.is_empty(), verdict.outcome == Outcome::Eligible);
    }

    #[test]
    fn preferences_never_change_the_outcome(facts in prop::collection::vec(some_fact(), 0..12), level in 0_i64..4) {
        let mut value = starter_value();
        value["preferences"] = json!([{"code": "PREF.TRACEABILITY", "params": {"level": level}}]);
        let standing = standing(&facts);
        let (before, after) = (verdict(&starter(), &standing), verdict(&parse_any(&value), &standing));
        prop_assert_eq!(results(&before.criteria), results(&after.criteria));
        prop_assert_eq!(before.outcome, after.outcome);
    }
}

/// Without its own tests, which speak of codes that a changed ruleset may lack.
fn parse_any(value: &Value) -> Compiled {
    let mut value = value.clone();
    value["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    parse(&value).unwrap().compile()
}

#[test]
fn reasons_come_in_the_order_of_their_weight() {
    let facts = [
        json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01", "valid_to": "2026-07-01"}),
        json!({"kind": "penalty", "detail": {"types": ["fine"]}, "degree": "general", "valid_from": "2026-01-01"}),
        json!({"kind": "abnormal_operation_listing"}),
    ];
    let verdict = verdict(&starter(), &standing(&facts));
    let told: Vec<_> = verdict.reasons.iter().map(|reason| (&*reason.criterion, &*reason.code)).collect();
    assert_eq!(
        told,
        [
            ("EXC.ABNORMAL_OPERATION", "on_abnormal_operation_list"),
            ("EXC.MAJOR_VIOLATION", "fine_amount_missing"),
            ("SEL.LICENCE_VALID", "permit_valid"),
        ]
    );
    assert_eq!(verdict.conditions[0].due_on.to_string(), "2026-07-01");
    assert_eq!(verdict.outcome, Outcome::Ineligible);
}

/// `as_of` counts as its day in Shanghai, 16:00 UTC being 24:00 there, and 24:00 still belongs to the day that it ends (Civil Code 203).
#[test]
fn the_day_is_that_of_shanghai() {
    let standing = standing(&[licence(), json!({"kind": "serious_violation_listing", "valid_from": "2026-06-01"})]);
    let outcome = |text: &str| decide(&starter(), &standing, Instant::parse(text).unwrap()).outcome;
    assert_eq!(outcome("2026-05-31T15:59:59Z"), Outcome::Eligible);
    assert_eq!(outcome("2026-05-31T16:00:00Z"), Outcome::Eligible);
    assert_eq!(outcome("2026-05-31T16:00:00.000001Z"), Outcome::Ineligible);
}

#[test]
fn differences_name_the_places() {
    let a = json!({"a": 1, "b": [1, 2, {"c/d": null}], "e": {}, "same": "x"});
    let b = json!({"a": "1", "b": [1, 3, {"c/d": false}, 4], "f": 0, "same": "x"});
    let one = |pointer: &str, was: Option<Value>, now: Option<Value>| Difference { pointer: pointer.to_owned(), was, now };
    assert_eq!(
        differences(&a, &b),
        [
            one("/a", Some(json!(1)), Some(json!("1"))),
            one("/b/1", Some(json!(2)), Some(json!(3))),
            one("/b/2/c~1d", Some(json!(null)), Some(json!(false))),
            one("/b/3", None, Some(json!(4))),
            one("/e", Some(json!({})), None),
            one("/f", None, Some(json!(0))),
        ]
    );
    assert_eq!(differences(&a, &a), []);
    assert_eq!(differences(&json!(1), &json!([1])), [one("", Some(json!(1)), Some(json!([1])))]);
}

#[test]
#[ignore = "prints a figure; run with --release --nocapture"]
fn speed() {
    let facts: Vec<Value> = (0..19)
        .map(|place| json!({"kind": "spot_check", "detail": {"result": "pass"}, "valid_from": format!("2025-01-{:02}", place + 1)}))
        .chain([licence()])
        .collect();
    let (compiled, standing) = (starter(), standing(&facts));
    assert_eq!(verdict(&compiled, &standing).outcome, Outcome::Eligible);
    let start = std::time::Instant::now();
    for _ in 0..100_000 {
        std::hint::black_box(verdict(std::hint::black_box(&compiled), &standing));
    }
    eprintln!("{:?} each, {} facts, {} criteria", start.elapsed() / 100_000, standing.facts.len(), compiled.len());
}
