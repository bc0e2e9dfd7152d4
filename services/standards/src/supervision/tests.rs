//! The machine of a case: what each step lacks, its clocks, and random walks.

use model::{
    calendar::Calendar,
    instant::{Day, Instant, parse_day},
};
use proptest::prelude::*;

use super::rules::*;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn entry(step: Step, on: Day) -> Entry {
    Entry { step, state: State::Received, on, recorded_at: Instant::from_micros(0), text: "示例".into() }
}

struct World {
    clocks: Clocks,
    calendar: Calendar,
}

impl World {
    fn new() -> Self {
        Self { clocks: policy().unwrap().at(day("2024-08-01")).unwrap().value, calendar: Calendar::built_in() }
    }

    fn by(&self) -> By<'_> {
        By { clocks: &self.clocks, calendar: &self.calendar }
    }

    fn begun(&self, step: Step, on: &str) -> Case {
        let case = Case {
            id: "spv_1".into(),
            number: "T/SLXH 0012-2024".into(),
            association: None,
            complainant: None,
            ground: Ground::Numbering,
            evidence: Vec::new(),
            state: State::Received,
            breach: None,
            clocks: Vec::new(),
            history: Vec::new(),
        };
        case.begun(entry(step, day(on)), self.by())
    }

    fn walked(&self, steps: &[(Step, &str)]) -> Case {
        let begun = self.begun(Step::Complain, "2024-08-01");
        steps.iter().fold(begun, |case, (step, on)| case.step(entry(step.clone(), day(on)), self.by()).unwrap())
    }

    fn lacks(&self, case: &Case, step: Step, on: &str) -> Vec<&'static str> {
        match case.clone().step(entry(step, day(on)), self.by()) {
            Err(Refusal::Lacks(faults)) => faults.into_iter().map(|fault| fault.code).collect(),
            Err(Refusal::NotAllowed) => vec!["not_allowed"],
            Ok(_) => Vec::new(),
        }
    }
}

fn order(breach: Breach, due_on: &str) -> Step {
    Step::OrderCorrection { breach, due_on: day(due_on), document_no: "示例〔2024〕1号".into() }
}

fn abolish() -> Step {
    Step::Abolish { document_no: "示例〔2024〕2号".into() }
}

fn revoke() -> Step {
    Step::RevokeNumber { document_no: "示例〔2024〕3号".into() }
}

fn claim() -> Step {
    Step::ClaimCorrection { evidence_digest: "sha256:".into() }
}

/// The clocks are choices: policy/supervision_clocks.json.
#[test]
fn clocks_run_and_stop() {
    let world = World::new();
    let shown = |case: &Case| -> Vec<String> {
        let part = |day: Option<Day>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        case.clocks.iter().map(|clock| format!("{} {} {}", clock.rule, part(clock.due_on), part(clock.done_on))).collect()
    };
    assert_eq!(shown(&world.begun(Step::Complain, "2024-08-01")), ["acceptance 2024-08-12 -"]);
    assert_eq!(shown(&world.begun(Step::Begin, "2024-08-01")), ["finding 2024-09-30 -"]);
    let ordered = [(Step::Accept, "2024-08-02"), (order(Breach::Principles, "2024-09-20"), "2024-08-20")];
    let claimed = [ordered.to_vec(), vec![(claim(), "2024-09-19")]].concat();
    let case = world.walked(&claimed);
    // Sixty days after 2 August end on a day of rest.
    let first = [
        "acceptance 2024-08-12 2024-08-02",
        "finding 2024-10-08 2024-08-20",
        "correction 2024-09-20 2024-09-19",
        "confirmation 2024-10-21 -",
    ];
    assert_eq!(shown(&case), first);
    assert_eq!(case.next_due_on(), Some(day("2024-10-21")));
    assert!(!case.clocks[2].is_overdue(day("2024-10-08")), "it waits for the authority, not for the association");
    let done = world.walked(&[claimed.clone(), vec![(Step::ConfirmCorrection, "2024-09-25")]].concat());
    assert_eq!(shown(&done)[2..], ["correction 2024-09-20 2024-09-19", "confirmation 2024-10-21 2024-09-25"]);
    assert!(done.clocks.iter().all(|clock| !clock.is_overdue(day("2030-01-01"))), "it was done in time, whenever somebody looked");
    let late = world.walked(&[claimed, vec![(Step::ReturnCorrection, "2024-09-25")]].concat());
    assert!(late.clocks[2].is_overdue(day("2024-09-26")));
    assert_eq!(late.next_due_on(), Some(day("2024-09-20")));
}

/// Standardization Law 39 and 42: first the correction, then the end, each by its own breach.
#[test]
fn what_a_step_lacks_is_named() {
    let world = World::new();
    let accepted = world.walked(&[(Step::Accept, "2024-08-02")]);
    for (due_on, expected) in [
        ("2024-08-20", vec!["correction_period"]),
        ("2024-08-21", vec![]),
        ("2024-11-18", vec![]),
        ("2024-11-19", vec!["correction_period"]),
    ] {
        assert_eq!(world.lacks(&accepted, order(Breach::Numbering, due_on), "2024-08-20"), expected, "{due_on}");
    }
    assert_eq!(world.lacks(&accepted, order(Breach::Numbering, "2024-08-20"), "2024-08-01"), ["date_order"]);
    assert_eq!(world.lacks(&accepted, abolish(), "2024-08-20"), ["not_allowed"]);
    for (breach, right, wrong) in [(Breach::Principles, abolish(), revoke()), (Breach::Numbering, revoke(), abolish())] {
        let ordered = world.walked(&[(Step::Accept, "2024-08-02"), (order(breach, "2024-09-20"), "2024-08-20")]);
        assert_eq!(world.lacks(&ordered, wrong, "2024-09-20"), ["breach_differs", "correction_open"]);
        assert_eq!(world.lacks(&ordered, right.clone(), "2024-09-20"), ["correction_open"]);
        assert_eq!(world.lacks(&ordered, right.clone(), "2024-09-21"), [""; 0]);
        // Once it is claimed, it ends only after somebody said that it is not corrected.
        let claimed = ordered.step(entry(claim(), day("2024-09-20")), world.by()).unwrap();
        assert_eq!(world.lacks(&claimed, right.clone(), "2024-09-30"), ["not_allowed"]);
        let returned = claimed.step(entry(Step::ReturnCorrection, day("2024-09-30")), world.by()).unwrap();
        assert_eq!(world.lacks(&returned, right, "2024-09-30"), [""; 0]);
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let due_on = (0_u64..120).prop_map(|days| day("2024-08-01").checked_add_days(chrono::Days::new(days)).unwrap());
    let breach = prop_oneof![Just(Breach::Principles), Just(Breach::Numbering)];
    prop_oneof![
        2 => Just(Step::Accept),
        1 => Just(Step::Reject),
        1 => Just(Step::Dismiss),
        3 => (breach, due_on).prop_map(|(breach, due_on)| Step::OrderCorrection { breach, due_on, document_no: "示例".into() }),
        2 => Just(claim()),
        1 => Just(Step::ReturnCorrection),
        1 => Just(Step::ConfirmCorrection),
        2 => Just(abolish()),
        2 => Just(revoke()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Nothing ends without an order whose time is over, and what is closed stays closed with every clock of the authority stopped.
    #[test]
    fn random_walks_stay_lawful(steps in prop::collection::vec((any_step(), 0_u64..20), 0..24)) {
        let world = World::new();
        let (mut case, mut on) = (world.begun(Step::Complain, "2024-08-01"), day("2024-08-01"));
        for (step, days) in steps {
            on = on.checked_add_days(chrono::Days::new(days)).unwrap();
            let before = case.clone();
            let Ok(after) = case.clone().step(entry(step.clone(), on), world.by()) else { continue };
            prop_assert!(before.state.allowed().contains(&step.act()));
            prop_assert_eq!(after.history.len(), before.history.len() + 1);
            case = after;
            if case.state.is_public() {
                prop_assert!(case.correction_due_on().is_some_and(|due| on > due));
                prop_assert_eq!(case.breach == Some(Breach::Principles), case.state == State::Abolished);
            }
            if case.state.allowed().is_empty() {
                let open: Vec<&str> = case.clocks.iter().filter(|clock| clock.done_on.is_none()).map(|clock| clock.rule.as_str()).collect();
                prop_assert_eq!(case.next_due_on(), None);
                prop_assert!(open.iter().all(|rule| *rule == "correction" && case.state.is_public()), "{:?}", open);
            }
        }
    }
}
