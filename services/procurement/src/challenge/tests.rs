//! The machine of a challenge: the clocks of the law as cases, what each step lacks, and random walks. The holidays of 2024 are those of domain.md 0.1.

use model::{
    calendar::Calendar,
    instant::{Day, Instant, parse_day},
    policy::Policy,
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{By, Challenge, ChallengeEntry, Clocks, Refusal, policy};
use crate::{
    challenge_word::rules::{AnswerFinding, ComplaintEffect, ComplaintOutcome, RejectionGround, State, StayGround, Step, Subject},
    deadline::rules::{DeadlineState, Waiting},
};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn entry(step: Step, on: Day) -> ChallengeEntry {
    let by = Uscc::parse("914404001000000590").unwrap();
    ChallengeEntry { step, state: State::Queried, on, recorded_at: Instant::from_micros(0), by, text: "示例".into() }
}

fn draft(known_on: &str) -> Challenge {
    let party = Uscc::parse("914404001000000590").unwrap();
    Challenge {
        id: "chl_1".into(),
        tender: "T-1".into(),
        lot: None,
        subject: Subject::Result,
        supplier: party.clone(),
        buyer: party,
        known_on: day(known_on),
        points: vec!["示例一".into(), "示例二".into()],
        evidence: Vec::new(),
        state: State::Queried,
        suspensions: Vec::new(),
        history: Vec::new(),
        deadlines: Vec::new(),
    }
}

struct World {
    policy: Policy<Clocks>,
    calendar: Calendar,
}

impl World {
    fn new() -> Self {
        Self { policy: policy().unwrap(), calendar: Calendar::built_in() }
    }

    fn by(&self) -> By<'_> {
        By { policy: &self.policy, calendar: &self.calendar }
    }

    /// A challenge that went these steps.
    fn walked(&self, known_on: &str, queried_on: &str, steps: &[(Step, &str)]) -> Result<Challenge, Refusal> {
        let begun = draft(known_on).begun(entry(Step::Query, day(queried_on)), self.by())?;
        steps.iter().try_fold(begun, |stands, (step, on)| stands.step(entry(step.clone(), day(on)), self.by()))
    }
}

fn answer() -> Step {
    Step::Answer { finding: AnswerFinding::Unfounded }
}

fn complain() -> Step {
    Step::Complain { points: vec![1] }
}

fn suspend(until: &str) -> Step {
    Step::Suspend { until: day(until), document_no: "示例〔2024〕1号".into() }
}

fn decide(outcome: ComplaintOutcome, effect: Option<ComplaintEffect>) -> Step {
    Step::Decide { outcome, effect, document_no: "示例〔2024〕2号".into() }
}

fn dismiss() -> Step {
    decide(ComplaintOutcome::Dismissed, None)
}

#[test]
fn the_shipped_policy_has_every_clock() {
    let policy = policy().unwrap();
    for row in policy.rows() {
        let rules: Vec<&str> = row.value.clocks.iter().map(|clock| clock.rule.as_str()).collect();
        assert_eq!(rules, ["query", "answer", "complaint", "acceptance", "decision"]);
    }
}

/// Law 52 to 56: 7, 7, 15 and 30 working days; the fifteen begin when the time for the answer is over (Law 55).
#[test]
fn the_clocks_of_the_law() {
    let world = World::new();
    let steps = [(answer(), "2024-08-16"), (complain(), "2024-09-03"), (Step::Accept, "2024-09-05"), (dismiss(), "2024-10-09")];
    let stands = world.walked("2024-08-01", "2024-08-12", &steps).unwrap();
    let due = |rule: &str| stands.due(rule).unwrap().to_string();
    assert_eq!([due("query"), due("answer"), due("complaint")], ["2024-08-12", "2024-08-21", "2024-09-11"]);
    // 30 working days from 3 September with the Mid-Autumn and the National Day holidays, and 14, 29 September and 12 October worked.
    assert_eq!([due("acceptance"), due("decision")], ["2024-09-10", "2024-10-21"]);
    assert!(stands.deadlines.iter().all(|deadline| deadline.state(day("2030-01-01")) == DeadlineState::Kept));
    assert_eq!((stands.state, stands.history.len()), (State::Decided, 5));
}

#[test]
fn what_a_step_lacks_is_named() {
    let world = World::new();
    let (answered, complained) = ((answer(), "2024-08-16"), (complain(), "2024-08-19"));
    let accepted = (Step::Accept, "2024-08-20");
    let far = Step::Complain { points: vec![2, 3] };
    let none = Step::Complain { points: vec![0] };
    let upheld = ComplaintOutcome::Upheld;
    let stay = || Step::Stay { ground: StayGround::Inspection };
    let cases: Vec<(Vec<(Step, &str)>, Refusal)> = vec![
        (vec![(complain(), "2024-08-21")], Refusal::AnswerAwaited(Some(day("2024-08-21")))),
        (vec![(complain(), "2024-09-12")], Refusal::TimeOver(day("2024-09-11"))),
        (vec![answered.clone(), (complain(), "2024-09-12")], Refusal::TimeOver(day("2024-09-11"))),
        (vec![answered.clone(), (far, "2024-08-19")], Refusal::PointUnknown(1)),
        (vec![answered.clone(), (none, "2024-08-19")], Refusal::PointUnknown(0)),
        (vec![(answer(), "2024-08-11")], Refusal::BeforeLastStep),
        (vec![(Step::Query, "2024-08-16")], Refusal::NotAllowed),
        (vec![answered.clone(), (answer(), "2024-08-19")], Refusal::NotAllowed),
        (vec![answered.clone(), (suspend("2024-08-30"), "2024-08-19")], Refusal::NotAllowed),
        (vec![answered.clone(), complained.clone(), (dismiss(), "2024-08-20")], Refusal::NotAllowed),
        (vec![answered.clone(), complained.clone(), accepted.clone(), (decide(upheld, None), "2024-08-21")], Refusal::EffectMissing),
        (
            vec![
                answered.clone(),
                complained.clone(),
                accepted.clone(),
                (decide(ComplaintOutcome::Dismissed, Some(ComplaintEffect::GoesOn)), "2024-08-21"),
            ],
            Refusal::EffectNotWanted,
        ),
        // Law 57: 30 days and not one more; lifted days are given back, those that passed are not.
        (vec![answered.clone(), complained.clone(), (suspend("2024-09-19"), "2024-08-19")], Refusal::SuspensionTooLong(day("2024-09-18"))),
        (
            vec![
                answered.clone(),
                complained.clone(),
                (suspend("2024-09-18"), "2024-08-19"),
                (Step::Lift, "2024-08-29"),
                (suspend("2024-09-22"), "2024-09-01"),
            ],
            Refusal::SuspensionTooLong(day("2024-09-21")),
        ),
        (vec![answered.clone(), complained.clone(), (suspend("2024-08-18"), "2024-08-19")], Refusal::SuspensionEnded),
        (
            vec![answered.clone(), complained.clone(), (suspend("2024-08-30"), "2024-08-19"), (suspend("2024-09-02"), "2024-08-30")],
            Refusal::SuspendedAlready,
        ),
        (vec![answered.clone(), complained.clone(), (Step::Lift, "2024-08-19")], Refusal::NotSuspended),
        (vec![answered.clone(), complained.clone(), (Step::Resume, "2024-08-19")], Refusal::NotStayed),
        (vec![answered.clone(), complained.clone(), (stay(), "2024-08-19"), (stay(), "2024-08-20")], Refusal::StayedAlready),
        (
            vec![answered, complained, accepted, (Step::Reject { ground: RejectionGround::Late }, "2024-08-21"), (dismiss(), "2024-08-22")],
            Refusal::NotAllowed,
        ),
    ];
    for (steps, refusal) in cases {
        assert_eq!(world.walked("2024-08-01", "2024-08-12", &steps).unwrap_err(), refusal, "{steps:?}");
    }
    assert_eq!(world.walked("2024-08-01", "2024-08-13", &[]).unwrap_err(), Refusal::TimeOver(day("2024-08-12")));
    assert_eq!(world.walked("2018-02-01", "2018-02-02", &[]).unwrap_err(), Refusal::NoPolicy);
}

#[test]
fn silence_opens_the_way_to_the_authority() {
    let stands = World::new().walked("2024-08-01", "2024-08-12", &[(complain(), "2024-08-22")]).unwrap();
    assert_eq!(stands.state, State::Complained);
    let answer = stands.deadlines.iter().find(|deadline| deadline.rule == "answer").unwrap();
    assert_eq!(answer.state(day("2024-08-22")), DeadlineState::Overdue, "the answer is still owed");
}

#[test]
fn an_unknown_year_is_said_and_refuses_nothing_but_what_needs_it() {
    let world = World::new();
    let stands = world.walked("2031-01-06", "2031-03-03", &[]).unwrap();
    assert!(stands.deadlines.iter().take(2).all(|deadline| deadline.waiting == Some(Waiting::CalendarMissing)));
    assert_eq!(world.walked("2031-01-06", "2031-01-07", &[(complain(), "2031-09-01")]).unwrap_err(), Refusal::AnswerAwaited(None));
    let stands = world.walked("2031-01-06", "2031-01-07", &[(answer(), "2031-01-08"), (complain(), "2031-09-01")]).unwrap();
    assert_eq!(stands.state, State::Complained);
}

#[test]
fn a_stay_moves_the_decision_and_ends_with_it() {
    let world = World::new();
    let before = [(answer(), "2024-08-16"), (complain(), "2024-08-19"), (Step::Stay { ground: StayGround::ExpertReview }, "2024-08-26")];
    let stayed = world.walked("2024-08-01", "2024-08-12", &before).unwrap();
    assert_eq!(stayed.deadlines.last().unwrap().waiting, Some(Waiting::Stayed));
    let resumed = stayed.clone().step(entry(Step::Resume, day("2024-08-30")), world.by()).unwrap();
    // 30 working days from 19 August would end on 30 September; five were left out.
    assert_eq!(resumed.due("decision"), Some(day("2024-10-12")));
    let withdrawn = stayed.step(entry(Step::Withdraw, day("2024-08-30")), world.by()).unwrap();
    assert_eq!((withdrawn.due("decision"), withdrawn.state.is_closed()), (Some(day("2024-10-12")), true));
}

fn any_step() -> impl Strategy<Value = Step> {
    let until = (0_u64..50).prop_map(|days| day("2024-08-01").checked_add_days(chrono::Days::new(days)).unwrap());
    let effect = prop_oneof![Just(None), Just(Some(ComplaintEffect::GoesOn)), Just(Some(ComplaintEffect::BeginAnew))];
    let outcome = prop_oneof![Just(ComplaintOutcome::Upheld), Just(ComplaintOutcome::Dismissed)];
    prop_oneof![
        Just(Step::Query),
        Just(answer()),
        prop::collection::vec(0_u32..4, 0..3).prop_map(|points| Step::Complain { points }),
        Just(Step::Accept),
        Just(Step::Reject { ground: RejectionGround::Late }),
        Just(Step::Stay { ground: StayGround::Inspection }),
        Just(Step::Resume),
        until.prop_map(|until| Step::Suspend { until, document_no: "示例".into() }),
        Just(Step::Lift),
        (outcome, effect).prop_map(|(outcome, effect)| decide(outcome, effect)),
        Just(Step::Withdraw),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is tried in whatever order, only lawful histories come about, and a refused step leaves all as it was.
    #[test]
    fn random_walks_stay_lawful(steps in prop::collection::vec((any_step(), 0_u64..6), 0..24)) {
        let world = World::new();
        let mut stands = world.walked("2024-08-01", "2024-08-01", &[]).unwrap();
        let mut on = day("2024-08-01");
        for (step, days) in steps {
            on = on.checked_add_days(chrono::Days::new(days)).unwrap();
            let (before, listed) = (stands.clone(), stands.state.allowed().contains(&step.act()));
            match stands.clone().step(entry(step.clone(), on), world.by()) {
                Ok(after) => {
                    prop_assert!(listed && !before.state.is_closed());
                    prop_assert_eq!(after.history.len(), before.history.len() + 1);
                    stands = after;
                }
                Err(refusal) => prop_assert_eq!(refusal == Refusal::NotAllowed, !listed, "{:?} in {:?}", step, before.state),
            }
            check(&stands)?;
        }
    }
}

fn check(stands: &Challenge) -> Result<(), TestCaseError> {
    let went = |state: State| stands.history.iter().any(|entry| entry.state == state);
    prop_assert!(stands.history.is_sorted_by_key(|entry| entry.on));
    prop_assert_eq!(stands.history.last().unwrap().state, stands.state);
    prop_assert!(stands.state != State::Decided || (went(State::Complained) && went(State::Accepted)));
    prop_assert!(stands.suspensions.is_empty() || went(State::Complained));
    let stood = (0_u64..120).map(|days| day("2024-08-01").checked_add_days(chrono::Days::new(days)).unwrap());
    let held = stood.filter(|one| stands.suspends_on(*one)).count();
    // The thirty days begin on the day after the first, by Civil Code 201.
    prop_assert!(held <= 31, "{held} days in {} suspensions", stands.suspensions.len());
    if stands.state.is_closed() {
        let last = stands.history.last().unwrap().on;
        prop_assert!(!stands.suspends_on(last));
        prop_assert!(stands.deadlines.iter().all(|deadline| deadline.done_on.is_some()));
        prop_assert!(stands.deadlines.iter().all(|deadline| deadline.waiting != Some(Waiting::Stayed)));
    }
    // A right is used before it ends; a complaint comes after an answer or after the time for one.
    for rule in ["query", "complaint"] {
        let clock = stands.deadlines.iter().find(|deadline| deadline.rule == rule).unwrap();
        prop_assert!(!went(State::Complained) || clock.done_on.unwrap() <= clock.due_on.unwrap());
    }
    Ok(())
}
