//! The counts after each criterion, and the sample.

use proptest::prelude::*;
use serde_json::json;

use super::rules::{BLOCKS, MOST_EXAMINED, Tally, cited, sample};
use crate::standard_register::rules::{Cited, RegisterAt, StandardRegister};
use crate::{
    decision::rules::decide,
    ruleset::{
        rules::parse,
        tests::{starter, starter_value},
    },
};

#[test]
fn each_supplier_leaves_at_the_first_criterion_that_it_does_not_meet() {
    let compiled = starter();
    let mut tally = Tally::new(&compiled, (compiled.criteria().len(), compiled.conditions().len()));
    let verdicts: Vec<_> = compiled.ruleset().tests().iter().map(|case| decide(&compiled, case.standing(), case.as_of)).collect();
    verdicts.iter().for_each(|verdict| tally.count(verdict));
    let steps = tally.steps();
    let mut before = verdicts.len();
    for step in steps {
        assert_eq!(step.remaining + step.failed + step.unknown, before, "{}", step.code);
        assert!(!step.own, "{}", step.code);
        before = step.remaining;
    }
    let eligible = tally.outcomes().iter().filter(|outcome| outcome.as_str().starts_with("eligible")).count();
    assert_eq!((before, tally.examined()), (eligible, verdicts.len()), "whoever is left at the end is eligible");
}

#[test]
fn the_criterion_that_leaves_fewer_than_three_is_the_first() {
    let compiled = starter();
    let case = &compiled.ruleset().tests()[0];
    let good = decide(&compiled, case.standing(), case.as_of);
    let mut tally = Tally::new(&compiled, (0, 0));
    tally.count(&good);
    tally.count(&good);
    assert_eq!(tally.fewer_than_three(), None, "there were only two to begin with");
    tally.count(&good);
    assert_eq!(tally.fewer_than_three(), None);
    let listed = compiled.ruleset().tests().iter().map(|case| decide(&compiled, case.standing(), case.as_of));
    let bad = listed.into_iter().find(|verdict| verdict.outcome.as_str() == "ineligible").unwrap();
    let mut tally = Tally::new(&compiled, (0, 0));
    [&good, &good, &bad, &bad].into_iter().for_each(|verdict| tally.count(verdict));
    let step = tally.fewer_than_three().unwrap();
    let first = bad.criteria.iter().find(|finding| finding.result.as_str() == "fail").unwrap();
    assert_eq!((step.code.as_str(), step.remaining, step.failed, step.own), (first.code.as_ref(), 2, 2, true));
}

#[test]
fn a_standard_that_is_cited_and_not_current_is_named() {
    let today = model::instant::parse_day("2026-06-01").unwrap();
    let silent = StandardRegister::default();
    assert!(cited(&starter(), &silent, today).is_empty());
    let mut value = starter_value();
    value["criteria"].as_array_mut().unwrap().push(json!({"code": "SEL.STANDARD_CONFORMITY", "params": {"standard": "GB 4706.19"}}));
    let compiled = parse(&value).unwrap().compile();
    let edition = |ended: Option<&str>| {
        json!({"id": "edn_1", "number": "GB 4706.19-2008", "standard": "GB 4706.19", "title": "", "mandatory": true,
        "current_from": "2010-01-01", "superseded_from": null, "ended_from": ended, "successors": ["GB 4706.19-2025"]})
    };
    let heard = |own: Vec<serde_json::Value>| {
        let own = own.into_iter().map(|one| serde_json::from_value(one).unwrap()).collect();
        let at = RegisterAt { epoch: "test".to_owned(), position: 1, seen_at: 0, fresh: true };
        StandardRegister { at: Some(at), cited: [("GB 4706.19".to_owned(), Cited { own, ..Cited::default() })].into() }
    };
    for (register, code) in [
        (silent, Some("standard_status_unknown")),
        (heard(vec![]), Some("standard_unknown")),
        (heard(vec![edition(Some("2026-01-01"))]), Some("standard_not_current")),
        (heard(vec![edition(None)]), None),
    ] {
        let warnings = cited(&compiled, &register, today);
        assert_eq!(warnings.first().map(|warning| warning.code), code);
        assert!(warnings.iter().all(|warning| warning.criterion.as_deref() == Some("SEL.STANDARD_CONFORMITY")));
    }
}

proptest! {
    #[test]
    fn a_sample_is_bounded_ordered_and_within(population in 0_usize..3_000_000) {
        let ranges = sample(population);
        let examined: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        prop_assert_eq!(examined, population.min(MOST_EXAMINED));
        prop_assert!(ranges.len() <= BLOCKS);
        let mut end = 0;
        for range in ranges {
            prop_assert!(range.start >= end && range.end <= population);
            end = range.end;
        }
    }
}
