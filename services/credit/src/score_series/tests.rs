//! The causes of changes: tables of cases, and that the deltas always make the difference of the scores.

use std::sync::Arc;

use contracts::credit::{CheckResult, Complaint, Degree, Detail, Fact, Mark, MarkKind};
use model::instant::{Day, Instant};
use proptest::prelude::*;

use super::rules::*;
use crate::evaluation::tests::{any_facts, built_in, day, established, fact, penalty, permit, spot_check, uscc};
use crate::model_book::rules::{Book, Edition, Window};
use crate::scoring_model::rules::ScoringModel;
use crate::timeline::rules::timeline;

fn windows() -> Vec<Window> {
    let second = ScoringModel { version: 2, effective_from: day("2026-07-01"), ..built_in() };
    let book = Book::new(built_in(), vec![Edition { model: Arc::new(second), published_at: Instant::start_of(day("2026-06-01")) }]);
    book.windows(Instant::start_of(day("2030-01-01")))
}

fn series(facts: &[Fact]) -> Vec<Change> {
    let (windows, view) = (windows(), established("2010-01-01"));
    let line = timeline(&windows, &uscc(), view, facts);
    changes(&windows, &line, view, facts, (Day::MIN, Day::MAX), 500)
}

fn on<'a>(all: &'a [Change], date: &str) -> &'a Change {
    all.iter().find(|change| change.on == day(date)).unwrap_or_else(|| panic!("nothing on {date}: {all:#?}"))
}

#[test]
fn each_change_has_its_cause() {
    let id = |number: u32| fact(number, penalty(), "2020-01-01").id;
    let until = |fact: Fact, to: &str| Fact { valid_to: Some(day(to)), ..fact };
    let general = Fact { degree: Some(Degree::General), ..fact(1, penalty(), "2025-01-20") };
    let settled = Complaint { subject: None, resolved_on: Some(day("2025-03-10")), on_time: Some(true) };
    let repaired = Mark { kind: MarkKind::Repaired, from: day("2025-04-22"), to: None, ground: "示例".to_owned() };
    for (facts, date, expected, points) in [
        (vec![], "2011-01-02", Cause::MonthsFull, None),
        (vec![], "2026-07-01", Cause::ModelChanges { from: 1, to: 2 }, None),
        (vec![general.clone()], "2025-01-20", Cause::FactBegins { fact_id: id(1) }, Some(("penalties", 200, 140))),
        (vec![general.clone()], "2025-03-01", Cause::WeightDecays { fact_id: id(1) }, Some(("penalties", 140, 142))),
        (vec![until(general.clone(), "2025-04-10")], "2025-04-11", Cause::FactExpires { fact_id: id(1) }, None),
        (vec![Fact { marks: vec![repaired], ..general.clone() }], "2025-04-22", Cause::FactHidden { fact_id: id(1) }, None),
        (
            vec![fact(1, Detail::Complaint(settled), "2025-02-01")],
            "2025-03-10",
            Cause::ComplaintSettled { fact_id: id(1) },
            Some(("complaints_on_time", 65, 90)),
        ),
        (
            (1..4).map(|number| fact(number, spot_check(CheckResult::Pass), "2023-05-10")).collect(),
            "2025-05-11",
            Cause::WindowEnds { fact_id: id(2) },
            Some(("spot_check_pass_rate", 110, 70)),
        ),
        (
            vec![until(fact(1, Detail::Licence(permit()), "2020-01-01"), "2025-01-31")],
            "2025-02-01",
            Cause::VetoBegins { code: "licence_missing".to_owned() },
            Some(("licences", 30, 0)),
        ),
    ] {
        let all = series(&facts);
        let change = on(&all, date);
        assert!(change.causes.contains(&expected), "{date}: {expected:?} is missing in {:?}", change.causes);
        if let Some((code, from, to)) = points {
            let delta = Delta { code: code.to_owned(), from: Some(from), to: Some(to) };
            assert!(change.indicators.contains(&delta), "{date}: {:?}", change.indicators);
        }
    }
}

#[test]
fn a_page_holds_what_was_asked_for() {
    let general = Fact { degree: Some(Degree::General), ..fact(1, penalty(), "2025-01-20") };
    let (windows, view, facts) = (windows(), established("2010-01-01"), [general]);
    let line = timeline(&windows, &uscc(), view, &facts);
    let page = changes(&windows, &line, view, &facts, (day("2025-01-20"), day("2025-04-01")), 2);
    assert_eq!(page.iter().map(|change| change.on).collect::<Vec<_>>(), [day("2025-01-20"), day("2025-03-01")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_deltas_make_the_difference_and_every_change_has_a_cause(facts in any_facts(8)) {
        for change in series(&facts) {
            prop_assert!(!change.causes.is_empty(), "{:?}", change);
            if let (Some(from), Some(to)) = (change.from.score, change.to.score) {
                let sum: i32 = change.indicators.iter().map(|d| i32::from(d.to.unwrap_or(0)) - i32::from(d.from.unwrap_or(0))).sum();
                prop_assert_eq!(sum, i32::from(to) - i32::from(from), "{:?}", change);
            }
        }
    }
}
