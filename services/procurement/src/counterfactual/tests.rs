//! Every set flips the outcome, and no part of one does.

use model::instant::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{MOST_CHANGES, MOST_SETS, admits, smallest};
use crate::candidate::rules::candidates;
use crate::change::rules::{Change, Kind, changed, day_of};
use crate::criterion::rules::{Answer, Finding};
use crate::decision::rules::{Outcome, decide};
use crate::ruleset::rules::{Compiled, parse};
use crate::ruleset::tests::{starter, starter_value};
use crate::standing::rules::Standing;
use crate::standing::tests::standing;

fn now() -> Instant {
    Instant::parse("2026-06-01T09:30:00+08:00").unwrap()
}

fn outcome(compiled: &Compiled, standing: &Standing, set: &[&Change]) -> Outcome {
    let (standings, later) = changed(std::slice::from_ref(standing), now(), set);
    decide(compiled, &standings[0], later).outcome
}

fn changes(compiled: &Compiled, standing: &Standing) -> Vec<Change> {
    let verdict = decide(compiled, standing, now());
    let unmet = |finding: &Finding| matches!(finding.result, Answer::Fail | Answer::Unknown);
    let obstacles: Vec<Finding> = verdict.criteria.into_iter().filter(unmet).collect();
    candidates(compiled, std::slice::from_ref(standing), &obstacles, now())
}

/// The sets as kinds and days.
fn sets(compiled: &Compiled, standing: &Standing) -> Vec<(Vec<Kind>, String)> {
    let changes = changes(compiled, standing);
    let ways = smallest(&changes, |set| outcome(compiled, standing, set));
    let shown = |way: &super::rules::Way<'_>| {
        let day = day_of(&way.changes, now().cut_off_day());
        (way.changes.iter().map(|change| change.kind).collect(), day.to_string())
    };
    ways.iter().map(shown).collect()
}

fn licence() -> Value {
    json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01"})
}

/// A ruleset that asks for a good deal.
fn strict() -> Compiled {
    let mut value = starter_value();
    let more = [
        json!({"code": "SEL.LIABILITY_COVER", "params": {"amount": {"amount": "10.00", "currency": "CNY"}}}),
        json!({"code": "SEL.TRACEABILITY", "params": {"level": 2}}),
    ];
    value["criteria"].as_array_mut().unwrap().extend(more);
    value["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    parse(&value).unwrap().compile()
}

#[test]
fn the_smallest_sets_case_by_case() {
    let abnormal = json!({"kind": "abnormal_operation_listing"});
    let ban = |to: &str| json!({"kind": "procurement_ban", "valid_to": to});
    let recall = json!({"kind": "recall", "detail": {"mode": "ordered", "state": "open"}});
    let complaint = json!({"kind": "complaint"});
    for (facts, expected) in [
        (vec![licence()], vec![]),
        (vec![licence(), abnormal.clone()], vec![(vec![Kind::EndListing], "2026-06-01")]),
        (vec![licence(), ban("2026-08-31")], vec![(vec![Kind::Wait], "2026-09-01"), (vec![Kind::Quash], "2026-06-01")]),
        // Two bans: one wait for both, not the shorter one.
        (vec![licence(), ban("2026-08-31"), ban("2026-10-31")], vec![(vec![Kind::Wait], "2026-11-01")]),
        (vec![licence(), abnormal, recall.clone()], vec![(vec![Kind::EndListing, Kind::CompleteRecall], "2026-06-01")]),
        // A licence that runs out while it is waited for makes the wait useless alone: it must be renewed as well.
        (
            vec![
                json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01", "valid_to": "2026-07-31"}),
                ban("2026-08-31"),
            ],
            vec![(vec![Kind::Quash], "2026-06-01")],
        ),
        // Six complaints open, five are borne: any one settled is enough.
        ([vec![licence()], vec![complaint; 6]].concat(), vec![(vec![Kind::SettleComplaint], "2026-06-01"); 5]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(kinds, day)| (kinds, day.to_owned())).collect();
        let standing = standing(&facts);
        let found = if admits(decide(&starter(), &standing, now()).outcome) { Vec::new() } else { sets(&starter(), &standing) };
        assert_eq!(found, expected, "{facts:?}");
    }
}

#[test]
fn what_nobody_can_change_has_no_set() {
    let mut gone = standing(&[licence()]);
    gone.enterprise.as_mut().unwrap().status = contracts::credit::EnterpriseStatus::Revoked;
    assert_eq!(sets(&starter(), &gone), []);
    let mut unknown = standing(&[licence()]);
    unknown.enterprise = None;
    assert_eq!(sets(&starter(), &unknown), []);
    let mut stale = standing(&[licence(), json!({"kind": "abnormal_operation_listing"})]);
    stale.sources[0].fresh = false;
    assert_eq!(sets(&starter(), &stale), [(vec![Kind::RefreshSource, Kind::EndListing], "2026-06-01".to_owned())]);
}

fn some_fact() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"kind": "serious_violation_listing", "valid_from": "2025-01-10", "valid_to": "2028-01-09"})),
        Just(json!({"kind": "abnormal_operation_listing"})),
        Just(json!({"kind": "procurement_ban", "valid_to": "2026-12-31"})),
        Just(json!({"kind": "procurement_ban"})),
        Just(json!({"kind": "recall", "detail": {"mode": "ordered", "state": "open"}})),
        Just(json!({"kind": "spot_check", "detail": {"result": "fail"}, "valid_from": "2025-03-01"})),
        Just(json!({"kind": "spot_check", "detail": {"result": "pass"}, "valid_from": "2025-03-01"})),
        Just(json!({"kind": "penalty", "detail": {"types": ["criminal"]}, "degree": "serious", "valid_from": "2025-01-01"})),
        Just(json!({"kind": "penalty", "detail": {"types": ["fine"]}, "degree": "general", "valid_from": "2025-01-01"})),
        Just(json!({"kind": "insurance_cover", "detail": {"amount": {"amount": "4.00", "currency": "CNY"}}})),
        Just(json!({"kind": "traceability", "detail": {"level": 1}})),
        Just(json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01", "valid_to": "2026-03-31"})),
    ]
}

fn parts<'a>(set: &[&'a Change]) -> Vec<Vec<&'a Change>> {
    (0..(1_u32 << set.len()) - 1)
        .map(|mask| set.iter().enumerate().filter(|(place, _)| mask & (1 << place) != 0).map(|(_, change)| *change).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_set_flips_and_no_part_of_one_does(facts in prop::collection::vec(some_fact(), 0..5), score in 400_u16..1000) {
        let compiled = strict();
        let mut standing = standing(&facts);
        standing.timeline.as_mut().unwrap().segments[0].score = Some(score);
        let before = decide(&compiled, &standing, now()).outcome;
        prop_assume!(!admits(before));
        let changes = changes(&compiled, &standing);
        let ways = smallest(&changes, |set| outcome(&compiled, &standing, set));
        prop_assert!(ways.len() <= MOST_SETS);
        prop_assert!(ways.windows(2).all(|two| two[0].changes.len() == two[1].changes.len()), "all of one size");
        for way in &ways {
            prop_assert!(way.changes.len() <= MOST_CHANGES);
            prop_assert!(admits(outcome(&compiled, &standing, &way.changes)));
            for part in parts(&way.changes) {
                prop_assert!(!admits(outcome(&compiled, &standing, &part)), "{:?}", part);
            }
        }
    }
}
