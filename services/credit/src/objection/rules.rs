//! The states of an objection and its clock. Not here: the mark on the fact, `mark`; the correction, `fact`.

use model::{
    calendar::Calendar,
    fault::Fault,
    instant::{Day, Instant},
    period::Period,
    policy::Policy,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    deadline::rules::Deadline,
    proceeding::rules::{Head, Proceeding},
};

const CLOCKS: &str = include_str!("../../policy/objections.json");

/// How long an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// The answer is due.
    pub answer: Period,
    /// With an extension it may take no longer than this.
    pub at_most: Period,
}

/// The shipped clocks by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Clocks>, Fault> {
    Policy::from_json(CLOCKS)
}

/// Why an enterprise objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionGround {
    /// A field is wrong.
    Inaccurate,
    /// It should be hidden by now.
    Outdated,
    /// It is about somebody else.
    NotAboutUs,
    /// The decision was quashed.
    Quashed,
    /// Something else; see the statement.
    Other,
}

/// Where an objection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ObjectionState)]
pub enum State {
    /// Not answered yet; the fact bears the mark.
    Open,
    /// The fact was corrected or annulled.
    Upheld,
    /// The fact stands as it is.
    Dismissed,
    /// The enterprise withdrew it.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Upheld, Self::Dismissed, Self::Withdrawn];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upheld => "upheld",
            Self::Dismissed => "dismissed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionEntry {
    /// The state it led to.
    pub state: State,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Instant,
    /// The organisation that acted.
    #[schema(value_type = String)]
    pub by: Uscc,
    /// Why.
    pub reasons: String,
    /// The version of the fact that stands instead, where it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
}

/// An objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// `obj_…`.
    pub id: String,
    /// The fact as it stood when the objection was made.
    pub fact: String,
    /// Whose.
    pub enterprise: Uscc,
    /// Why.
    pub ground: ObjectionGround,
    /// In its own words.
    pub statement: String,
    /// Where it stands.
    pub state: State,
    /// When the answer is due, at the latest.
    pub deadlines: Vec<Deadline>,
    /// What was done, in order.
    pub history: Vec<ObjectionEntry>,
}

impl Proceeding for Objection {
    const KIND: &'static str = "objection";

    fn head(&self) -> Head<'_> {
        Head { id: &self.id, fact: &self.fact, enterprise: &self.enterprise, state: self.state.as_str() }
    }
}

impl Objection {
    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self.state {
            State::Open => &["decide", "withdraw"],
            State::Upheld | State::Dismissed | State::Withdrawn => &[],
        }
    }

    /// The objection after a step.
    ///
    /// # Errors
    /// The broken rule: it is closed already, or the day lies before the last step.
    pub fn step(mut self, entry: ObjectionEntry) -> Result<Self, Refusal> {
        if self.state != State::Open || entry.state == State::Open {
            return Err(Refusal::NotOpen);
        }
        if self.history.last().is_some_and(|last| entry.on < last.on) {
            return Err(Refusal::BeforeLastStep);
        }
        self.state = entry.state;
        self.history.push(entry);
        Ok(self)
    }
}

/// A step that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is closed.
    NotOpen,
    /// The day lies before the last step.
    BeforeLastStep,
}

/// The deadlines of an objection made on a day, by the clocks of that day.
#[must_use]
pub fn deadlines(policy: &Policy<Clocks>, on: Day, calendar: &Calendar) -> Vec<Deadline> {
    let Some(row) = policy.at(on) else { return Vec::new() };
    let due = |rule: &str, period: Period| Deadline {
        rule: rule.to_owned(),
        rule_from: row.effective_from,
        period,
        event_on: on,
        due_on: None,
        reason: None,
    };
    [due("objection_answer", row.value.answer), due("objection_answer_at_most", row.value.at_most)]
        .map(|deadline| deadline.counted(calendar))
        .to_vec()
}

#[cfg(test)]
mod tests {
    use model::instant::parse_day;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    fn entry(state: State, on: &str) -> ObjectionEntry {
        let by = Uscc::parse("914404001000000590").unwrap();
        ObjectionEntry { state, on: day(on), recorded_at: Instant::from_micros(0), by, reasons: "示例".into(), corrected_by: None }
    }

    fn objection() -> Objection {
        Objection {
            id: "obj_1".into(),
            fact: "fct_1".into(),
            enterprise: Uscc::parse("914404001000000590").unwrap(),
            ground: ObjectionGround::Inaccurate,
            statement: "示例".into(),
            state: State::Open,
            deadlines: Vec::new(),
            history: vec![entry(State::Open, "2024-09-20")],
        }
    }

    /// Zhejiang: 5 working days, at most 20 (domain 3.7); the holidays of 2024 are those of domain 0.1.
    #[test]
    fn an_answer_is_due() {
        let due = deadlines(&policy().unwrap(), day("2024-09-20"), &Calendar::built_in());
        let days: Vec<_> = due.iter().map(|deadline| (deadline.rule.as_str(), deadline.due_on)).collect();
        assert_eq!(days, [("objection_answer", Some(day("2024-09-27"))), ("objection_answer_at_most", Some(day("2024-10-23")))]);
    }

    #[test]
    fn a_step_does_not_lie_before_the_last() {
        assert_eq!(objection().step(entry(State::Dismissed, "2024-09-19")).unwrap_err(), Refusal::BeforeLastStep);
        assert!(objection().step(entry(State::Dismissed, "2024-09-20")).is_ok());
    }

    proptest! {
        /// No sequence of steps leaves a closed objection or opens one again.
        #[test]
        fn closed_is_closed(steps in prop::collection::vec((0_usize..4, 0_u64..30), 0..8)) {
            let mut stands = objection();
            for (state, days) in steps {
                let on = day("2024-09-10").checked_add_days(chrono::Days::new(days)).unwrap();
                let next = ObjectionEntry { on, ..entry(State::ALL[state], "2024-09-20") };
                let before = stands.clone();
                match stands.clone().step(next) {
                    Ok(after) => {
                        prop_assert_eq!(before.state, State::Open);
                        prop_assert_ne!(after.state, State::Open);
                        prop_assert!(after.history.is_sorted_by_key(|entry| entry.on));
                        stands = after;
                    }
                    Err(_) => prop_assert!(before.state != State::Open || State::ALL[state] == State::Open || days < 10),
                }
                prop_assert_eq!(stands.allowed().is_empty(), stands.state != State::Open);
            }
        }
    }
}
