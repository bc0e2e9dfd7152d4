//! Conditions regime by regime.

use contracts::credit::{Degree, Detail, Fact, Listing, Penalty, PenaltyType, ProcurementBan, Rectification, Rectified};
use model::instant::Day;

use super::rules::{Basis, ConditionCode, Met, Question, conditions, earliest, policy};
use crate::{
    evaluation::tests::{day, fact},
    publicity::rules::Regimes,
};

fn fined(number: u32, types: &[PenaltyType], degree: Degree, on: &str) -> Fact {
    let detail = Detail::Penalty(Penalty { types: types.to_vec(), fine: None, law: None, ban_until: None, field: None });
    let made = Fact { degree: Some(degree), published_on: Some(day(on)), ..fact(number, detail, on) };
    Fact { publicity: Regimes::built_in().unwrap().windows(&made), ..made }
}

fn done(number: u32, of: &Fact, result: Rectified, on: &str) -> Fact {
    fact(number, Detail::Rectification(Rectification { of_fact: Some(of.id.clone()), result }), on)
}

fn listed(number: u32, on: &str) -> Fact {
    Fact { valid_to: Some(day("2028-01-10")), ..fact(number, Detail::SeriousViolationListing(Listing::default()), on) }
}

/// The conditions that are not met on a day, and the first day on which all are.
fn failing(fact: &Fact, others: &[&Fact], on: &str, verified: &[ConditionCode]) -> (Vec<ConditionCode>, Option<Day>) {
    let mut all = vec![fact];
    all.extend(others);
    let day = day(on);
    let question = Question { fact, all: &all, day, committed: Some(true), verified, basis: Basis::Ordinary };
    let judged = conditions(&policy().unwrap().at(day).unwrap().value, &question).unwrap();
    let failing = judged.iter().filter(|(_, met)| *met != Met::Yes).map(|(code, _)| *code).collect();
    (failing, earliest(&judged, day))
}

#[test]
fn from_25_december_2025() {
    use ConditionCode::{MinimumPublicity, NoBanRunning, Performed, PublicityRuns};
    let penalty = fined(1, &[PenaltyType::Fine], Degree::General, "2026-04-10");
    let serious = fined(1, &[PenaltyType::LicenceRevoked], Degree::Serious, "2026-04-10");
    let (yes, no) = (done(2, &penalty, Rectified::Done, "2026-05-01"), done(3, &penalty, Rectified::NotDone, "2026-06-01"));
    let own = Fact { self_declared: true, ..yes.clone() };
    let ban = Fact { valid_to: Some(day("2026-12-31")), ..fact(4, Detail::ProcurementBan(ProcurementBan::default()), "2026-01-01") };
    let open = Fact { valid_to: None, ..ban.clone() };
    for (fact, others, on, verified, expected, from, citation) in [
        (&penalty, vec![&yes], "2026-07-10", vec![], vec![MinimumPublicity], Some("2026-07-11"), "general: 3 months (A2)"),
        (&penalty, vec![&yes], "2026-07-11", vec![], vec![], Some("2026-07-11"), "the day after the minimum"),
        (
            &serious,
            vec![&yes],
            "2026-07-11",
            vec![],
            vec![MinimumPublicity],
            Some("2027-04-11"),
            "serious: 1 year, revocation included (A4)",
        ),
        (&penalty, vec![], "2026-07-11", vec![], vec![Performed], Some("2026-07-11"), "every duty performed, to be verified (A7)"),
        (&penalty, vec![], "2026-07-11", vec![Performed], vec![], Some("2026-07-11"), "an authority has seen it"),
        (&penalty, vec![&own], "2026-07-11", vec![], vec![Performed], Some("2026-07-11"), "its own word has no weight"),
        (&penalty, vec![&yes, &no], "2026-07-11", vec![], vec![Performed], None, "an authority says that it is not done"),
        (&penalty, vec![&yes, &ban], "2026-07-11", vec![], vec![NoBanRunning], Some("2027-01-01"), "blocked while a ban runs"),
        (&penalty, vec![&yes, &open], "2026-07-11", vec![], vec![NoBanRunning], None, "a ban without an end"),
        (&penalty, vec![&yes], "2027-04-11", vec![], vec![PublicityRuns], None, "nothing is public any more"),
        (&penalty, vec![&yes], "2026-07-11", vec![MinimumPublicity], vec![], Some("2026-07-11"), "only what no record shows is verified"),
    ] {
        assert_eq!(failing(fact, &others, on, &verified), (expected, from.map(day)), "{citation}");
    }
    assert_eq!(failing(&penalty, &[&yes], "2026-07-10", &[MinimumPublicity]).0, [MinimumPublicity], "a date is no matter of verification");
}

/// [2021] No. 3 and Order 45 Art 14, for applications until 24 December 2025 (B1).
#[test]
fn until_24_december_2025() {
    use ConditionCode::{KindNotExcluded, MinimumPublicity, NoRepeat, OnNoList};
    let penalty = fined(1, &[PenaltyType::Fine], Degree::General, "2025-01-10");
    let stopped = fined(1, &[PenaltyType::Fine, PenaltyType::StopProduction], Degree::General, "2025-01-10");
    let yes = done(2, &penalty, Rectified::Done, "2025-02-01");
    let again = fined(3, &[PenaltyType::Fine], Degree::Minor, "2025-05-01");
    let other = fined(3, &[PenaltyType::Confiscation], Degree::Minor, "2025-05-01");
    let on_list = listed(4, "2025-01-10");
    for (fact, others, on, expected, from) in [
        (&penalty, vec![&yes], "2025-04-10", vec![MinimumPublicity], Some("2025-04-11")),
        (&penalty, vec![&yes], "2025-12-24", vec![], Some("2025-12-24")),
        (&stopped, vec![&yes], "2025-12-24", vec![KindNotExcluded], None),
        (&penalty, vec![&yes, &again], "2025-12-24", vec![NoRepeat], None),
        (&penalty, vec![&yes, &other], "2025-12-24", vec![], Some("2025-12-24")),
        (&penalty, vec![&yes, &on_list], "2025-12-24", vec![OnNoList], Some("2028-01-11")),
        (&stopped, vec![&yes], "2025-12-25", vec![], Some("2025-12-25")),
    ] {
        assert_eq!(failing(fact, &others, on, &[]), (expected, from.map(day)), "{on} {}", others.len());
    }
}

/// SAMR Order 44: one year on the list, duties performed, no heavier penalty since (B3).
#[test]
fn off_the_serious_list_after_a_year() {
    use ConditionCode::{MinimumPublicity, NoHeavierSince};
    let entry = listed(1, "2025-01-10");
    let yes = done(2, &entry, Rectified::Done, "2025-06-01");
    let heavier = fined(3, &[PenaltyType::Fine], Degree::Serious, "2025-08-01");
    let lighter = fined(3, &[PenaltyType::Fine], Degree::General, "2025-08-01");
    for (others, on, expected, from) in [
        (vec![&yes], "2026-01-10", vec![MinimumPublicity], Some("2026-01-11")),
        (vec![&yes], "2026-01-11", vec![], Some("2026-01-11")),
        (vec![&yes, &lighter], "2026-01-11", vec![], Some("2026-01-11")),
        (vec![&yes, &heavier], "2026-01-11", vec![NoHeavierSince], None),
    ] {
        assert_eq!(failing(&entry, &others, on, &[]), (expected, from.map(day)), "{on} {}", others.len());
    }
}

/// Updates A9: on the court's ruling the information is masked, whatever its age.
#[test]
fn a_reorganisation_waits_for_no_minimum() {
    let penalty = fined(1, &[PenaltyType::Fine], Degree::Serious, "2026-04-10");
    let ask = |verified: &[ConditionCode]| {
        let question = Question {
            fact: &penalty,
            all: &[&penalty],
            day: day("2026-04-20"),
            committed: Some(true),
            verified,
            basis: Basis::Reorganisation,
        };
        conditions(&policy().unwrap().at(day("2026-04-20")).unwrap().value, &question).unwrap()
    };
    assert_eq!(ask(&[]), [(ConditionCode::PublicityRuns, Met::Yes), (ConditionCode::CourtRuling, Met::ToVerify)]);
    assert!(ask(&[ConditionCode::CourtRuling]).iter().all(|(_, met)| *met == Met::Yes));
}

#[test]
fn not_every_kind_is_repaired() {
    let award = fact(1, Detail::Award(contracts::credit::Titled { title: "示例".into() }), "2026-04-10");
    let question =
        Question { fact: &award, all: &[&award], day: day("2026-08-10"), committed: Some(true), verified: &[], basis: Basis::Ordinary };
    assert!(conditions(&policy().unwrap().at(day("2026-08-10")).unwrap().value, &question).is_none());
}
