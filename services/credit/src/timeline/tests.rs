//! A timeline says on every day what `score` says, without gaps, and stays small.

use contracts::credit::{Degree, EnterpriseStatus, Fact, Grade};
use proptest::prelude::*;

use super::rules::*;
use crate::evaluation::{
    rules::{EnterpriseView, Prepared},
    tests::{any_facts, built_in, day, established, fact, penalty, uscc},
};
use crate::score::rules::score;

#[test]
fn an_enterprise_without_facts_has_two_segments() {
    let line = timeline(&built_in(), &uscc(), established("2024-02-29"), &[]);
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
    let line = timeline(&built_in(), &uscc(), established("2010-01-01"), &facts);
    let on = |text: &str| at(&line, day(text)).unwrap().score.unwrap();
    assert_eq!((on("2025-01-19"), on("2025-01-20"), on("2026-01-19"), on("2026-01-20")), (767, 707, 723, 767));
    assert!(line.segments.len() < 20, "{}", line.segments.len());
}

#[test]
fn an_open_penalty_fades_to_nothing_and_the_timeline_ends() {
    let facts = [Fact { degree: Some(Degree::Serious), ..fact(1, penalty(), "2021-01-20") }];
    let line = timeline(&built_in(), &uscc(), established("2010-01-01"), &facts);
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
        let line = timeline(&model, &uscc(), view, &facts);
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
        let line = timeline(&built_in(), &uscc(), view, &facts);
        for (one, next) in line.segments.iter().zip(line.segments.iter().skip(1)) {
            prop_assert_eq!(one.to.and_then(|day| day.succ_opt()), Some(next.from));
            prop_assert!((one.score, one.grade, &one.vetoes) != (next.score, next.grade, &next.vetoes));
        }
        prop_assert_eq!(line.segments.last().unwrap().to, None);
        prop_assert!(line.segments.len() <= 400, "{}", line.segments.len());
        let turned: Vec<Fact> = facts.iter().rev().cloned().collect();
        prop_assert_eq!(timeline(&built_in(), &uscc(), view, &turned), line);
    }
}
