//! A timeline says on every day what `score` says, without gaps, and stays small.

use std::sync::Arc;

use contracts::credit::{Degree, EnterpriseStatus, Fact, Grade};
use model::instant::{Day, Instant};
use proptest::prelude::*;

use super::rules::*;
use crate::evaluation::{
    rules::{EnterpriseView, Prepared},
    tests::{any_facts, built_in, day, established, fact, penalty, uscc},
};
use crate::model_book::rules::{Book, Edition, Window};
use crate::score::rules::score;
use crate::scoring_model::rules::{Calc, ScoringModel};

/// The built-in model on every day.
fn always() -> Vec<Window> {
    vec![Window { from: Day::MIN, model: Arc::new(built_in()) }]
}

/// A later version that gives nothing for missing insurance and deposit: 12 points less.
fn later(version: u32, from: &str) -> ScoringModel {
    let mut model = ScoringModel { version, effective_from: day(from), ..built_in() };
    for indicator in model.families.iter_mut().flat_map(|family| &mut family.indicators) {
        if let Calc::Presence { missing, .. } = &mut indicator.calc
            && ["insurance", "deposit"].contains(&indicator.code.as_str())
        {
            *missing = 0;
        }
    }
    model
}

fn edition(model: ScoringModel, at: &str) -> Edition {
    Edition { model: Arc::new(model), published_at: Instant::start_of(day(at)) }
}

#[test]
fn the_day_of_a_switch_is_a_turning_day_and_each_score_names_its_model() {
    let book = Book::new(built_in(), vec![edition(later(2, "2026-07-01"), "2026-06-01"), edition(later(3, "2027-01-01"), "2026-06-02")]);
    let shown = |known_at: &str, established_on: &str| {
        let line = timeline(&book.windows(Instant::start_of(day(known_at))), &uscc(), established(established_on), &[]);
        let segments = line.segments.iter().map(|s| (s.from.to_string(), s.score, line.model_of(s).version)).collect::<Vec<_>>();
        (line.model.version, segments)
    };
    let is = |from: &str, score, version| (from.to_owned(), score, version);
    let old = [is("2010-01-01", None, 1), is("2011-01-02", Some(767), 1)];
    assert_eq!(shown("2026-05-31", "2010-01-01"), (1, old.to_vec()), "what was not published yet was not known");
    let both = [old.to_vec(), vec![is("2026-07-01", Some(755), 2), is("2027-01-01", Some(755), 3)]].concat();
    assert_eq!(shown("2026-06-03", "2010-01-01"), (1, both), "equal scores of two models are two segments");
    // One founded after the switch never had the first model.
    assert_eq!(shown("2026-06-03", "2026-08-01").1, [is("2026-08-01", None, 2), is("2027-01-01", None, 3), is("2027-08-02", Some(755), 3)]);
    assert_eq!(shown("2026-06-03", "2026-08-01").0, 2);
}

#[test]
fn the_version_in_force_is_the_latest_that_has_begun() {
    let published =
        [("2026-12-01", "2026-11-01"), ("2026-12-15", "2026-11-02"), ("2026-12-15", "2026-11-20"), ("2026-12-05", "2026-11-21")];
    let mut editions: Vec<Edition> = (2..).zip(published).map(|(version, (from, at))| edition(later(version, from), at)).collect();
    editions.reverse();
    let book = Book::new(built_in(), editions);
    for (on, known_at, version, why) in [
        ("2026-11-30", "2027-01-01", 1, "before any switch"),
        ("1999-01-01", "2027-01-01", 1, "before the first model: there was no other"),
        ("2026-12-01", "2027-01-01", 2, "its first day"),
        ("2026-12-01", "2026-10-31", 1, "not published yet"),
        ("2026-12-04", "2027-01-01", 2, "its last day"),
        ("2026-12-05", "2027-01-01", 5, "published last, begins earlier"),
        ("2026-12-05", "2026-11-20", 2, "by what was known then"),
        ("2026-12-15", "2026-11-19", 3, "not replaced yet"),
        ("2026-12-15", "2026-11-20", 4, "of two that begin on one day the higher counts"),
        ("2199-01-01", "2027-01-01", 4, "the last one stays"),
    ] {
        assert_eq!(book.on(day(on), Instant::start_of(day(known_at))).version, version, "{on} as known {known_at}: {why}");
    }
}

#[test]
fn an_enterprise_without_facts_has_two_segments() {
    let line = timeline(&always(), &uscc(), established("2024-02-29"), &[]);
    let shown: Vec<_> = line.segments.iter().map(|s| (s.from, s.to, s.score, s.grade)).collect();
    assert_eq!(
        shown,
        [(day("2024-02-29"), Some(day("2025-02-28")), None, Grade::Unrated), (day("2025-03-01"), None, Some(767), Grade::A),]
    );
    assert_eq!((line.model.id.as_str(), line.model.version), ("quality-credit", 1));
    assert_eq!(at(&line, day("2024-02-28")), None);
    assert_eq!(at(&line, day("2024-02-29")).unwrap().score, None);
    assert_eq!(at(&line, day("2199-01-01")).unwrap().score, Some(767));
}

#[test]
fn a_penalty_fades_and_its_publicity_ends() {
    // Order 107: a general penalty stops by itself after one year of publicity (domain-updates A2).
    let facts = [Fact { degree: Some(Degree::General), valid_to: Some(day("2026-01-19")), ..fact(1, penalty(), "2025-01-20") }];
    let line = timeline(&always(), &uscc(), established("2010-01-01"), &facts);
    let on = |text: &str| at(&line, day(text)).unwrap().score.unwrap();
    assert_eq!((on("2025-01-19"), on("2025-01-20"), on("2026-01-19"), on("2026-01-20")), (767, 707, 723, 767));
    assert!(line.segments.len() < 20, "{}", line.segments.len());
}

#[test]
fn an_open_penalty_fades_to_nothing_and_the_timeline_ends() {
    let facts = [Fact { degree: Some(Degree::Serious), ..fact(1, penalty(), "2021-01-20") }];
    let line = timeline(&always(), &uscc(), established("2010-01-01"), &facts);
    let last = line.segments.last().unwrap();
    assert_eq!((last.from, last.to, last.score), (day("2026-01-21"), None, Some(767)));
    assert!(line.segments.len() <= 64);
}

fn views() -> impl Strategy<Value = EnterpriseView> {
    let status = prop_oneof![3 => Just(EnterpriseStatus::Active), 1 => Just(EnterpriseStatus::Revoked)];
    (0_u64..4000, status).prop_map(|(days, status)| EnterpriseView {
        established_on: day("2014-01-01").checked_add_days(chrono::Days::new(days)).unwrap(),
        status,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_timeline_is_the_score_of_every_day(facts in any_facts(12), view in views()) {
        let model = built_in();
        let line = timeline(&always(), &uscc(), view, &facts);
        let prepared = Prepared::new(&model, view, &facts);
        let first = line.segments.first().unwrap().from;
        prop_assert_eq!(first, prepared.start);
        // Every day to beyond the last look-back of a fact of 2026 would be 7,000; every third, in a walk that meets all days of a month.
        for step in 0..2500_u64 {
            let on = first.checked_add_days(chrono::Days::new(step * 3)).unwrap();
            let (segment, summary) = (at(&line, on).unwrap(), prepared.summary(on));
            prop_assert_eq!((segment.score, segment.grade, u32::try_from(segment.vetoes.len()).unwrap()), (summary.score, summary.grade, summary.vetoes.count_ones()), "{}", on);
        }
        // At the edges, where mistakes live, against the explained score.
        for segment in &line.segments {
            for on in [segment.from.pred_opt().unwrap(), segment.from, segment.to.unwrap_or(segment.from)] {
                if let Some(found) = at(&line, on) {
                    let answer = score(&model, view, &facts, on);
                    let codes: Vec<_> = answer.vetoes.iter().map(|veto| veto.code.clone()).collect();
                    prop_assert_eq!((found.score, found.grade, &found.vetoes), (answer.score, answer.grade, &codes), "{}", on);
                }
            }
        }
    }

    #[test]
    fn a_timeline_has_no_gap_and_no_equal_neighbours(facts in any_facts(20), view in views()) {
        let line = timeline(&always(), &uscc(), view, &facts);
        for (one, next) in line.segments.iter().zip(line.segments.iter().skip(1)) {
            prop_assert_eq!(one.to.and_then(|day| day.succ_opt()), Some(next.from));
            prop_assert!((one.score, one.grade, &one.vetoes) != (next.score, next.grade, &next.vetoes));
        }
        prop_assert_eq!(line.segments.last().unwrap().to, None);
        prop_assert!(line.segments.len() <= 400, "{}", line.segments.len());
        let turned: Vec<Fact> = facts.iter().rev().cloned().collect();
        prop_assert_eq!(timeline(&always(), &uscc(), view, &turned), line);
    }
}
