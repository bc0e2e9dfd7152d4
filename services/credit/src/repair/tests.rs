//! The states and clocks of an application.

use model::{
    calendar::Calendar,
    instant::{Day, Instant},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{Refusal, Repair, RepairEntry, State};
use crate::{
    eligibility::rules::{Basis, policy},
    evaluation::tests::day,
};

fn entry(state: State, on: Day) -> RepairEntry {
    let by = Uscc::parse("914404001000000590").unwrap();
    RepairEntry { state, on, recorded_at: Instant::from_micros(0), by, reasons: "示例".into(), verified: Vec::new() }
}

fn application(basis: Basis) -> Repair {
    Repair {
        id: "rep_1".into(),
        fact: "fct_1".into(),
        enterprise: Uscc::parse("914404001000000590").unwrap(),
        basis,
        commitment: "示例".into(),
        state: State::Applied,
        deadlines: Vec::new(),
        history: vec![entry(State::Applied, day("2024-09-20"))],
    }
}

/// Updates A5: 15 working days until 24 December 2025, then 7, from the acceptance; the holidays of 2024 are those of domain 0.1.
#[test]
fn the_decision_is_due_from_the_acceptance() {
    let policy = policy().unwrap();
    let accepted = |row: &str| {
        let row = policy.at(day(row));
        application(Basis::Ordinary).step(entry(State::Accepted, day("2024-09-20")), row, &Calendar::built_in()).unwrap().deadlines
    };
    assert_eq!(
        accepted("2025-12-24").first().map(|due| (due.rule.as_str(), due.due_on)),
        Some(("repair_decision", Some(day("2024-10-16"))))
    );
    assert_eq!(accepted("2025-12-25").first().and_then(|due| due.due_on), Some(day("2024-09-30")));
}

proptest! {
    /// No sequence of steps reaches a state by another way than the table, and a refused one changes nothing.
    #[test]
    fn only_the_table_moves_it(reorganisation: bool, steps in prop::collection::vec((0_usize..8, 0_u64..30), 0..10)) {
        let basis = if reorganisation { Basis::Reorganisation } else { Basis::Ordinary };
        let mut stands = application(basis);
        for (state, days) in steps {
            let (to, on) = (State::ALL[state], day("2024-09-10").checked_add_days(chrono::Days::new(days)).unwrap());
            let allowed = stands.state.next(basis).contains(&to);
            let last = stands.history.last().unwrap().on;
            match stands.clone().step(entry(to, on), None, &Calendar::built_in()) {
                Ok(after) => {
                    prop_assert!(allowed && on >= last);
                    prop_assert_eq!(after.state, to);
                    prop_assert!(basis == Basis::Reorganisation || after.state != State::Confirmed);
                    stands = after;
                }
                Err(refusal) => prop_assert_eq!(refusal, if allowed { Refusal::BeforeLastStep } else { Refusal::NotAllowed }),
            }
            // What was granted once was accepted before.
            let granted = stands.history.iter().position(|entry| entry.state == State::Granted);
            let accepted = stands.history.iter().position(|entry| entry.state == State::Accepted);
            prop_assert!(granted.is_none() || accepted < granted);
        }
    }
}
