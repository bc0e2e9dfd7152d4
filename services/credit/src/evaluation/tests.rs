//! What counts when, and how points are counted: tables of cases. The builders of invented facts for the other rooms' tests are here too.

use contracts::credit::{
    AnnualReport, CheckResult, Complaint, Cover, Degree, Detail, EnterpriseStatus, Fact, FactSource, Inspection, Listing, Penalty,
    PenaltyType, Permit, ProcurementBan, Recall, RecallMode, RecallState, SpotCheck, StandardConformity, Titled, Traceability,
};
use model::{
    instant::{Day, Instant, parse_day},
    money::{Currency, Money},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::*;
use crate::scoring_model::rules::{Calc, ScoringModel};

/// The enterprise of the worked example in api.md.
pub(crate) fn uscc() -> Uscc {
    Uscc::parse("914404001000000590").unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

pub(crate) fn built_in() -> ScoringModel {
    ScoringModel::built_in().unwrap()
}

pub(crate) fn established(on: &str) -> EnterpriseView {
    EnterpriseView { established_on: day(on), status: EnterpriseStatus::Active }
}

/// An open fact about an invented enterprise, decided and valid from one day on.
pub(crate) fn fact(number: u32, detail: Detail, on: &str) -> Fact {
    Fact {
        id: format!("fct_01ARYZ6S41{number:016}"),
        enterprise: uscc(),
        detail,
        source: FactSource { authority: "示例市市场监督管理局".to_owned(), document_no: None },
        asserted_by: uscc(),
        decided_on: Some(day(on)),
        published_on: None,
        valid_from: day(on),
        valid_to: None,
        degree: None,
        self_declared: false,
        recorded_at: Instant::start_of(day(on)),
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
    }
}

pub(crate) fn penalty() -> Detail {
    Detail::Penalty(Penalty { types: vec![PenaltyType::Fine], fine: None, law: None, ban_until: None, field: None })
}

pub(crate) fn spot_check(result: CheckResult) -> Detail {
    Detail::SpotCheck(SpotCheck { result, product: None, items: Vec::new(), batch: None, laboratory: None, of_penalty: None })
}

pub(crate) fn recall(mode: RecallMode, state: RecallState) -> Detail {
    Detail::Recall(Recall { mode, state, product: None })
}

pub(crate) fn permit() -> Permit {
    Permit { number: "示例001".to_owned(), name: "示例许可".to_owned(), issuer: None, products: Vec::new() }
}

/// Details of every kind that has weight, and of some that have none.
pub(crate) fn any_detail() -> impl Strategy<Value = Detail> {
    let cover = || Cover { amount: Money::new(100, Currency::CNY), reference: None };
    let good = prop_oneof![Just(CheckResult::Pass), Just(CheckResult::Fail)];
    let plain = vec![
        penalty(),
        Detail::SeriousViolationListing(Listing::default()),
        Detail::AbnormalOperationListing(Listing::default()),
        Detail::TrustworthyListing(Listing::default()),
        Detail::ProcurementBan(ProcurementBan::default()),
        Detail::Licence(permit()),
        Detail::Certificate(permit()),
        Detail::Award(Titled { title: "示例奖".to_owned() }),
        Detail::Commitment(Titled { title: "示例承诺".to_owned() }),
        Detail::InsuranceCover(cover()),
        Detail::Deposit(cover()),
        recall(RecallMode::Ordered, RecallState::Open),
        recall(RecallMode::Ordered, RecallState::Completed),
        recall(RecallMode::Voluntary, RecallState::Open),
        Detail::AnnualReport(AnnualReport { year: 2024, on_time: false }),
        Detail::AnnualReport(AnnualReport { year: 2024, on_time: true }),
    ];
    prop_oneof![
        3 => prop::sample::select(plain),
        2 => good.prop_map(spot_check),
        1 => any::<bool>().prop_map(|pass| {
            let result = if pass { CheckResult::Pass } else { CheckResult::Fail };
            Detail::Inspection(Inspection { result, product: None, items: Vec::new(), of_penalty: None })
        }),
        1 => any::<bool>().prop_map(|pass| {
            let result = if pass { CheckResult::Pass } else { CheckResult::Fail };
            Detail::StandardConformity(StandardConformity { standard: "GB 4706.1-2005".to_owned(), result })
        }),
        1 => (prop::option::of(0_u64..3000), prop::option::of(any::<bool>())).prop_map(|(after, on_time)| {
            let resolved_on = after.and_then(|days| day("2018-01-01").checked_add_days(chrono::Days::new(days)));
            Detail::Complaint(Complaint { subject: None, resolved_on, on_time })
        }),
        1 => (0_u8..=3).prop_map(|level| Detail::Traceability(Traceability { level })),
    ]
}

/// Detail, days to its beginning, days from there to its decision, its length, degree, whether self-declared.
type Drawn = (Detail, u64, Option<i64>, Option<u64>, Option<Degree>, bool);

/// Facts of the years 2018 to 2026 with every mixture of dates, degrees and marks.
pub(crate) fn any_facts(most: usize) -> impl Strategy<Value = Vec<Fact>> {
    let degrees = prop::option::of(prop_oneof![Just(Degree::Minor), Just(Degree::General), Just(Degree::Serious)]);
    let one =
        (any_detail(), 0_u64..3000, prop::option::of(-400_i64..400), prop::option::of(0_u64..1500), degrees, prop::bool::weighted(0.1));
    prop::collection::vec(one, 0..=most).prop_map(|facts| {
        let later = |from: Day, days: u64| from.checked_add_days(chrono::Days::new(days)).unwrap();
        let build = |(place, drawn): (usize, Drawn)| {
            let (detail, from, decided, length, degree, self_declared) = drawn;
            let valid_from = later(day("2018-01-01"), from);
            let decided_on = decided.and_then(|days| valid_from.checked_add_signed(chrono::TimeDelta::days(days)));
            let valid_to = length.map(|days| later(valid_from, days));
            let number = u32::try_from(place).unwrap();
            Fact { valid_from, decided_on, valid_to, degree, self_declared, ..fact(number, detail, "2018-01-01") }
        };
        facts.into_iter().enumerate().map(build).collect()
    })
}

/// The points of one indicator of the built-in model on a day.
fn points(code: &str, facts: &[Fact], on: &str) -> (u16, bool) {
    let model = built_in();
    let prepared = Prepared::new(&model, established("2000-01-01"), facts);
    let (indicator, entries) = model.indicators().zip(&prepared.indicators).find(|(indicator, _)| indicator.code == code).unwrap();
    let found = points_on(&model, &indicator.calc, indicator.max_points, entries, day(on));
    (found.points, found.missing)
}

#[test]
fn a_deduction_fades_with_whole_calendar_months() {
    let one = [Fact { degree: Some(Degree::General), ..fact(1, penalty(), "2021-01-15") }];
    for (on, expected, citation) in [
        ("2021-01-14", 200, "not decided yet"),
        ("2021-01-15", 140, "60 points for a general one"),
        ("2021-02-28", 140, "no calendar month has passed whole"),
        ("2021-03-01", 142, "February has passed: 60 * 0.972 = 58.32"),
        ("2021-03-31", 142, "weights change on the first of a month only"),
        ("2021-04-01", 143, "60 * 0.944 = 56.64, half up to 57"),
        ("2023-02-01", 170, "24 whole months, February 2021 to January 2023: half of 60"),
        ("2023-01-31", 169, "60 * 0.515 = 30.9"),
        ("2026-01-15", 189, "the last day of the look-back of 60 months: 59 whole months, 60 * 0.728 / 4 = 10.92"),
        ("2026-01-16", 200, "after the look-back nothing is left"),
    ] {
        assert_eq!(points("penalties", &one, on), (expected, false), "{on}: {citation}");
    }
}

#[test]
fn a_deduction_goes_by_degree_and_stops_at_the_cap() {
    let with = |degree| vec![Fact { degree, ..fact(1, penalty(), "2026-01-15") }];
    for (degree, expected) in [(Some(Degree::Minor), 180), (Some(Degree::General), 140), (Some(Degree::Serious), 50), (None, 140)] {
        assert_eq!(points("penalties", &with(degree), "2026-02-01").0, expected, "{degree:?}");
    }
    let many: Vec<Fact> = (1..=9).map(|n| Fact { degree: Some(Degree::Serious), ..fact(n, penalty(), "2026-01-15") }).collect();
    assert_eq!(points("penalties", &many, "2026-02-01").0, 0);
    // Three minor ones after one month: 3 * 20 * 0.972 = 58.32 in one rounding, where rounding each would give 57.
    let three: Vec<Fact> = (1..=3).map(|n| Fact { degree: Some(Degree::Minor), ..fact(n, penalty(), "2026-01-15") }).collect();
    assert_eq!(points("penalties", &three, "2026-03-01").0, 142);
}

#[test]
fn an_ordered_recall_is_worse_than_a_voluntary_one() {
    // Domain.md 3.3: recalls, ordered worse than voluntary.
    for (mode, expected) in [(RecallMode::Ordered, 20), (RecallMode::Voluntary, 60)] {
        assert_eq!(points("recalls", &[fact(1, recall(mode, RecallState::Open), "2026-01-15")], "2026-01-15"), (expected, false));
    }
}

#[test]
fn a_fact_counts_while_it_holds_and_never_after_its_publicity_ended() {
    // Domain.md 3.3: a record whose publicity ended, or that was repaired, contributes 0.
    let ended = [Fact { valid_to: Some(day("2026-03-31")), degree: Some(Degree::Serious), ..fact(1, penalty(), "2026-01-15") }];
    assert!(points("penalties", &ended, "2026-03-31").0 < 200);
    assert_eq!(points("penalties", &ended, "2026-04-01").0, 200);
    let published_later = [Fact { valid_from: day("2026-02-10"), ..fact(1, penalty(), "2026-01-15") }];
    assert_eq!(points("penalties", &published_later, "2026-02-09").0, 200);
    assert_eq!(points("penalties", &published_later, "2026-02-10").0, 140);
}

#[test]
fn a_pass_rate_needs_three_checks_and_falls_into_bins() {
    let checks = |passed: u32, failed: u32| -> Vec<Fact> {
        let result = |n| if n < passed { CheckResult::Pass } else { CheckResult::Fail };
        (0..passed + failed).map(|n| fact(n, spot_check(result(n)), "2026-01-15")).collect()
    };
    for (passed, failed, expected, missing) in [
        (0, 0, 70, true),
        (2, 0, 70, true),
        (0, 1, 70, true),
        (3, 0, 110, false),
        (0, 3, 0, false),
        (2, 2, 0, false),
        (3, 2, 30, false),
        (4, 1, 60, false),
        (9, 1, 85, false),
        (19, 1, 100, false),
        (199, 1, 100, false),
    ] {
        assert_eq!(
            points("spot_check_pass_rate", &checks(passed, failed), "2026-02-01"),
            (expected, missing),
            "{passed} passed, {failed} failed"
        );
    }
    // The window of 24 months ends on the same-numbered day (Civil Code 202).
    let three = checks(3, 0);
    assert_eq!(points("spot_check_pass_rate", &three, "2028-01-15"), (110, false));
    assert_eq!(points("spot_check_pass_rate", &three, "2028-01-16"), (70, true));
}

#[test]
fn presence_tells_held_from_ended_from_never() {
    let licence = |to: Option<&str>| vec![Fact { valid_to: to.map(day), ..fact(1, Detail::Licence(permit()), "2024-01-01") }];
    for (facts, on, expected) in [
        (Vec::new(), "2026-01-01", (20, true)),
        (licence(None), "2023-12-31", (20, true)),
        (licence(None), "2026-01-01", (30, false)),
        (licence(Some("2025-12-31")), "2025-12-31", (30, false)),
        (licence(Some("2025-12-31")), "2026-01-01", (0, false)),
    ] {
        assert_eq!(points("licences", &facts, on), expected, "{on}");
    }
}

#[test]
fn the_best_traceability_level_counts() {
    let level = |n, level| fact(n, Detail::Traceability(Traceability { level }), "2026-01-01");
    assert_eq!(points("traceability", &[], "2026-01-01"), (10, true));
    assert_eq!(points("traceability", &[level(1, 0)], "2026-01-01"), (0, false));
    assert_eq!(points("traceability", &[level(1, 1), level(2, 3)], "2026-01-01"), (40, false));
}

#[test]
fn complaints_are_open_until_settled_and_on_time_or_not_after() {
    let settled = |resolved_on: Option<&str>, on_time| {
        [fact(1, Detail::Complaint(Complaint { subject: None, resolved_on: resolved_on.map(day), on_time }), "2026-01-10")]
    };
    let late = settled(Some("2026-02-10"), Some(false));
    assert_eq!(points("complaints_unsettled", &late, "2026-02-09"), (50, false));
    assert_eq!(points("complaints_on_time", &late, "2026-02-09"), (65, true));
    assert_eq!(points("complaints_unsettled", &late, "2026-02-10"), (60, false));
    assert_eq!(points("complaints_on_time", &late, "2026-02-10"), (0, false));
    assert_eq!(points("complaints_unsettled", &settled(None, None), "2026-02-09"), (50, false));
    assert_eq!(points("complaints_unsettled", &settled(None, Some(true)), "2026-02-09"), (60, false));
}

#[test]
fn the_decay_tables_are_the_nearest_thousandths() {
    for decay in built_in().decays.values() {
        for (age, step) in decay.per_mille.iter().enumerate() {
            let exact = 1000.0 * 0.5_f64.powf(f64::from(u32::try_from(age).unwrap()) / f64::from(decay.half_life_months));
            assert!((exact - f64::from(*step)).abs() <= 0.5, "{age}: {exact} against {step}");
        }
    }
}

#[test]
fn every_kind_with_weight_can_be_told_from_the_model() {
    let kinds: Vec<_> =
        built_in().indicators().filter(|indicator| matches!(indicator.calc, Calc::Deduct { .. })).map(|i| i.code.clone()).collect();
    assert_eq!(kinds, ["penalties", "adverse_lists", "spot_check_failures", "recalls", "complaints_unsettled"]);
}

proptest! {
    /// One more adverse fact never gives points.
    #[test]
    fn a_penalty_never_helps(facts in any_facts(8), after in 0_u64..4000) {
        let model = built_in();
        let on = day("2018-01-01").checked_add_days(chrono::Days::new(after)).unwrap();
        let more: Vec<Fact> = facts.iter().cloned().chain([fact(99, penalty(), "2020-05-05")]).collect();
        let score = |facts: &[Fact]| Prepared::new(&model, established("2000-01-01"), facts).summary(on).score;
        prop_assert!(score(&more) <= score(&facts));
    }
}
