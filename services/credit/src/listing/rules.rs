//! Whether a listing may take a step on a day, and what it is then. Not here: what must be shown for it, `listing_condition`; keeping it, `store.rs`.

use contracts::credit::{ListKind, ListingState};
use model::{
    calendar::Calendar,
    instant::Day,
    period::{Due, DueReason},
    text::Text,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::listing_policy::rules::{Level, OnePer, Regime, Since, Step, Transition};

/// A listing and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `lst_…`.
    pub id: String,
    /// On which list.
    pub list: ListKind,
    /// Whom it is about.
    pub enterprise: Uscc,
    /// The deciding authority, as it writes itself.
    pub authority: String,
    /// How high it stands.
    pub level: Level,
    /// The organisation that proposed it to the platform.
    pub organisation: Uscc,
    /// Code of the ground.
    pub ground: String,
    /// The year of the report that is missing.
    pub year: Option<i32>,
    /// What beside the heavier penalty was found.
    pub circumstances: Vec<String>,
    /// The facts it rests on.
    pub fact_ids: Vec<String>,
    /// Which version of the table of steps it follows: the day from which that holds.
    pub rule_from: Day,
    /// What was done, in order; the first is the proposal.
    pub history: Vec<Done>,
    /// When it stands on the list.
    pub span: Option<Span>,
    /// The fact behind it, as first recorded.
    pub fact: Option<String>,
    /// Counted from 1; also the `ETag`.
    pub version: i64,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What was done.
    pub step: Step,
    /// On which day.
    pub on: Day,
    /// Where it led.
    pub state: ListingState,
    /// The number of the document.
    pub document_no: Option<String>,
    /// What was said.
    pub statement: Option<String>,
    /// Why it was removed.
    pub reason: Option<String>,
    /// Who consented.
    pub authority: Option<String>,
    /// The organisation that entered it.
    pub organisation: String,
}

/// Why a listing is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// Before its time, with every condition met (SAMR Order 44).
    Early,
    /// Its ground went: the report is there, the entry is corrected, contact is restored.
    GroundGone,
    /// It should never have stood: the decision or what it rests on was quashed.
    Quashed,
    /// At the wish of the enterprise, or because the authority finds that it no longer fits.
    Withdrawn,
    /// By a credit repair.
    Repaired,
    /// By itself, because something adverse came up.
    NewAdverseFact,
}

impl RemovalReason {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::GroundGone => "ground_gone",
            Self::Quashed => "quashed",
            Self::Withdrawn => "withdrawn",
            Self::Repaired => "repaired",
            Self::NewAdverseFact => "new_adverse_fact",
        }
    }

    /// Whether an authority may give it for a removal from this list; repairs and new adverse facts come from elsewhere.
    #[must_use]
    pub const fn fits(self, list: ListKind) -> bool {
        match self {
            Self::Early => matches!(list, ListKind::SeriousViolation),
            Self::GroundGone => matches!(list, ListKind::AbnormalOperation),
            Self::Withdrawn => matches!(list, ListKind::Trustworthy),
            Self::Quashed => true,
            Self::Repaired | Self::NewAdverseFact => false,
        }
    }
}

/// First and last day on the list, both inclusive; the last is open until it is removed or for lists without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The day of publication.
    pub from: Day,
    /// The last day.
    pub to: Option<Day>,
}

impl Span {
    /// Whether two stays share a day.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        other.to.is_none_or(|last| self.from <= last) && self.to.is_none_or(|last| other.from <= last)
    }
}

/// Why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not from this state, or not at this level.
    Illegal {
        /// What could be done instead.
        allowed: Vec<Step>,
    },
    /// The day has not come.
    InFuture,
    /// The day lies before the step before.
    BeforeLast {
        /// The day of the step before.
        last: Day,
    },
    /// Something has not run yet.
    TooEarly {
        /// What.
        text: Text,
        /// The first day on which the step can be taken.
        from: Day,
    },
    /// It cannot be counted when that is.
    Uncounted {
        /// Why.
        reason: DueReason,
    },
}

impl Case {
    /// The state at the end of a day, time included; `None` before the proposal.
    #[must_use]
    pub fn state_on(&self, day: Day) -> Option<ListingState> {
        let state = self.history.iter().rev().find(|done| done.on <= day)?.state;
        let over = state == ListingState::Published && self.span.and_then(|span| span.to).is_some_and(|last| last < day);
        Some(if over { ListingState::Expired } else { state })
    }

    /// The state after the last step, whatever time has done since.
    #[must_use]
    pub fn stored_state(&self) -> ListingState {
        self.history.last().map_or(ListingState::Proposed, |done| done.state)
    }

    /// The day of the last step of a kind.
    #[must_use]
    pub fn day_of(&self, step: Step) -> Option<Day> {
        self.history.iter().rev().find(|done| done.step == step).map(|done| done.on)
    }

    /// The day of the last step.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        self.history.last().map(|done| done.on)
    }

    /// Whether another listing would be the same entry a second time.
    #[must_use]
    pub fn shares_place(&self, other: &Self, one_per: OnePer) -> bool {
        self.enterprise == other.enterprise
            && self.list == other.list
            && match one_per {
                OnePer::List => true,
                OnePer::Ground => self.ground == other.ground && self.year == other.year,
            }
    }

    /// Whether it stands in the way of a new proposal on a day: it is still open, or it is on the list on that day or later.
    #[must_use]
    pub fn blocks(&self, on: Day) -> bool {
        match (self.stored_state(), self.span) {
            (ListingState::Declined, _) => false,
            (_, Some(span)) => span.to.is_none_or(|last| on <= last),
            (_, None) => true,
        }
    }
}

fn transition(regime: &Regime, state: ListingState, level: Level, step: Step) -> Option<&Transition> {
    let open = |row: &&Transition| row.step == step && row.from.contains(&state) && (row.levels.is_empty() || row.levels.contains(&level));
    regime.steps.iter().find(open)
}

/// What can be done from a state.
#[must_use]
pub fn allowed(regime: &Regime, state: ListingState, level: Level) -> Vec<Step> {
    Step::ALL.into_iter().filter(|step| transition(regime, state, level, *step).is_some()).collect()
}

/// Where a step leads, if it may be taken on this day; what must be shown for it is asked apart.
///
/// # Errors
/// Why it may not be taken.
pub fn take(regime: &Regime, case: &Case, step: Step, on: Day, today: Day, calendar: &Calendar) -> Result<ListingState, Refusal> {
    // Time alone may have ended it by that day.
    let last = case.last_day().unwrap_or(on);
    let state = case.state_on(on.max(last)).unwrap_or(ListingState::Proposed);
    let Some(row) = transition(regime, state, case.level, step) else {
        // Not to list is taken by the same verb: it is no way on for whoever was just refused a listing.
        let is_way_on = |other: &Step| (step, *other) != (Step::Decide, Step::Decline);
        return Err(Refusal::Illegal { allowed: allowed(regime, state, case.level).into_iter().filter(is_way_on).collect() });
    };
    if on > today {
        return Err(Refusal::InFuture);
    }
    if on < last {
        return Err(Refusal::BeforeLast { last });
    }
    let waits = regime.waits.iter().filter(|wait| wait.before.contains(&step));
    let waits = waits.filter(|wait| wait.unless.is_none_or(|lifting| case.day_of(lifting).is_none()));
    for wait in waits {
        let Some(begun) = case.day_of(wait.after) else { continue };
        let Due { due_on, reason } = wait.period.due(begun, calendar);
        match (due_on, reason) {
            (Some(due), _) if on <= due => {
                return Err(Refusal::TooEarly { text: wait.text.clone(), from: due.succ_opt().unwrap_or(due) });
            }
            (None, reason) => return Err(Refusal::Uncounted { reason: reason.unwrap_or(DueReason::CalendarMissing) }),
            _ => {}
        }
    }
    Ok(row.to)
}

/// Whether a proposal may be dated so.
///
/// # Errors
/// `InFuture`.
pub fn propose(on: Day, today: Day) -> Result<ListingState, Refusal> {
    if on > today { Err(Refusal::InFuture) } else { Ok(ListingState::Proposed) }
}

/// When a listing published on a day stands on the list; a restriction that runs longer lengthens it where the regime says so.
#[must_use]
pub fn span(regime: &Regime, from: Day, bans: &[Day], calendar: &Calendar) -> Span {
    let Some(stay) = &regime.stays else { return Span { from, to: None } };
    let own = stay.period.due(from, calendar).due_on;
    let longest = bans.iter().copied().max().filter(|_| stay.extended_by_ban);
    Span { from, to: own.map(|own| longest.map_or(own, |ban| ban.max(own))) }
}

/// What is due next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// What.
    pub step: Step,
    /// The day from which it is counted.
    pub event_on: Day,
    /// The last day, or why it cannot be counted.
    pub due: Due,
    /// The same for people.
    pub text: Text,
}

/// What is due from here, if anything is; `ground_gone` is the day on which the ground went.
#[must_use]
pub fn next_due(regime: &Regime, case: &Case, state: ListingState, ground_gone: Option<Day>, calendar: &Calendar) -> Option<Next> {
    let found = regime.due.iter().find_map(|rule| {
        let event_on = match rule.after {
            Since::Decide => case.day_of(Step::Decide).filter(|_| state == ListingState::Decided),
            Since::GroundGone => ground_gone.filter(|_| state == ListingState::Published),
        };
        event_on.map(|event_on| (rule, event_on))
    });
    found.map(|(rule, event_on)| Next { step: rule.step, event_on, due: rule.period.due(event_on, calendar), text: rule.text.clone() })
}
