//! What flips, and what is said to cause it.

use model::instant::Instant;
use serde_json::json;

use super::rules::{Report, causes};
use crate::criterion::rules::Answer;
use crate::decision::rules::{Outcome, decide};
use crate::ruleset::rules::{Compiled, parse};
use crate::ruleset::tests::{starter, starter_value};
use crate::standing::rules::Standing;
use crate::standing::tests::standing;

fn now() -> Instant {
    Instant::parse("2026-06-01T09:30:00+08:00").unwrap()
}

/// The starter, asking for AAA and no longer for anything of recalls.
fn tried() -> Compiled {
    let mut value = starter_value();
    value["criteria"][6]["params"]["grade"] = json!("AAA");
    value["criteria"].as_array_mut().unwrap().remove(4);
    value["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    parse(&value).unwrap().compile()
}

fn licensed(more: &[serde_json::Value]) -> Standing {
    let licence = json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01"});
    standing(&[&[licence], more].concat())
}

#[test]
fn a_flip_names_the_criteria_that_cause_it() {
    let recalled = licensed(&[json!({"kind": "recall", "detail": {"mode": "ordered", "state": "open"}})]);
    let mut best = recalled.clone();
    best.timeline.as_mut().unwrap().segments[0].grade = contracts::credit::Grade::Aaa;
    let (from, to) = (starter(), tried());
    let mut report = Report::default();
    for standing in [&licensed(&[]), &recalled, &best] {
        report.compare((&from, &to), standing, now());
    }
    assert_eq!((report.compared, report.flipped), (3, 2));
    let pairs: Vec<_> = report.pairs.iter().map(|pair| (pair.from, pair.to, pair.count)).collect();
    assert_eq!(
        pairs,
        [
            (Outcome::Eligible, Outcome::Ineligible, 1),
            (Outcome::Ineligible, Outcome::Eligible, 1),
            (Outcome::Ineligible, Outcome::Ineligible, 1),
        ]
    );
    let shown: Vec<_> =
        report.flips.iter().flat_map(|flip| &flip.because).map(|cause| (cause.criterion.as_str(), cause.from, cause.to)).collect();
    assert_eq!(
        shown,
        [("SEL.MIN_GRADE", Some(Answer::Pass), Some(Answer::Fail)), ("EXC.OPEN_ORDERED_RECALL", Some(Answer::Fail), None)],
        "a criterion that is met in the one and missing in the other causes nothing"
    );
    assert_eq!(report.by_criterion.values().sum::<u64>(), 2);
}

#[test]
fn a_version_flips_nobody_against_itself() {
    let (one, standing) = (starter(), licensed(&[]));
    let mut report = Report::default();
    report.compare((&one, &one), &standing, now());
    assert_eq!((report.flipped, report.flips.len(), report.pairs.len()), (0, 0, 1));
    let verdict = decide(&one, &standing, now());
    assert_eq!(causes(&verdict, &verdict), []);
}
