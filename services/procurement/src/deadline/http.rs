//! A clock as it is shown. Not here: how it is counted, `rules.rs`.

use model::instant::Day;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{Deadline, DeadlineState, Party, Stay, Waiting};

/// A clock of law.
#[derive(Serialize, ToSchema)]
#[schema(as = LegalDeadline)]
pub struct DeadlineView {
    /// The clock.
    #[schema(example = "answer")]
    rule: String,
    /// The version of its policy: the day from which it holds.
    #[schema(value_type = String, format = Date)]
    rule_from: Day,
    /// Whose duty it is; of the supplier it is a right.
    of: Party,
    /// The day of the event, which is not counted.
    #[schema(value_type = Option<String>, format = Date)]
    event_on: Option<Day>,
    /// The last day; `null` while it cannot be counted.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// Why it cannot be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Waiting>,
    /// Days that do not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stays: Vec<Stay>,
    /// When it was done.
    #[schema(value_type = Option<String>, format = Date)]
    done_on: Option<Day>,
    /// How it stands today.
    state: DeadlineState,
}

impl DeadlineView {
    /// A clock as it stands on a day.
    #[must_use]
    pub fn on(deadline: &Deadline, today: Day) -> Self {
        let state = deadline.state(today);
        let Deadline { rule, rule_from, of, event_on, due_on, waiting, stays, done_on, .. } = deadline.clone();
        Self { rule, rule_from, of, event_on, due_on, waiting, stays, done_on, state }
    }
}
