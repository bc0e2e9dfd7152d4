//! Counting the lines of a round.

use serde_json::json;

use super::rules::{Counts, RoundState};
use crate::decision::rules::Outcome;

#[test]
fn every_line_is_counted_once() {
    let mut counts = Counts::default();
    for outcome in [
        Some(Outcome::Eligible),
        Some(Outcome::EligibleWithConditions),
        Some(Outcome::Ineligible),
        Some(Outcome::Indeterminate),
        None,
        None,
    ] {
        counts.add(outcome);
    }
    assert_eq!(counts.total(), 6);
    let shown = json!({"eligible": 1, "eligible_with_conditions": 1, "ineligible": 1, "indeterminate": 1, "refused": 2});
    assert_eq!(serde_json::to_value(counts).unwrap(), shown);
}

#[test]
fn states_read_back() {
    for state in [RoundState::Waiting, RoundState::Running, RoundState::Done, RoundState::Failed] {
        assert_eq!(RoundState::named(state.as_str()), Some(state));
    }
    assert_eq!(RoundState::named("nonsense"), None);
}
