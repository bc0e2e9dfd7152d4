//! What a report counts, and that its parts always add up.

use contracts::credit::Grade;
use proptest::prelude::*;

use super::rules::*;
use crate::evaluation::tests::{any_facts, built_in, day, established, fact, penalty, uscc};
use crate::scoring_model::rules::ScoringModel;

/// The built-in model with other limits of the grades.
fn stricter() -> ScoringModel {
    let mut model = ScoringModel { version: 2, ..built_in() };
    for level in model.levels.iter_mut().filter(|level| level.grade == Grade::A) {
        level.at_least = 770;
    }
    model
}

#[test]
fn flips_are_counted_by_grade_division_and_industry() {
    let (live, draft, code) = (built_in(), stricter(), uscc());
    let mut report = Report::default();
    let on = day("2026-06-01");
    let facts = [fact(1, penalty(), "2026-05-11")];
    for (place, facts, established_on) in [
        (("440305", Some("C3854")), &[][..], "2010-01-01"),
        (("440306", None), &[][..], "2010-01-01"),
        (("410100", Some("C1811")), &facts[..], "2010-01-01"),
        (("410100", Some("F5211")), &[][..], "2026-01-01"),
    ] {
        let place = Place { uscc: &code, division: place.0, industry: place.1 };
        report.compare((&live, &draft), place, established(established_on), facts, on);
    }
    let matrix: Vec<_> = report.matrix.iter().map(|flip| (flip.from.as_str(), flip.to.as_str(), flip.count)).collect();
    assert_eq!(matrix, [("A", "B", 3), ("unrated", "unrated", 1)], "707 and 767 are A by the model in force and B by the draft");
    assert_eq!((report.compared, report.flipped), (4, 3));
    assert_eq!(report.by_division["4403"], Tally { compared: 2, flipped: 2 });
    assert_eq!(report.by_division["4101"], Tally { compared: 2, flipped: 1 });
    assert_eq!(report.by_industry["C"], Tally { compared: 2, flipped: 2 });
    assert_eq!((report.by_industry["-"].compared, report.by_industry["F"].flipped), (1, 0));
    assert_eq!((report.points.scored, report.points.sum_of_changes, report.points.largest_fall), (3, 0, 0), "no points move, only limits");
    assert_eq!(report.examples.len(), 3);
}

#[test]
fn the_mean_and_the_largest_changes_are_those_of_the_scores() {
    let (live, mut draft, code) = (built_in(), built_in(), uscc());
    for indicator in draft.families.iter_mut().flat_map(|family| &mut family.indicators) {
        if let crate::scoring_model::rules::Calc::Deduct { rules, .. } = &mut indicator.calc {
            rules.iter_mut().for_each(|rule| rule.points.unstated = rule.points.serious);
        }
    }
    let mut report = Report::default();
    let penalised = [fact(1, penalty(), "2026-05-11")];
    for facts in [&[][..], &penalised[..]] {
        let place = Place { uscc: &code, division: "440305", industry: None };
        report.compare((&live, &draft), place, established("2010-01-01"), facts, day("2026-06-01"));
    }
    assert_eq!((report.points.sum_of_changes, report.points.mean_change_hundredths), (-90, -4500), "150 instead of 60 for one of two");
    assert_eq!((report.points.largest_rise, report.points.largest_fall), (0, 90));
    assert_eq!((report.examples[0].score_from, report.examples[0].score_to), (Some(707), Some(617)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_parts_add_up(all in prop::collection::vec(any_facts(6), 0..30)) {
        let (live, draft, code, mut report) = (built_in(), stricter(), uscc(), Report::default());
        for (number, facts) in all.iter().enumerate() {
            let division = format!("44{:02}05", number % 7);
            let place = Place { uscc: &code, division: &division, industry: Some("C3854") };
            report.compare((&live, &draft), place, established("2010-01-01"), facts, day("2026-06-01"));
        }
        prop_assert_eq!(report.compared, u64::try_from(all.len()).unwrap());
        prop_assert_eq!(report.matrix.iter().map(|flip| flip.count).sum::<u64>(), report.compared);
        let flips = report.matrix.iter().filter(|flip| flip.from != flip.to).map(|flip| flip.count).sum::<u64>();
        prop_assert_eq!(flips, report.flipped);
        for tallies in [&report.by_division, &report.by_industry] {
            prop_assert_eq!(tallies.values().map(|tally| tally.compared).sum::<u64>(), report.compared);
            prop_assert_eq!(tallies.values().map(|tally| tally.flipped).sum::<u64>(), report.flipped);
        }
        prop_assert!(report.examples.len() <= 20);
    }
}
