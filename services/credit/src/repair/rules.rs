//! The states of an application for repair; pure. Not here: its conditions, `eligibility`; the mark on the fact, `mark`.

use model::{
    calendar::Calendar,
    instant::{Day, Instant},
    period::Period,
    policy::Row,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    deadline::rules::Deadline,
    eligibility::rules::{Basis, ConditionCode, Regime},
    proceeding::rules::{Head, Proceeding},
};

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RepairState)]
pub enum State {
    /// It was made.
    Applied,
    /// The authority deals with it.
    Accepted,
    /// Something is missing; another may be made.
    Returned,
    /// The fact is repaired, or masked.
    Granted,
    /// The reorganisation was performed: what was masked is repaired for good.
    Confirmed,
    /// Refused with reasons.
    Refused,
    /// The enterprise withdrew it.
    Withdrawn,
    /// The repair was got by false material and is undone.
    Revoked,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] =
        [Self::Applied, Self::Accepted, Self::Returned, Self::Granted, Self::Confirmed, Self::Refused, Self::Withdrawn, Self::Revoked];

    /// Those in which it is neither decided nor closed.
    pub const OPEN: [Self; 2] = [Self::Applied, Self::Accepted];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Granted => "granted",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
        }
    }

    /// The states that may follow.
    #[must_use]
    pub const fn next(self, basis: Basis) -> &'static [Self] {
        match (self, basis) {
            (Self::Applied, _) => &[Self::Accepted, Self::Returned, Self::Withdrawn],
            (Self::Accepted, _) => &[Self::Granted, Self::Refused, Self::Withdrawn],
            (Self::Granted, Basis::Ordinary) | (Self::Confirmed, _) => &[Self::Revoked],
            (Self::Granted, Basis::Reorganisation) => &[Self::Confirmed, Self::Revoked],
            (Self::Returned | Self::Refused | Self::Withdrawn | Self::Revoked, _) => &[],
        }
    }
}

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairEntry {
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
    /// What the authority has verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verified: Vec<ConditionCode>,
}

/// An application for repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// `rep_…`.
    pub id: String,
    /// The fact as it stood then.
    pub fact: String,
    /// Whose.
    pub enterprise: Uscc,
    /// On what it rests.
    pub basis: Basis,
    /// The public commitment of the enterprise.
    pub commitment: String,
    /// Where it stands.
    pub state: State,
    /// When the next step is due.
    pub deadlines: Vec<Deadline>,
    /// What was done, in order.
    pub history: Vec<RepairEntry>,
}

impl Proceeding for Repair {
    const KIND: &'static str = "repair";

    fn head(&self) -> Head<'_> {
        Head { id: &self.id, fact: &self.fact, enterprise: &self.enterprise, state: self.state.as_str() }
    }
}

/// A step that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not allow it.
    NotAllowed,
    /// The day lies before the last step.
    BeforeLastStep,
}

impl Repair {
    /// The application after a step; an acceptance starts the clock of the decision.
    ///
    /// # Errors
    /// The broken rule.
    pub fn step(mut self, entry: RepairEntry, row: Option<&Row<Regime>>, calendar: &Calendar) -> Result<Self, Refusal> {
        if !self.state.next(self.basis).contains(&entry.state) {
            return Err(Refusal::NotAllowed);
        }
        if self.history.last().is_some_and(|last| entry.on < last.on) {
            return Err(Refusal::BeforeLastStep);
        }
        if let (State::Accepted, Some(row)) = (entry.state, row) {
            self.deadlines.push(due("repair_decision", row, row.value.decide, entry.on, calendar));
        }
        self.state = entry.state;
        self.history.push(entry);
        Ok(self)
    }

    /// The words of the steps that may follow.
    #[must_use]
    pub fn allowed(&self) -> Vec<&'static str> {
        self.state.next(self.basis).iter().map(|state| state.as_str()).collect()
    }
}

/// A deadline by a row of the policy.
#[must_use]
pub fn due(rule: &str, row: &Row<Regime>, period: Period, on: Day, calendar: &Calendar) -> Deadline {
    let open = Deadline { rule: rule.to_owned(), rule_from: row.effective_from, period, event_on: on, due_on: None, reason: None };
    open.counted(calendar)
}
