//! Facts under objection that an outcome hangs on, alone and together.

use contracts::credit::{Mark, MarkKind};
use serde_json::{Value, json};

use super::rules::{Sensitivity, hanging};
use crate::decision::rules::{Outcome, decide};
use crate::ruleset::tests::starter;
use crate::standing::rules::Standing;
use crate::standing::tests::{day, standing};

fn at() -> model::instant::Instant {
    model::instant::Instant::parse("2026-06-01T09:30:00+08:00").unwrap()
}

/// A standing whose facts at these places are under objection since May.
fn objected(facts: &[Value], places: &[usize], to: Option<&str>) -> Standing {
    let mut all = vec![json!({"kind": "licence", "detail": {"number": "示例-1", "name": "a"}, "valid_from": "2024-01-01"})];
    all.extend_from_slice(facts);
    let mut standing = standing(&all);
    for place in places {
        let mark = Mark { kind: MarkKind::UnderObjection, from: day("2026-05-01"), to: to.map(day), ground: "obj_示例".to_owned() };
        standing.facts[place + 1].marks.push(mark);
    }
    standing
}

fn found(standing: &Standing) -> Vec<Sensitivity> {
    let again = |fewer: &[&Standing]| decide(&starter(), fewer[0], at()).outcome;
    hanging(&[standing], day("2026-06-02"), again(&[standing]), again)
}

#[test]
fn what_flips_alone_is_named_alone() {
    let listing = json!({"kind": "serious_violation_listing", "valid_from": "2026-01-01"});
    let one = objected(std::slice::from_ref(&listing), &[0], None);
    assert_eq!(found(&one), [Sensitivity { fact_ids: vec!["fct_001".to_owned()], outcome: Outcome::Eligible }]);
    assert_eq!(found(&objected(std::slice::from_ref(&listing), &[], None)), [], "nobody objects");
    assert_eq!(found(&objected(&[listing], &[0], Some("2026-06-01"))), [], "the objection was decided");
}

#[test]
fn what_flips_only_together_is_named_together() {
    let ban = json!({"kind": "procurement_ban", "detail": {"scope": ["government_procurement"]}, "valid_from": "2026-01-01"});
    let listing = json!({"kind": "serious_violation_listing", "valid_from": "2026-01-01"});
    let both = objected(&[ban.clone(), listing.clone()], &[0, 1], None);
    let ids = vec!["fct_001".to_owned(), "fct_002".to_owned()];
    assert_eq!(found(&both), [Sensitivity { fact_ids: ids, outcome: Outcome::Eligible }]);
    assert_eq!(found(&objected(&[ban, listing], &[0], None)), [], "the other ground stands whatever comes of it");
}

/// A listing caps the grade as well: without it nobody here knows the grade, so what is left is that it can't be told.
#[test]
fn a_score_that_the_fact_may_have_lowered_is_unknown_without_it() {
    let mut listed = objected(&[json!({"kind": "serious_violation_listing", "valid_from": "2026-01-01"})], &[0], None);
    listed.timeline.as_mut().unwrap().segments[0].grade = contracts::credit::Grade::D;
    assert_eq!(found(&listed), [Sensitivity { fact_ids: vec!["fct_001".to_owned()], outcome: Outcome::Indeterminate }]);
    listed.facts[1].marks.clear();
    assert_eq!(found(&listed), []);
}

#[test]
fn what_does_not_matter_is_not_named() {
    let complaint = json!({"kind": "complaint", "valid_from": "2026-01-01"});
    assert_eq!(found(&objected(&[complaint], &[0], None)), []);
}
