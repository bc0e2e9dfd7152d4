//! The published table, and which measures follow on which days: tables of cases with citations.

use contracts::credit::{
    BanScope, Detail, Fact, FactSource, Grade, Listing, Mark, MarkKind, MeasureSide, ModelRef, ProcurementBan, ScoreSegment, ScoreTimeline,
};
use model::{
    instant::{Day, Instant, parse_day},
    ratio::Ratio,
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::*;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn uscc() -> Uscc {
    Uscc::parse("914404001000000590").unwrap()
}

fn fact(id: &str, detail: Detail, from: &str, to: Option<&str>) -> Fact {
    Fact {
        id: id.into(),
        enterprise: uscc(),
        detail,
        source: FactSource { authority: "示例市市场监督管理局".into(), document_no: None },
        asserted_by: uscc(),
        decided_on: None,
        published_on: None,
        valid_from: day(from),
        valid_to: to.map(day),
        degree: None,
        self_declared: false,
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
        recorded_at: Instant::from_micros(0),
    }
}

fn serious(from: &str, to: Option<&str>) -> Fact {
    fact("serious", Detail::SeriousViolationListing(Listing::default()), from, to)
}

fn ban(scope: &[BanScope], from: &str, to: Option<&str>) -> Fact {
    fact("ban", Detail::ProcurementBan(ProcurementBan { scope: scope.to_vec(), basis: None }), from, to)
}

fn line(segments: &[(&str, Option<&str>, Grade)]) -> ScoreTimeline {
    let segments = segments.iter().map(|(from, to, grade)| ScoreSegment {
        from: day(from),
        to: to.map(day),
        score: None,
        grade: *grade,
        vetoes: Vec::new(),
        model: None,
    });
    ScoreTimeline { uscc: uscc(), model: ModelRef { id: "示例".into(), version: 1 }, segments: segments.collect() }
}

fn always(grade: Grade) -> ScoreTimeline {
    line(&[("2020-01-01", None, grade)])
}

fn on(facts: &[Fact], line: &ScoreTimeline, on: &str) -> String {
    let table = table().unwrap();
    let found = intervals(&table, facts, line);
    let held = found.iter().filter(|interval| holds(interval, day(on)));
    held.map(|interval| interval.code.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_follows_on_a_day() {
    let on_serious = "D.FUNDS_RESTRICTED D.HONOURS_REFUSED D.INSPECTION_MORE_SERIOUS D.NO_COMMITMENT_PROCEDURE D.PROCUREMENT_RESTRICTED \
                      D.TENDERS_RESTRICTED D.TRADING_RESTRICTED";
    let listed = serious("2024-03-11", Some("2027-03-11"));
    let stayed = Fact {
        marks: vec![Mark { kind: MarkKind::Stayed, from: day("2025-01-01"), to: Some(day("2025-06-30")), ground: "示例".into() }],
        ..listed.clone()
    };
    let objected = Fact {
        marks: vec![Mark { kind: MarkKind::UnderObjection, from: day("2025-01-01"), to: None, ground: "示例".into() }],
        ..listed.clone()
    };
    let trusted = fact("trusted", Detail::TrustworthyListing(Listing::default()), "2024-03-11", None);
    let on_trusted = "I.FAST_CHANNEL I.FUNDS_PRIORITY I.INSPECTION_FEWER_LISTED I.PUBLIC_EXAMPLE I.TENDER_CREDIT_BONUS";
    for (facts, grade, day, expected, citation) in [
        (vec![], Grade::A, "2025-03-01", "", "no ground, no measure"),
        (vec![listed.clone()], Grade::A, "2024-03-10", "", "not before it is published"),
        (vec![listed.clone()], Grade::A, "2024-03-11", on_serious, "special-zone regulation Art 10; Order 44"),
        (vec![listed.clone()], Grade::A, "2027-03-11", on_serious, "both ends count"),
        (vec![listed.clone()], Grade::A, "2027-03-12", "", "they end by themselves when the ground goes"),
        (vec![stayed.clone()], Grade::A, "2024-12-31", on_serious, "before the stay"),
        (vec![stayed.clone()], Grade::A, "2025-03-01", "", "a stayed ground carries nothing"),
        (vec![stayed], Grade::A, "2025-07-01", on_serious, "and again after it"),
        (vec![objected], Grade::A, "2025-03-01", on_serious, "an objection is shown and stays nothing"),
        (vec![Fact { self_declared: true, ..trusted.clone() }], Grade::A, "2025-03-01", "", "its own word is no ground"),
        (vec![trusted], Grade::A, "2025-03-01", on_trusted, "domain.md 3.7"),
        (vec![], Grade::Aaa, "2025-03-01", "I.INSPECTION_FEWER_GRADE I.PROCUREMENT_PRIORITY", "Arts 5, 10"),
        (vec![], Grade::Aa, "2025-03-01", "I.PROCUREMENT_PRIORITY", "Art 5"),
        (vec![], Grade::D, "2025-03-01", "D.INSPECTION_MORE_GRADE", "Art 10, a bad credit record"),
        (vec![], Grade::Unrated, "2025-03-01", "", "unrated is neither good nor bad"),
        (vec![ban(&[], "2024-01-01", None)], Grade::A, "2025-03-01", "D.PROCUREMENT_BANNED", "Procurement Law Art 77"),
        (
            vec![ban(&[BanScope::FiscalFunds, BanScope::PublicResourceTrading], "2024-01-01", None)],
            Grade::A,
            "2025-03-01",
            "D.FUNDS_BANNED D.TRADING_BANNED",
            "Art 10: what it names, and nothing else",
        ),
        (vec![listed], Grade::A, "2021-08-31", "", "not before the table was published"),
    ] {
        assert_eq!(on(&facts, &always(grade), day), expected, "{grade:?} on {day}: {citation}");
    }
}

#[test]
fn a_grade_is_one_stay_while_it_is_good_enough() {
    let line = line(&[
        ("2024-01-01", Some("2024-06-30"), Grade::A),
        ("2024-07-01", Some("2024-12-31"), Grade::Aa),
        ("2025-01-01", Some("2025-06-30"), Grade::Aaa),
        ("2025-07-01", None, Grade::B),
    ]);
    let found = intervals(&table().unwrap(), &[], &line);
    let priority = found.iter().find(|interval| interval.code == "I.PROCUREMENT_PRIORITY").unwrap();
    assert_eq!((priority.from, priority.to), (day("2024-07-01"), Some(day("2025-06-30"))));
    assert_eq!(priority.grades, [Grade::Aa, Grade::Aaa]);
}

#[test]
fn discipline_goes_before_incentive() {
    let trusted = fact("trusted", Detail::TrustworthyListing(Listing::default()), "2024-03-11", None);
    let abnormal = fact("abnormal", Detail::AbnormalOperationListing(Listing::default()), "2024-03-11", None);
    for (facts, grade, expected, citation) in [
        (vec![], Grade::A, None, "nothing speaks for either"),
        (vec![trusted.clone()], Grade::Aaa, Some(Ratio::new(1, 2)), "the lowest incentive"),
        (vec![], Grade::Aaa, Some(Ratio::new(3, 4)), "by grade alone"),
        (vec![trusted, abnormal.clone()], Grade::Aaa, Some(Ratio::new(3, 2)), "discipline goes first"),
        (vec![abnormal, serious("2024-03-11", None)], Grade::D, Some(Ratio::new(3, 1)), "the highest discipline"),
    ] {
        let found = intervals(&table().unwrap(), &facts, &always(grade));
        assert_eq!(frequency(&found, day("2025-03-01")), expected, "{citation}");
    }
}

#[test]
fn a_record_ends_with_its_ground() {
    let table = table().unwrap();
    let record = |code: &str, from: &str, to: Option<&str>| Record {
        id: "msr_示例".into(),
        code: code.into(),
        ground_fact: None,
        department: "示例市财政局".into(),
        document_no: "示例〔2025〕1号".into(),
        from: day(from),
        to: to.map(day),
    };
    let found = intervals(&table, &[serious("2024-03-11", Some("2025-06-30"))], &always(Grade::A));
    for (record, expected, citation) in [
        (record("D.FUNDS_RESTRICTED", "2024-04-01", None), Some(Some("2025-06-30")), "with its ground"),
        (record("D.FUNDS_RESTRICTED", "2024-04-01", Some("2024-12-31")), Some(Some("2024-12-31")), "earlier where it says so"),
        (record("D.FUNDS_RESTRICTED", "2024-04-01", Some("2029-12-31")), Some(Some("2025-06-30")), "never longer"),
        (record("D.FUNDS_RESTRICTED", "2024-03-10", None), None, "the ground was not there yet"),
        (record("D.PROCUREMENT_BANNED", "2024-04-01", None), None, "another ground is no ground"),
        (record("D.MADE_UP", "2024-04-01", None), None, "not in the table"),
    ] {
        let last = record.ground(&found).map(|ground| record.last(ground));
        assert_eq!(last, expected.map(|last| last.map(day)), "{citation}");
    }
    let foreign = Record { ground_fact: Some("other".into()), ..record("D.FUNDS_RESTRICTED", "2024-04-01", None) };
    assert_eq!(foreign.ground(&found), None, "the fact that it names must be its ground");
    let early = record("D.FUNDS_RESTRICTED", "2024-03-10", None);
    let named = Record { ground_fact: Some("serious".into()), ..early.clone() };
    let banned = record("D.PROCUREMENT_BANNED", "2024-04-01", None);
    for (record, pointer) in [(early, "/from"), (named, "/from"), (foreign, "/ground_fact"), (banned, "/code")] {
        assert_eq!(record.groundless_at(&found), pointer, "{record:?}");
    }
    assert!(published(&table, "D.MADE_UP", day("2025-03-01")).is_none(), "domain.md 3.7: not published, not used");
    assert!(published(&table, "D.FUNDS_RESTRICTED", day("2021-08-31")).is_none(), "not published yet");
}

proptest! {
    /// Whatever the facts: an interval never holds on a day on which its ground does not, and always where it does.
    #[test]
    fn a_measure_holds_exactly_while_its_ground_does(
        spans in prop::collection::vec((0_i64..2000, prop::option::of(0_i64..800), any::<bool>()), 0..6),
        looked_at in 0_i64..3000,
    ) {
        let start = day("2022-01-01");
        let at = |days: i64| start + chrono::TimeDelta::days(days);
        let facts: Vec<Fact> = spans.iter().enumerate().map(|(place, (from, length, is_ban))| {
            let (from, to) = (at(*from), length.map(|length| at(from + length)));
            let made = if *is_ban { ban(&[], "2022-01-01", None) } else { serious("2022-01-01", None) };
            Fact { id: format!("fct_{place}"), valid_from: from, valid_to: to, ..made }
        }).collect();
        let found = intervals(&table().unwrap(), &facts, &always(Grade::A));
        let looked_at = at(looked_at);
        for interval in found.iter().filter(|interval| holds(interval, looked_at)) {
            prop_assert_eq!(interval.side, MeasureSide::Discipline);
            prop_assert!(facts.iter().any(|fact| interval.fact_ids.contains(&fact.id) && fact.holds_on(looked_at)));
        }
        for (code, kind) in [("D.FUNDS_RESTRICTED", "serious_violation_listing"), ("D.PROCUREMENT_BANNED", "procurement_ban")] {
            let ground = facts.iter().any(|fact| fact.kind().as_str() == kind && fact.holds_on(looked_at));
            prop_assert_eq!(found.iter().any(|interval| interval.code == code && holds(interval, looked_at)), ground);
        }
    }
}
