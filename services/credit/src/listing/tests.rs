//! Steps of a listing: tables of cases with citations, and random histories that never leave the table.

use std::sync::LazyLock;

use contracts::credit::{ListKind, ListingState};
use model::{
    calendar::Calendar,
    instant::{Day, parse_day},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::*;
use crate::listing_policy::rules::{Level, Lists, Step, lists};

static LISTS: LazyLock<Lists> = LazyLock::new(|| lists().unwrap());

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn case(list: ListKind, level: Level, proposed_on: &str) -> Case {
    let (lists, on) = (&*LISTS, day(proposed_on));
    let uscc = Uscc::parse("914404001000000590").unwrap();
    let proposed = done(Step::Propose, on, ListingState::Proposed);
    Case {
        id: "lst_01JD0000000000000000000000".into(),
        list,
        enterprise: uscc.clone(),
        authority: "示例市市场监督管理局".into(),
        level,
        organisation: uscc,
        ground: lists.on(list, on).unwrap().value.grounds[0].code.clone(),
        year: None,
        circumstances: Vec::new(),
        fact_ids: Vec::new(),
        rule_from: lists.on(list, on).unwrap().effective_from,
        history: vec![proposed],
        span: None,
        fact: None,
        version: 1,
    }
}

fn done(step: Step, on: Day, state: ListingState) -> Done {
    Done { step, on, state, document_no: None, statement: None, reason: None, authority: None, organisation: String::new() }
}

/// One step as the action takes it: the pure part of it.
fn walk(lists: &Lists, case: &mut Case, step: Step, on: Day, today: Day) -> Result<(), Refusal> {
    let calendar = Calendar::built_in();
    let rule_day = if step == Step::Remove { on } else { case.rule_from };
    let regime = &lists.on(case.list, rule_day).expect("a rule on that day").value;
    let to = take(regime, case, step, on, today, &calendar)?;
    case.history.push(done(step, on, to));
    match step {
        Step::Publish => case.span = Some(span(regime, on, &[], &calendar)),
        Step::Remove => case.span = case.span.map(|stands| Span { to: on.pred_opt(), ..stands }),
        _ => {}
    }
    Ok(())
}

const SERIOUS: ListKind = ListKind::SeriousViolation;

/// List, level, what was done before, the step, what comes of it, and why.
type Row = (ListKind, Level, &'static [(Step, &'static str)], (Step, &'static str), &'static str, &'static str);

/// 2024-03-04 is a Monday; five working days end on 2024-03-11.
const ROWS: &[Row] = &[
    (SERIOUS, Level::Province, &[], (Step::Decide, "2024-03-04"), "illegal Notice", "no decision without notice: Penalty Law 44, 45"),
    (
        SERIOUS,
        Level::Province,
        &[(Step::Notice, "2024-03-04")],
        (Step::Decide, "2024-03-11"),
        "early 2024-03-12",
        "Penalty Law 64, 85: five working days",
    ),
    (SERIOUS, Level::Province, &[(Step::Notice, "2024-03-04")], (Step::Decide, "2024-03-12"), "decided", "the day after the time has run"),
    (
        SERIOUS,
        Level::Province,
        &[(Step::Notice, "2024-03-04"), (Step::Reply, "2024-03-05")],
        (Step::Decide, "2024-03-06"),
        "decided",
        "a reply is there",
    ),
    (
        SERIOUS,
        Level::County,
        &[(Step::Notice, "2024-03-04"), (Step::Reply, "2024-03-05")],
        (Step::Decide, "2024-03-06"),
        "illegal Consent",
        "A11: consent of the next higher level",
    ),
    (
        SERIOUS,
        Level::Prefecture,
        &[(Step::Notice, "2024-03-04")],
        (Step::Consent, "2024-03-06"),
        "early 2024-03-12",
        "consent without hearing the party would be too early",
    ),
    (
        SERIOUS,
        Level::County,
        &[(Step::Notice, "2024-03-04"), (Step::Reply, "2024-03-05"), (Step::Consent, "2024-03-06")],
        (Step::Decide, "2024-03-07"),
        "decided",
        "A11",
    ),
    (
        SERIOUS,
        Level::State,
        &[(Step::Notice, "2024-03-04")],
        (Step::Consent, "2024-03-12"),
        "illegal Reply,Decide,Decline",
        "nobody is higher",
    ),
    (
        SERIOUS,
        Level::Province,
        &[(Step::Notice, "2024-03-04")],
        (Step::Decline, "2024-03-05"),
        "declined",
        "what favours the party waits for nothing",
    ),
    (SERIOUS, Level::Province, &[(Step::Notice, "2024-03-04")], (Step::Reply, "2024-03-03"), "before 2024-03-04", "papers come in order"),
    (SERIOUS, Level::Province, &[(Step::Notice, "2024-03-04")], (Step::Reply, "2024-06-02"), "future", "today is 2024-06-01"),
    (
        SERIOUS,
        Level::Province,
        &[(Step::Notice, "2036-03-03")],
        (Step::Decide, "2036-04-01"),
        "uncounted",
        "domain.md 0.1: an error, not a silent guess",
    ),
    (
        SERIOUS,
        Level::Province,
        &[(Step::Notice, "2026-03-02"), (Step::Reply, "2026-03-03")],
        (Step::Decide, "2026-03-03"),
        "decided",
        "nothing has to be counted then",
    ),
    (
        SERIOUS,
        Level::Province,
        &[(Step::Notice, "2024-03-04"), (Step::Decline, "2024-03-05")],
        (Step::Publish, "2024-03-06"),
        "illegal ",
        "declined is the end",
    ),
    (
        ListKind::AbnormalOperation,
        Level::County,
        &[],
        (Step::Decide, "2024-03-04"),
        "decided",
        "Order 68: found and listed, no notice asked for",
    ),
    (
        ListKind::AbnormalOperation,
        Level::County,
        &[(Step::Notice, "2024-03-04")],
        (Step::Decide, "2024-03-05"),
        "early 2024-03-12",
        "a notice that was given gives time",
    ),
    (
        ListKind::Trustworthy,
        Level::County,
        &[(Step::Notice, "2024-03-04")],
        (Step::Decide, "2024-03-11"),
        "early 2024-03-12",
        "seven days of public notice (D)",
    ),
    (
        ListKind::Trustworthy,
        Level::County,
        &[(Step::Notice, "2026-03-02")],
        (Step::Decide, "2026-03-10"),
        "decided",
        "plain days need no calendar",
    ),
    (ListKind::Trustworthy, Level::County, &[], (Step::Remove, "2024-03-04"), "illegal Notice,Decline", "nothing to remove"),
];

#[test]
fn steps_and_their_days() {
    let lists = &*LISTS;
    for (list, level, before, (step, on), expected, citation) in ROWS {
        let first = before.first().map_or(*on, |(_, on)| on);
        let today = day(match first.get(..4) {
            Some("2026") => "2026-06-01",
            Some("2036") => "2036-06-01",
            _ => "2024-06-01",
        });
        let mut case = case(*list, *level, first);
        for (step, on) in *before {
            walk(lists, &mut case, *step, day(on), today).unwrap();
        }
        let kept = case.clone();
        let found = match walk(lists, &mut case, *step, day(on), today) {
            Ok(()) => case.stored_state().as_str().to_owned(),
            Err(refusal) => {
                assert_eq!(case, kept, "a refused step changes nothing");
                match refusal {
                    Refusal::Illegal { allowed } => {
                        format!("illegal {}", allowed.iter().map(|step| format!("{step:?}")).collect::<Vec<_>>().join(","))
                    }
                    Refusal::InFuture => "future".to_owned(),
                    Refusal::BeforeLast { last } => format!("before {last}"),
                    Refusal::TooEarly { from, .. } => format!("early {from}"),
                    Refusal::Uncounted { .. } => "uncounted".to_owned(),
                }
            }
        };
        assert_eq!(&found, expected, "{list:?} {level:?} {before:?} {step:?} {on}: {citation}");
    }
}

#[test]
fn three_years_and_no_day_longer_unless_a_ban_runs() {
    let lists = &*LISTS;
    let calendar = Calendar::built_in();
    for (list, from, bans, to, citation) in [
        (ListKind::SeriousViolation, "2024-03-01", vec![], Some("2027-03-01"), "Order 44 and Civil Code 202: the same-numbered day"),
        (ListKind::SeriousViolation, "2024-02-29", vec![], Some("2027-02-28"), "Civil Code 202: else the month's last day"),
        (ListKind::SeriousViolation, "2024-03-01", vec!["2026-01-01"], Some("2027-03-01"), "a ban that ends earlier changes nothing"),
        (
            ListKind::SeriousViolation,
            "2024-03-01",
            vec!["2029-06-30"],
            Some("2029-06-30"),
            "domain.md 3.4: not before a statutory ban ends",
        ),
        (ListKind::AbnormalOperation, "2024-05-02", vec![], None, "it stands until it is removed"),
        (ListKind::Trustworthy, "2024-05-02", vec![], None, "it stands until something adverse comes up"),
    ] {
        let regime = &lists.on(list, day(from)).unwrap().value;
        let bans: Vec<Day> = bans.into_iter().map(day).collect();
        assert_eq!(span(regime, day(from), &bans, &calendar), Span { from: day(from), to: to.map(day) }, "{citation}");
    }
    let mut case = case(ListKind::SeriousViolation, Level::Province, "2024-02-01");
    for (step, on) in
        [(Step::Notice, "2024-02-01"), (Step::Reply, "2024-02-02"), (Step::Decide, "2024-02-05"), (Step::Publish, "2024-03-01")]
    {
        walk(lists, &mut case, step, day(on), day("2027-06-01")).unwrap();
    }
    for (on, state) in [
        ("2024-01-31", None),
        ("2024-02-04", Some(ListingState::Replied)),
        ("2024-03-01", Some(ListingState::Published)),
        ("2027-03-01", Some(ListingState::Published)),
        ("2027-03-02", Some(ListingState::Expired)),
    ] {
        assert_eq!(case.state_on(day(on)), state, "on {on}");
    }
    let late = walk(lists, &mut case, Step::Remove, day("2027-03-02"), day("2027-06-01"));
    assert_eq!(late, Err(Refusal::Illegal { allowed: vec![] }), "time has taken it off already");
}

fn list_kind() -> impl Strategy<Value = ListKind> {
    prop::sample::select(ListKind::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// No sequence of calls reaches a state that the table does not lead to, a refused step changes nothing, days never run back, and at no time does an
    /// enterprise stand twice on a list.
    #[test]
    fn no_sequence_of_calls_reaches_an_illegal_state(
        list in list_kind(),
        level in prop::sample::select(Level::ALL.to_vec()),
        calls in prop::collection::vec((prop::sample::select(Step::ALL.to_vec()), 0_usize..3, -40_i64..400), 1..60),
    ) {
        let lists = &*LISTS;
        let today = day("2024-12-31");
        let mut clock = day("2021-12-01");
        let mut cases: Vec<Case> = Vec::new();
        for (step, which, ahead) in calls {
            let on = clock + chrono::TimeDelta::days(ahead);
            let Some(row) = lists.on(list, on) else { continue };
            let before = cases.clone();
            let accepted = if step == Step::Propose {
                let mut new = case(list, level, &on.to_string());
                new.id = format!("lst_{}", cases.len());
                let free = !cases.iter().any(|other| other.shares_place(&new, row.value.one_per) && other.blocks(on));
                let accepted = free && propose(on, today).is_ok();
                if accepted {
                    cases.push(new);
                }
                accepted
            } else if let Some(at) = cases.len().checked_sub(1).map(|last| which.min(last)) {
                let mut moved = cases[at].clone();
                let from = moved.state_on(on.max(moved.last_day().unwrap())).unwrap();
                let alone = |moved: &Case| step != Step::Publish || !before.iter().any(|other| {
                    other.id != moved.id && other.shares_place(moved, row.value.one_per)
                        && other.span.zip(moved.span).is_some_and(|(a, b)| a.meets(&b))
                });
                match walk(lists, &mut moved, step, on, today) {
                    Ok(()) if alone(&moved) => {
                        let regime = &lists.on(list, if step == Step::Remove { on } else { moved.rule_from }).unwrap().value;
                        let legal = regime.steps.iter().any(|row| {
                            row.step == step && row.from.contains(&from) && row.to == moved.stored_state()
                                && (row.levels.is_empty() || row.levels.contains(&level))
                        });
                        prop_assert!(legal, "{step:?} from {from:?}");
                        cases[at] = moved;
                        true
                    }
                    Ok(()) => false,
                    Err(refusal) => {
                        prop_assert_eq!(&moved, &before[at]);
                        if let Refusal::Illegal { allowed } = refusal {
                            prop_assert!(!allowed.contains(&step));
                        }
                        false
                    }
                }
            } else {
                false
            };
            if accepted {
                clock = clock.max(on);
            } else {
                prop_assert_eq!(&cases, &before);
            }
            for case in &cases {
                prop_assert!(case.history.windows(2).all(|pair| pair[0].on <= pair[1].on), "days run back");
                prop_assert!(case.history.iter().all(|done| done.on <= today));
                prop_assert!(case.span.is_some() == matches!(case.stored_state(), ListingState::Published | ListingState::Removed));
                prop_assert!(case.stored_state() != ListingState::Expired, "expired is never stored");
            }
            let one_per = row.value.one_per;
            for (place, a) in cases.iter().enumerate() {
                for b in cases.iter().skip(place + 1).filter(|b| a.shares_place(b, one_per)) {
                    let real = |span: &Span| span.to.is_none_or(|last| span.from <= last);
                    let both = a.span.filter(real).zip(b.span.filter(real));
                    prop_assert!(!both.is_some_and(|(a, b)| a.meets(&b)), "twice on the list at a time: {a:?} {b:?}");
                }
            }
        }
    }
}
