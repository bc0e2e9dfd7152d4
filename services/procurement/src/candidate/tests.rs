//! What could help past which criterion, and from when, on 1 June 2026.

use contracts::credit::{BanScope, Detail, Fact};
use serde_json::{Value, json};

use super::rules::{EARLY_REMOVAL, candidates, removable};
use crate::change::rules::{Change, Kind};
use crate::criterion::rules::{Answer, Helper};
use crate::decision::rules::decide;
use crate::ruleset::rules::{Compiled, parse};
use crate::ruleset::tests::starter_value;
use crate::standing::tests::{day, question, standing};
use model::instant::Instant;

/// A ruleset of one criterion.
pub(crate) fn only(code: &str, params: &Value) -> Compiled {
    let mut value = starter_value();
    value["criteria"] = json!([{"code": code, "params": params}]);
    value["conditions"] = json!([]);
    value["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    parse(&value).unwrap().compile()
}

fn found(compiled: &Compiled, facts: &[Value]) -> Vec<Change> {
    let standing = standing(facts);
    let as_of = Instant::parse("2026-06-01T09:30:00+08:00").unwrap();
    let verdict = decide(compiled, &standing, as_of);
    let unmet = verdict.criteria.into_iter().filter(|finding| matches!(finding.result, Answer::Fail | Answer::Unknown));
    candidates(compiled, &[standing], &unmet.collect::<Vec<_>>(), as_of)
}

fn shown(changes: &[Change]) -> Vec<(Kind, Helper, Option<String>)> {
    changes.iter().map(|change| (change.kind, change.who, change.earliest.map(|day| day.to_string()))).collect()
}

/// SAMR Order 44: after one year, and not while a restriction by law runs; what ends sooner by itself is only waited for.
#[test]
fn an_early_removal_has_its_day() {
    assert_eq!(EARLY_REMOVAL.as_ref().unwrap().at(day("2026-06-01")).unwrap().value, 12);
    let listing = |from: &str, to: Option<&str>| json!({"kind": "serious_violation_listing", "valid_from": from, "valid_to": to});
    let ban = |to: Option<&str>| json!({"kind": "procurement_ban", "valid_from": "2025-01-01", "valid_to": to});
    let practice =
        |to: &str| json!({"kind": "penalty", "detail": {"types": ["practice_ban"], "ban_until": to}, "valid_from": "2025-01-01"});
    for (facts, expected) in [
        (vec![listing("2026-01-10", None)], Some("2027-01-11")),
        (vec![listing("2024-01-10", None)], Some("2026-06-01")),
        (vec![listing("2024-01-10", Some("2027-01-09"))], Some("2026-06-01")),
        (vec![listing("2026-01-10", Some("2027-01-10"))], None),
        (vec![listing("2026-01-10", None), ban(Some("2028-12-31"))], Some("2029-01-01")),
        (vec![listing("2026-01-10", None), ban(Some("2026-12-31"))], Some("2027-01-11")),
        (vec![listing("2026-01-10", None), ban(None)], None),
        (vec![listing("2026-01-10", None), practice("2027-06-30")], Some("2027-07-01")),
    ] {
        let standing = standing(&facts);
        let first = removable(&standing.facts[0], question(&standing));
        assert_eq!(first.map(|day| day.to_string()).as_deref(), expected, "{facts:?}");
    }
}

/// A ban is never repaired, a penalty stays for its three years, a listing may end early, a recall is finished.
#[test]
fn a_fact_ends_only_as_its_regime_allows() {
    let table = [
        (
            "EXC.PROCUREMENT_BAN",
            json!({"kind": "procurement_ban", "valid_to": "2026-12-31"}),
            vec![(Kind::Wait, Helper::Time, Some("2027-01-01")), (Kind::Quash, Helper::Authority, None)],
        ),
        ("EXC.PROCUREMENT_BAN", json!({"kind": "procurement_ban"}), vec![(Kind::Quash, Helper::Authority, None)]),
        (
            "EXC.SERIOUS_VIOLATION",
            json!({"kind": "serious_violation_listing", "valid_to": "2028-12-31"}),
            vec![(Kind::Wait, Helper::Time, Some("2029-01-01")), (Kind::EndListing, Helper::Authority, Some("2027-01-02"))],
        ),
        ("EXC.ABNORMAL_OPERATION", json!({"kind": "abnormal_operation_listing"}), vec![(Kind::EndListing, Helper::Authority, None)]),
        (
            "EXC.MAJOR_VIOLATION",
            json!({"kind": "penalty", "detail": {"types": ["criminal"]}, "degree": "serious"}),
            vec![(Kind::Wait, Helper::Time, Some("2029-01-02")), (Kind::Quash, Helper::Authority, None)],
        ),
        (
            "EXC.MAJOR_VIOLATION",
            json!({"kind": "penalty", "detail": {"types": ["fine"]}, "degree": "general"}),
            vec![(Kind::StateFine, Helper::Authority, None)],
        ),
        (
            "EXC.OPEN_ORDERED_RECALL",
            json!({"kind": "recall", "detail": {"mode": "ordered", "state": "open"}}),
            vec![(Kind::CompleteRecall, Helper::Supplier, None)],
        ),
    ];
    for (code, fact, expected) in table {
        let expected: Vec<_> = expected.into_iter().map(|(kind, who, day)| (kind, who, day.map(str::to_owned))).collect();
        assert_eq!(shown(&found(&only(code, &json!({})), std::slice::from_ref(&fact))), expected, "{code} {fact}");
    }
}

#[test]
fn what_is_lacking_is_named() {
    let money = |amount: &str| json!({"amount": {"amount": amount, "currency": "CNY"}});
    let cover = |amount: &str| json!({"kind": "insurance_cover", "detail": money(amount)});
    for (code, params, facts, expected) in [
        ("SEL.LIABILITY_COVER", money("100.00"), vec![], json!({"kind": "insurance_cover", "detail": money("100.00")})),
        ("SEL.LIABILITY_COVER", money("100.00"), vec![cover("30.50")], json!({"kind": "insurance_cover", "detail": money("69.50")})),
        ("SEL.QUALITY_DEPOSIT", money("7.00"), vec![], json!({"kind": "deposit", "detail": money("7.00")})),
        ("SEL.TRACEABILITY", json!({"level": 3}), vec![], json!({"kind": "traceability", "detail": {"level": 3}})),
        (
            "SEL.STANDARD_CONFORMITY",
            json!({"standard": "T/XXX 001"}),
            vec![],
            json!({"kind": "standard_conformity", "detail": {"standard": "T/XXX 001", "result": "pass"}}),
        ),
        (
            "SEL.CERTIFICATE_VALID",
            json!({"name": "质量管理体系认证"}),
            vec![],
            json!({"kind": "certificate", "detail": {"number": "-", "name": "质量管理体系认证"}}),
        ),
        (
            "SEL.CCC_VALID",
            json!({"product": "儿童推车"}),
            vec![],
            json!({"kind": "certificate", "detail": {"number": "-", "name": "强制性产品认证", "products": ["儿童推车"]}}),
        ),
    ] {
        let changes = found(&only(code, &params), &facts);
        let added: Vec<Value> = changes.iter().filter_map(Change::added).map(|detail| json!(detail)).collect();
        assert_eq!(added, [expected], "{code}");
    }
    let risen = found(&only("SEL.MIN_SCORE", &json!({"score": 900})), &[]);
    assert_eq!(risen.iter().filter_map(Change::risen).collect::<Vec<_>>(), [(None, Some(900))]);
    let unheard = found(&only("SEL.STANDARD_OR_STRICTER", &json!({"standard": "T/XXX 001", "delivery_on": "2026-09-01"})), &[]);
    assert_eq!(unheard, [], "nothing that is known could help");
}

/// The same change helps past each criterion that it concerns, and stands once.
#[test]
fn a_listing_and_its_measure_end_together() {
    let mut value = starter_value();
    value["scope"] = json!("fiscal_funds");
    value["criteria"] = json!([{"code": "EXC.SERIOUS_VIOLATION"}, {"code": "EXC.JOINT_MEASURE"}]);
    value["conditions"] = json!([]);
    value["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    let compiled = parse(&value).unwrap().compile();
    assert_eq!(compiled.ruleset().scope, BanScope::FiscalFunds);
    let mut listed = standing(&[json!({"kind": "serious_violation_listing", "valid_from": "2024-01-01"})]);
    let measure = json!([{"code": "D.X", "side": "discipline", "scope": "fiscal_funds", "from": "2024-01-01", "fact_ids": ["fct_000"]}]);
    listed.measures = serde_json::from_value(measure).unwrap();
    let as_of = Instant::parse("2026-06-01T09:30:00+08:00").unwrap();
    let verdict = decide(&compiled, &listed, as_of);
    let changes = candidates(&compiled, std::slice::from_ref(&listed), &verdict.criteria, as_of);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].criteria, ["EXC.SERIOUS_VIOLATION", "EXC.JOINT_MEASURE"]);
    let (after, _) = crate::change::rules::changed(&[listed], as_of, &[&changes[0]]);
    assert!(after[0].facts.is_empty() && after[0].measures.is_empty());
    let is_listing = |fact: &Fact| matches!(fact.detail, Detail::SeriousViolationListing(_));
    assert!(!after[0].facts.iter().any(is_listing));
}
