//! How a clock is counted: from an event or from the end of another clock, without the days on which it was stayed; pure. Not here: how a period is
//! counted, `model::period`.

use model::{
    calendar::Calendar,
    fault::Fault,
    instant::Day,
    period::{DueReason, Period},
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who has to act, or may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The supplier: a right that ends, no duty.
    Supplier,
    /// The buyer.
    Buyer,
    /// The authority.
    Authority,
}

/// A clock of a policy row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its stable name.
    pub rule: String,
    /// Whose it is.
    pub of: Party,
    /// How long.
    pub period: Period,
    /// What must be done.
    pub text: Text,
}

/// Days that do not count, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day; none while it runs.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

impl Stay {
    fn covers(self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// Why a due day is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// The calendar of a year is not published or not loaded yet.
    CalendarMissing,
    /// The period ends after the year 2200.
    PeriodTooLong,
    /// The clock stands still.
    Stayed,
    /// The clock that it follows has no end yet.
    EventOpen,
}

impl From<DueReason> for Waiting {
    fn from(reason: DueReason) -> Self {
        match reason {
            DueReason::CalendarMissing => Self::CalendarMissing,
            DueReason::PeriodTooLong => Self::PeriodTooLong,
        }
    }
}

/// A clock that runs, or has run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The rule.
    pub rule: String,
    /// Its version: the day from which that version holds.
    pub rule_from: Day,
    /// Whose it is.
    pub of: Party,
    /// The period that is counted.
    pub period: Period,
    /// The clock whose end starts this one, where it is not an event of its own.
    #[serde(default)]
    pub after: Option<String>,
    /// The day of the event, which is not counted (Civil Code 201); none while it is not known.
    pub event_on: Option<Day>,
    /// Days that do not count.
    #[serde(default)]
    pub stays: Vec<Stay>,
    /// The last day.
    pub due_on: Option<Day>,
    /// Why it is not known.
    pub waiting: Option<Waiting>,
    /// When it was done.
    #[serde(default)]
    pub done_on: Option<Day>,
}

/// How a clock stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineState {
    /// It runs.
    Running,
    /// It cannot be counted yet.
    Waiting,
    /// Done in time; or done, and it is not known whether in time.
    Kept,
    /// Done after the last day.
    Late,
    /// Not done, and the last day is over.
    Overdue,
}

impl Deadline {
    /// A clock that an event on a day starts.
    #[must_use]
    pub fn from_event(clock: &Clock, rule_from: Day, event_on: Day) -> Self {
        Self {
            rule: clock.rule.clone(),
            rule_from,
            of: clock.of,
            period: clock.period,
            after: None,
            event_on: Some(event_on),
            stays: Vec::new(),
            due_on: None,
            waiting: None,
            done_on: None,
        }
    }

    /// A clock that the end of another starts.
    #[must_use]
    pub fn after_clock(clock: &Clock, rule_from: Day, after: &str) -> Self {
        Self { after: Some(after.to_owned()), event_on: None, ..Self::from_event(clock, rule_from, Day::MIN) }
    }

    /// How it stands on a day.
    #[must_use]
    pub fn state(&self, today: Day) -> DeadlineState {
        match (self.done_on, self.due_on) {
            (Some(done), Some(due)) if done > due => DeadlineState::Late,
            (Some(_), _) => DeadlineState::Kept,
            (None, Some(due)) if today > due => DeadlineState::Overdue,
            (None, Some(_)) => DeadlineState::Running,
            (None, None) => DeadlineState::Waiting,
        }
    }

    /// Whether it is a duty that nobody has done yet.
    #[must_use]
    pub fn is_open_duty(&self) -> bool {
        self.of != Party::Supplier && self.done_on.is_none()
    }

    fn counted(mut self, event_on: Option<Day>, calendar: &Calendar) -> Self {
        self.event_on = event_on;
        let due = match event_on {
            None => Err(Waiting::EventOpen),
            Some(_) if self.stays.iter().any(|stay| stay.to.is_none()) && self.done_on.is_none() => Err(Waiting::Stayed),
            Some(event) if self.stays.is_empty() => {
                let due = self.period.due(event, calendar);
                due.due_on.ok_or_else(|| due.reason.map_or(Waiting::CalendarMissing, Waiting::from))
            }
            Some(event) => self.without_stays(event, calendar),
        };
        (self.due_on, self.waiting) = due.map_or_else(|why| (None, Some(why)), |day| (Some(day), None));
        self
    }

    /// The last day where some do not count: unit by unit, for clocks of working days and of days.
    fn without_stays(&self, event: Day, calendar: &Calendar) -> Result<Day, Waiting> {
        let one = Period::new(1, self.period.unit, false);
        let (mut day, mut left) = (event, self.period.length);
        while left > 0 {
            let due = one.due(day, calendar);
            day = due.due_on.ok_or_else(|| due.reason.map_or(Waiting::CalendarMissing, Waiting::from))?;
            if !self.stays.iter().any(|stay| stay.covers(day)) {
                left = left.saturating_sub(1);
            }
        }
        Ok(day)
    }
}

/// All clocks of one matter, counted: one that follows another after it.
#[must_use]
pub fn counted(deadlines: Vec<Deadline>, calendar: &Calendar) -> Vec<Deadline> {
    let mut done: Vec<Deadline> = Vec::with_capacity(deadlines.len());
    for deadline in deadlines {
        let event = match &deadline.after {
            None => deadline.event_on,
            Some(rule) => done.iter().find(|before| before.rule == *rule).and_then(|before| before.due_on),
        };
        done.push(deadline.counted(event, calendar));
    }
    done
}

/// The clock of this name.
///
/// # Errors
/// `policy_invalid`: the shipped policies have all that are asked for; a test keeps it so.
pub fn clock<'a>(clocks: &'a [Clock], rule: &str) -> Result<&'a Clock, Fault> {
    let missing = || Fault::new("policy_invalid", format!("政策缺少时限 {rule}。"), format!("The policy has no clock {rule}."));
    clocks.iter().find(|clock| clock.rule == rule).ok_or_else(missing)
}
