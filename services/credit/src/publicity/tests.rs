//! Windows and hidden days, rule by rule.

use contracts::credit::{
    CheckResult, Degree, Detail, Fact, Mark, MarkKind, Penalty, PenaltyField, PenaltyType, Portal, Rectification, Rectified,
};
use proptest::prelude::*;

use super::rules::{Regimes, Standing, hidden, is_hidden, is_public, standing};
use crate::evaluation::tests::{day, fact, spot_check};

fn penalty(types: &[PenaltyType], field: Option<PenaltyField>, degree: Option<Degree>, decided: &str) -> Fact {
    let detail = Detail::Penalty(Penalty { types: types.to_vec(), fine: None, law: None, ban_until: None, field });
    Fact { degree, ..fact(1, detail, decided) }
}

fn with_windows(fact: Fact) -> Fact {
    Fact { publicity: Regimes::built_in().unwrap().windows(&fact), ..fact }
}

fn mark(kind: MarkKind, from: &str, to: Option<&str>) -> Mark {
    Mark { kind, from: day(from), to: to.map(day), ground: "obj_1".to_owned() }
}

fn rectified(number: u32, result: Rectified, on: &str) -> Fact {
    let of_fact = Some(penalty(&[], None, None, on).id);
    fact(number, Detail::Rectification(Rectification { of_fact, result }), on)
}

/// NDRC Order 58 until 31 March 2026, Order 36 from 1 April 2026, by the day of the decision (domain 3.5, 11 point 6; updates A1, A6, A7).
#[test]
fn windows_at_credit_china() {
    use PenaltyType::{CirculatedCriticism, Fine, StopProduction, Warning};
    let (general, serious, minor) = (Some(Degree::General), Some(Degree::Serious), Some(Degree::Minor));
    for (types, field, degree, decided, rule, least, until) in [
        (vec![Fine], None, general, "2026-03-31", "other", Some("2026-06-30"), Some("2029-03-31")),
        (vec![Fine], None, general, "2026-04-01", "general", Some("2026-07-01"), Some("2027-04-01")),
        (vec![Fine], None, None, "2026-04-01", "general", Some("2026-07-01"), Some("2027-04-01")),
        (vec![Fine], None, serious, "2026-04-01", "serious", Some("2027-04-01"), Some("2029-04-01")),
        (vec![Fine], None, minor, "2026-04-01", "minor", None, None),
        (vec![Fine], Some(PenaltyField::Food), general, "2024-02-29", "safety_field", Some("2025-02-28"), Some("2027-02-28")),
        (vec![Warning, CirculatedCriticism], None, general, "2025-01-01", "warning_or_criticism_alone", None, None),
        (vec![Warning, StopProduction], None, general, "2025-01-01", "other", Some("2025-04-01"), Some("2028-01-01")),
    ] {
        let found = Regimes::built_in().unwrap().windows(&penalty(&types, field, degree, decided)).remove(0);
        let expected = (Portal::CreditChina, rule, least.map(day), until.map(day), until.is_some());
        assert_eq!((found.portal, found.rule.as_str(), found.least_until, found.until, found.published), expected, "{types:?} {decided}");
    }
}

/// SAMR: [2021] No. 3 and Order 45 until 24 December 2025, Order 107 from the day after; counted from publication (updates A1 to A4, A6).
#[test]
fn windows_at_samr() {
    let fine = [PenaltyType::Fine];
    for (degree, field, decided, published, rule, least, until) in [
        (Some(Degree::Minor), None, "2025-12-24", Some("2026-01-05"), "lower_fine", Some("2026-01-05"), Some("2026-04-05")),
        (None, None, "2025-12-24", Some("2026-01-05"), "other", Some("2026-07-05"), Some("2029-01-05")),
        (
            None,
            Some(PenaltyField::Drugs),
            "2025-12-24",
            Some("2026-01-05"),
            "food_drugs_special_equipment",
            Some("2027-01-05"),
            Some("2029-01-05"),
        ),
        (None, None, "2025-12-25", Some("2026-01-05"), "general", Some("2026-04-05"), Some("2027-01-05")),
        (Some(Degree::Serious), None, "2025-12-25", Some("2026-01-05"), "serious", Some("2027-01-05"), Some("2029-01-05")),
        (Some(Degree::Minor), None, "2025-12-25", Some("2026-01-05"), "minor", Some("2026-01-05"), Some("2026-04-05")),
        (None, None, "2025-12-25", None, "general", None, None),
    ] {
        let fact = Fact { published_on: published.map(day), ..penalty(&fine, field, degree, decided) };
        let found = Regimes::built_in().unwrap().windows(&fact).remove(1);
        assert_eq!(
            (found.portal, found.rule.as_str(), found.least_until, found.until),
            (Portal::Samr, rule, least.map(day), until.map(day)),
            "{decided} {rule}"
        );
        assert!(found.published);
    }
    let before = Regimes::built_in().unwrap().windows(&penalty(&fine, None, None, "2021-08-31"));
    assert!(before.iter().all(|window| window.portal != Portal::Samr), "Order 45 holds from 1 September 2021");
}

#[test]
fn a_restriction_is_public_while_it_runs() {
    let Detail::Penalty(plain) = penalty(&[PenaltyType::PracticeBan], None, None, "2026-04-01").detail else { unreachable!() };
    let long = Detail::Penalty(Penalty { ban_until: Some(day("2031-04-01")), ..plain });
    let fact = with_windows(fact(1, long, "2026-04-01"));
    assert_eq!(fact.publicity.first().and_then(|window| window.until), Some(day("2031-04-01")), "Order 45 Art 13");
}

#[test]
fn only_penalties_have_windows() {
    let failed = with_windows(fact(1, spot_check(CheckResult::Fail), "2026-05-11"));
    assert!(failed.publicity.is_empty() && hidden(&failed, &[]).is_empty());
}

#[test]
fn expiry_hides_from_the_day_after_the_last() {
    let fact = with_windows(penalty(&[PenaltyType::Fine], None, None, "2026-04-01"));
    for (on, hides, is) in
        [("2026-04-01", false, Standing::Asserted), ("2027-04-01", false, Standing::Asserted), ("2027-04-02", true, Standing::Expired)]
    {
        assert_eq!(is_hidden(&fact, &[&fact], day(on)), hides, "{on}");
        assert_eq!(is_public(&fact, &[&fact], day(on)), !hides, "{on}");
        assert_eq!(standing(&fact, day(on)), is, "{on}");
    }
    assert!(!is_public(&fact, &[&fact], day("2026-03-31")), "not before it is decided");
}

/// Updates A7: Order 36, an uncorrected breach is not taken down at the maximum.
#[test]
fn what_is_not_corrected_stays_public() {
    let fact = with_windows(penalty(&[PenaltyType::Fine], None, None, "2026-04-01"));
    let (open, done) = (rectified(2, Rectified::NotDone, "2026-09-01"), rectified(3, Rectified::Done, "2027-08-01"));
    let early = rectified(4, Rectified::Done, "2026-10-01");
    let own = Fact { self_declared: true, ..rectified(5, Rectified::NotDone, "2026-12-01") };
    for (said, first) in [
        (vec![], Some("2027-04-02")),
        (vec![&open], None),
        (vec![&open, &done], Some("2027-08-01")),
        (vec![&open, &early], Some("2027-04-02")),
        (vec![&own], Some("2027-04-02")),
        (vec![&done], Some("2027-04-02")),
    ] {
        let mut all = vec![&fact];
        all.extend(said);
        assert_eq!(hidden(&fact, &all).first().map(|(first, _)| *first), first.map(day), "{}", all.len());
    }
}

/// Updates A8: the negative result of a check stops at the same moment as the penalty that followed.
#[test]
fn a_bad_result_follows_its_penalty() {
    let penalty = with_windows(penalty(&[PenaltyType::Fine], None, None, "2026-04-01"));
    let Detail::SpotCheck(plain) = spot_check(CheckResult::Fail) else { unreachable!() };
    let detail = Detail::SpotCheck(contracts::credit::SpotCheck { of_penalty: Some(penalty.id.clone()), ..plain });
    let failed = fact(7, detail, "2026-03-01");
    assert_eq!(hidden(&failed, &[&failed, &penalty]), vec![(day("2027-04-02"), None)]);
    let repaired = Fact { marks: vec![mark(MarkKind::Repaired, "2026-07-10", None)], ..penalty };
    assert_eq!(hidden(&failed, &[&failed, &repaired]), vec![(day("2026-07-10"), None)]);
    assert!(hidden(&failed, &[&failed]).is_empty(), "the penalty is not known");
}

#[test]
fn marks_hide_or_only_show() {
    let plain = penalty(&[PenaltyType::Fine], None, None, "2026-04-01");
    for (marks, on, hides, is) in [
        (vec![mark(MarkKind::UnderObjection, "2026-05-01", None)], "2026-05-01", false, Standing::UnderObjection),
        (vec![mark(MarkKind::Stayed, "2026-05-01", Some("2026-05-31"))], "2026-05-31", true, Standing::Stayed),
        (vec![mark(MarkKind::Stayed, "2026-05-01", Some("2026-05-31"))], "2026-06-01", false, Standing::Asserted),
        (vec![mark(MarkKind::Repaired, "2026-05-01", None)], "2026-04-30", false, Standing::Asserted),
        (vec![mark(MarkKind::Repaired, "2026-05-01", None)], "2030-05-01", true, Standing::Repaired),
        (vec![mark(MarkKind::Masked, "2026-05-01", None)], "2026-05-01", true, Standing::Repaired),
    ] {
        let fact = Fact { marks, ..plain.clone() };
        assert_eq!((is_hidden(&fact, &[&fact], day(on)), standing(&fact, day(on))), (hides, is), "{on} {:?}", fact.marks);
    }
}

proptest! {
    /// Hidden days come in order and apart, and agree with the marks day by day.
    #[test]
    fn hidden_days_are_the_union(spans in prop::collection::vec((0_u64..60, prop::option::of(0_u64..20)), 0..6)) {
        let start = day("2026-05-01");
        let at = |n: u64| start.checked_add_days(chrono::Days::new(n)).unwrap();
        let marks: Vec<Mark> = spans
            .iter()
            .map(|(from, length)| Mark { kind: MarkKind::Stayed, from: at(*from), to: length.map(|n| at(from + n)), ground: String::new() })
            .collect();
        let fact = Fact { marks: marks.clone(), ..penalty(&[PenaltyType::Fine], None, None, "2026-04-01") };
        let days = hidden(&fact, &[&fact]);
        for pair in days.windows(2) {
            prop_assert!(pair[0].1.is_some_and(|end| end.succ_opt().unwrap() < pair[1].0));
        }
        for n in 0..90 {
            prop_assert_eq!(is_hidden(&fact, &[&fact], at(n)), marks.iter().any(|mark| mark.stands_on(at(n))));
        }
    }
}
