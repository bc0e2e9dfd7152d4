//! The class as a table of cases, and what must hold of every policy and every set of facts.

use contracts::credit::{
    CheckResult, Complaint, Cover, Degree, Detail, Fact, FactSource, Listing, Mark, MarkKind, Penalty, PenaltyType, Recall, RecallMode,
    RecallState, RiskClass, SpotCheck, Traceability,
};
use model::{
    instant::{Day, Instant, parse_day},
    money::{Currency, Money},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{RiskPolicy, changes_on, classify, faults, policy};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn shipped() -> RiskPolicy {
    policy().unwrap().at(day("2026-06-01")).unwrap().value.clone()
}

fn fact(number: u32, detail: Detail, on: &str) -> Fact {
    let uscc = Uscc::parse("914404001000000590").unwrap();
    Fact {
        id: format!("fct_{number:026}"),
        enterprise: uscc.clone(),
        detail,
        source: FactSource { authority: "示例市场监督管理局".into(), document_no: None },
        asserted_by: uscc,
        decided_on: Some(day(on)),
        published_on: None,
        valid_from: day(on),
        valid_to: None,
        degree: Some(Degree::General),
        self_declared: false,
        recorded_at: Instant::from_micros(0),
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
    }
}

fn penalty() -> Detail {
    Detail::Penalty(Penalty { types: vec![PenaltyType::Fine], fine: None, law: None, ban_until: None, field: None })
}

fn check(result: CheckResult) -> Detail {
    Detail::SpotCheck(SpotCheck { result, product: None, items: Vec::new(), batch: None, laboratory: None, of_penalty: None })
}

fn listing() -> Listing {
    Listing { list: None, ground: None }
}

fn cover() -> Cover {
    Cover { amount: Money::new(100, Currency::CNY), reference: None }
}

fn class(facts: &[Fact], on: &str) -> (RiskClass, i32) {
    let policy = shipped();
    let found = classify(&policy, facts, day(on)).unwrap();
    (found.level.class, found.points)
}

#[test]
fn the_shipped_policy_is_whole() {
    assert_eq!(faults(&shipped()), Vec::<String>::new());
    assert!(policy().unwrap().at(day("2022-01-12")).is_none(), "Guo Shi Jian Xin Fa [2022] No. 6 is of 13 January 2022");
}

/// Guo Shi Jian Xin Fa [2022] No. 6: four classes; the numbers are a choice (D), the two forced classes M-m.
#[test]
fn classes_of_a_day() {
    let (on, pass, fail) = ("2026-06-01", CheckResult::Pass, CheckResult::Fail);
    let recall = |mode| Detail::Recall(Recall { mode, state: RecallState::Open, product: None });
    let complaint = Detail::Complaint(Complaint { subject: None, resolved_on: None, on_time: None });
    let cases: Vec<(&str, Vec<Fact>, (RiskClass, i32))> = vec![
        ("nothing is known: general", vec![], (RiskClass::B, 200)),
        ("passed checks", vec![fact(1, check(pass), "2026-01-01"), fact(2, check(pass), "2026-02-01")], (RiskClass::A, 140)),
        ("passed checks count three at most", (1..9).map(|n| fact(n, check(pass), "2026-01-01")).collect(), (RiskClass::A, 110)),
        (
            "self-control",
            vec![
                fact(1, Detail::Traceability(Traceability { level: 2 }), "2026-01-01"),
                fact(2, Detail::InsuranceCover(cover()), "2026-01-01"),
                fact(3, Detail::Deposit(cover()), "2026-01-01"),
            ],
            (RiskClass::A, 100),
        ),
        ("a penalty", vec![fact(1, penalty(), "2026-01-01")], (RiskClass::B, 320)),
        ("two penalties", vec![fact(1, penalty(), "2026-01-01"), fact(2, penalty(), "2026-02-01")], (RiskClass::C, 440)),
        ("a penalty of three years ago", vec![fact(1, penalty(), "2023-06-01")], (RiskClass::B, 320)),
        ("the day after", vec![fact(1, penalty(), "2023-05-31")], (RiskClass::B, 200)),
        ("decided tomorrow", vec![fact(1, penalty(), "2026-06-02")], (RiskClass::B, 200)),
        (
            "a recall by order and a failed check",
            vec![fact(1, recall(RecallMode::Ordered), "2026-01-01"), fact(2, check(fail), "2026-01-01")],
            (RiskClass::C, 550),
        ),
        ("a voluntary recall", vec![fact(1, recall(RecallMode::Voluntary), "2026-01-01")], (RiskClass::B, 240)),
        ("open complaints count six at most", (1..20).map(|n| fact(n, complaint.clone(), "2026-01-01")).collect(), (RiskClass::B, 320)),
        ("many penalties", (1..9).map(|n| fact(n, penalty(), "2026-01-01")).collect(), (RiskClass::D, 800)),
        ("serious list", vec![fact(1, Detail::SeriousViolationListing(listing()), "2026-01-01")], (RiskClass::D, 200)),
        ("abnormal list", vec![fact(1, Detail::AbnormalOperationListing(listing()), "2026-01-01")], (RiskClass::C, 200)),
        (
            "the worse of both",
            (1..9)
                .map(|n| fact(n, penalty(), "2026-01-01"))
                .chain([fact(9, Detail::AbnormalOperationListing(listing()), "2026-01-01")])
                .collect(),
            (RiskClass::D, 800),
        ),
    ];
    for (why, facts, expected) in cases {
        assert_eq!(class(&facts, on), expected, "{why}");
    }
}

#[test]
fn what_has_no_weight() {
    let on = "2026-06-01";
    let own = Fact { self_declared: true, ..fact(1, penalty(), "2026-01-01") };
    assert_eq!(class(&[own], on).1, 200, "its own word");
    for kind in [MarkKind::Stayed, MarkKind::Masked, MarkKind::Repaired, MarkKind::UnderObjection] {
        let mark = Mark { kind, from: day("2026-03-01"), to: None, ground: "示例".into() };
        let marked = Fact { marks: vec![mark], ..fact(1, penalty(), "2026-01-01") };
        let expected = if kind == MarkKind::UnderObjection { 320 } else { 200 };
        assert_eq!(class(std::slice::from_ref(&marked), on).1, expected, "{kind:?}");
        assert_eq!(class(&[marked], "2026-02-01").1, 320, "{kind:?}: not yet");
    }
    let ended = Fact { valid_to: Some(day("2026-05-31")), ..fact(1, Detail::SeriousViolationListing(listing()), "2026-01-01") };
    assert_eq!((class(std::slice::from_ref(&ended), "2026-05-31").0, class(&[ended], on).0), (RiskClass::D, RiskClass::B));
}

#[test]
fn time_alone_changes_a_class_on_a_day_that_is_known() {
    let policy = shipped();
    let facts = [fact(1, penalty(), "2026-01-01"), fact(2, penalty(), "2026-02-01")];
    assert_eq!(changes_on(&policy, &facts, day("2026-06-01")), Some(day("2029-01-02")), "the first of two penalties is three years old");
    assert_eq!(changes_on(&policy, &facts, day("2029-01-02")), None, "one penalty more or less is the same class");
    let listed = Fact { valid_to: Some(day("2029-01-01")), ..fact(3, Detail::SeriousViolationListing(listing()), "2026-01-01") };
    assert_eq!(changes_on(&policy, &[listed], day("2026-06-01")), Some(day("2029-01-02")));
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let details = prop_oneof![
        Just(penalty()),
        Just(check(CheckResult::Pass)),
        Just(check(CheckResult::Fail)),
        Just(Detail::SeriousViolationListing(listing())),
        Just(Detail::AbnormalOperationListing(listing())),
        Just(Detail::Deposit(cover())),
    ];
    (details, 0_u32..1_000_000, 0_u64..2_000, proptest::option::of(0_u64..2_000)).prop_map(|(detail, number, from, length)| {
        let first = day("2022-06-01").checked_add_days(chrono::Days::new(from)).unwrap();
        let valid_to = length.and_then(|length| first.checked_add_days(chrono::Days::new(length)));
        Fact { valid_from: first, decided_on: Some(first), valid_to, ..fact(number, detail, "2022-06-01") }
    })
}

proptest! {
    #[test]
    fn the_order_of_facts_says_nothing(mut facts in proptest::collection::vec(any_fact(), 0..12)) {
        let found = class(&facts, "2026-06-01");
        facts.reverse();
        prop_assert_eq!(class(&facts, "2026-06-01"), found);
    }

    #[test]
    fn a_serious_listing_in_force_is_d_whatever_else(facts in proptest::collection::vec(any_fact(), 0..12)) {
        let on = day("2026-06-01");
        let is_listed = |fact: &Fact| matches!(fact.detail, Detail::SeriousViolationListing(_)) && fact.holds_on(on);
        if facts.iter().any(is_listed) {
            prop_assert_eq!(class(&facts, "2026-06-01").0, RiskClass::D);
        }
    }

    #[test]
    fn between_today_and_the_next_day_nothing_changes(facts in proptest::collection::vec(any_fact(), 0..8), probe in 0_u64..1_500) {
        let (policy, today) = (shipped(), day("2024-06-01"));
        let at = today.checked_add_days(chrono::Days::new(probe)).unwrap();
        let next = changes_on(&policy, &facts, today);
        let same = classify(&policy, &facts, at).unwrap().level.class == classify(&policy, &facts, today).unwrap().level.class;
        if next.is_none_or(|next| at < next) {
            prop_assert!(same);
        }
        if next == Some(at) {
            prop_assert!(!same);
        }
    }
}
