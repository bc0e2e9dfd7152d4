//! Which step of a challenge may follow which, and what each needs; pure. Not here: who may take it, `actions.rs`.

use model::{
    calendar::Calendar,
    fault::Fault,
    instant::{Day, Instant},
    period::Period,
    policy::{Policy, Row},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    challenge_word::rules::{ComplaintOutcome, State, Step, Subject},
    deadline::rules::{Clock, Deadline, Stay, clock, counted},
};

const CLOCKS: &str = include_str!("../../policy/challenge_clocks.json");

/// The clocks of challenges, and how long a procurement may be suspended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// The clocks.
    pub clocks: Vec<Clock>,
    /// The longest suspension.
    pub suspension: Period,
}

/// The shipped clocks by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Clocks>, Fault> {
    Policy::from_json(CLOCKS)
}

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengeEntry {
    /// The step.
    #[serde(flatten)]
    pub step: Step,
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
    /// Its words.
    pub text: String,
}

/// A time in which the procurement stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day by the notice.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
    /// The number of the notice.
    pub document_no: String,
    /// The day from which it holds no more, where it was lifted.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub lifted_on: Option<Day>,
}

impl Suspension {
    /// Whether the procurement stands still on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && day <= self.until && self.lifted_on.is_none_or(|lifted| day < lifted)
    }

    /// On how many days it held or may hold: not on that on which it was lifted.
    fn days(&self) -> i64 {
        let over = self.until.succ_opt().unwrap_or(self.until);
        let end = self.lifted_on.map_or(over, |lifted| lifted.min(over));
        end.signed_duration_since(self.from).num_days().max(0)
    }
}

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// `chl_…`.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// The lot, where it is about one.
    pub lot: Option<String>,
    /// What is challenged.
    pub subject: Subject,
    /// Who asks.
    pub supplier: Uscc,
    /// Who owes the answer.
    pub buyer: Uscc,
    /// When the supplier knew, or should have known.
    pub known_on: Day,
    /// What it asks, point by point.
    pub points: Vec<String>,
    /// Digests of what it shows, `sha256:…`.
    pub evidence: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// In which times the procurement was to stand still.
    pub suspensions: Vec<Suspension>,
    /// What was done, in order.
    pub history: Vec<ChallengeEntry>,
    /// Its clocks; kept apart.
    #[serde(skip)]
    pub deadlines: Vec<Deadline>,
}

/// A step that is not possible, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not follow on where the challenge stands.
    NotAllowed,
    /// The day lies before the last step.
    BeforeLastStep,
    /// The time for this is over since this day.
    TimeOver(Day),
    /// The buyer still has time to answer: up to this day, or to one that cannot be counted.
    AnswerAwaited(Option<Day>),
    /// The query has no point of this number; it stands at this place.
    PointUnknown(usize),
    /// The procurement may be suspended no longer than up to this day.
    SuspensionTooLong(Day),
    /// It ends before it begins.
    SuspensionEnded,
    /// The procurement stands still already.
    SuspendedAlready,
    /// The procurement does not stand still.
    NotSuspended,
    /// The clock stands still already.
    StayedAlready,
    /// The clock does not stand still.
    NotStayed,
    /// An upheld complaint says what it does to the procurement.
    EffectMissing,
    /// A dismissed one does nothing to it.
    EffectNotWanted,
    /// No policy says what holds on that day.
    NoPolicy,
}

/// What a step is judged by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The clocks.
    pub policy: &'a Policy<Clocks>,
    /// The work calendar.
    pub calendar: &'a Calendar,
}

impl By<'_> {
    fn row(&self, day: Day) -> Result<&Row<Clocks>, Refusal> {
        self.policy.at(day).ok_or(Refusal::NoPolicy)
    }

    fn clock(&self, rule: &str, day: Day) -> Result<(&Clock, Day), Refusal> {
        let row = self.row(day)?;
        Ok((clock(&row.value.clocks, rule).map_err(|_fault| Refusal::NoPolicy)?, row.effective_from))
    }

    fn counted_from(&self, rule: &str, day: Day) -> Result<Deadline, Refusal> {
        let (clock, from) = self.clock(rule, day)?;
        Ok(Deadline::from_event(clock, from, day))
    }
}

impl Challenge {
    /// Begins one: the query was made, and the buyer's clock runs.
    ///
    /// # Errors
    /// `TimeOver` when it comes too late, `NoPolicy`.
    pub fn begun(mut self, entry: ChallengeEntry, by: By<'_>) -> Result<Self, Refusal> {
        let mut query = by.counted_from("query", self.known_on)?;
        query.done_on = Some(entry.on);
        let (complaint, from) = by.clock("complaint", entry.on)?;
        let complaint = Deadline::after_clock(complaint, from, "answer");
        self.deadlines = counted(vec![query, by.counted_from("answer", entry.on)?, complaint], by.calendar);
        if let Some(due) = self.due("query").filter(|due| entry.on > *due) {
            return Err(Refusal::TimeOver(due));
        }
        self.state = State::Queried;
        self.history.push(ChallengeEntry { state: State::Queried, ..entry });
        Ok(self)
    }

    /// The last day of a clock, if it is known.
    #[must_use]
    pub fn due(&self, rule: &str) -> Option<Day> {
        self.deadlines.iter().find(|deadline| deadline.rule == rule).and_then(|deadline| deadline.due_on)
    }

    /// Whether it makes the procurement stand still on a day.
    #[must_use]
    pub fn suspends_on(&self, day: Day) -> bool {
        self.suspensions.iter().any(|suspension| suspension.holds_on(day))
    }

    /// The challenge after a step.
    ///
    /// # Errors
    /// What the step lacks.
    pub fn step(mut self, entry: ChallengeEntry, by: By<'_>) -> Result<Self, Refusal> {
        if !self.state.allowed().contains(&entry.step.act()) {
            return Err(Refusal::NotAllowed);
        }
        let on = entry.on;
        if self.history.last().is_some_and(|last| on < last.on) {
            return Err(Refusal::BeforeLastStep);
        }
        let next = match &entry.step {
            Step::Query => return Err(Refusal::NotAllowed),
            Step::Answer { .. } => State::Answered,
            Step::Complain { points } => self.complained(points, on, by)?,
            Step::Accept => State::Accepted,
            Step::Reject { .. } => State::Rejected,
            Step::Stay { .. } => self.stayed(on)?,
            Step::Resume => self.resumed(on)?,
            Step::Suspend { until, document_no } => self.suspended((on, *until), document_no, by)?,
            Step::Lift => self.lifted(on)?,
            Step::Decide { outcome, effect, .. } => match (outcome, effect) {
                (ComplaintOutcome::Upheld, None) => return Err(Refusal::EffectMissing),
                (ComplaintOutcome::Dismissed, Some(_)) => return Err(Refusal::EffectNotWanted),
                _ => State::Decided,
            },
            Step::Withdraw => State::Withdrawn,
        };
        self.close_clocks(&entry.step, next, on);
        self.deadlines = counted(self.deadlines, by.calendar);
        self.state = next;
        self.history.push(ChallengeEntry { state: next, ..entry });
        Ok(self)
    }

    /// A complaint follows on an answer, or on the time in which there was none, and keeps to what was asked.
    fn complained(&mut self, points: &[u32], on: Day, by: By<'_>) -> Result<State, Refusal> {
        let unknown = |number: &u32| usize::try_from(*number).map_or(true, |number| number == 0 || number > self.points.len());
        if let Some(place) = points.iter().position(unknown) {
            return Err(Refusal::PointUnknown(place));
        }
        let answer_due = self.due("answer");
        if self.state == State::Queried && answer_due.is_none_or(|due| on <= due) {
            return Err(Refusal::AnswerAwaited(answer_due));
        }
        if let Some(due) = self.due("complaint").filter(|due| on > *due) {
            return Err(Refusal::TimeOver(due));
        }
        self.deadlines.push(by.counted_from("acceptance", on)?);
        self.deadlines.push(by.counted_from("decision", on)?);
        Ok(State::Complained)
    }

    fn decision(&mut self) -> Option<&mut Deadline> {
        self.deadlines.iter_mut().find(|deadline| deadline.rule == "decision")
    }

    fn stayed(&mut self, on: Day) -> Result<State, Refusal> {
        let state = self.state;
        let clock = self.decision().ok_or(Refusal::NotAllowed)?;
        // A stay may begin again only after the day on which the one before ended, so that no day is left out twice.
        if clock.stays.iter().any(|stay| stay.to.is_none_or(|last| on <= last)) {
            return Err(Refusal::StayedAlready);
        }
        clock.stays.push(Stay { from: on, to: None });
        Ok(state)
    }

    fn resumed(&mut self, on: Day) -> Result<State, Refusal> {
        let state = self.state;
        let clock = self.decision().ok_or(Refusal::NotAllowed)?;
        let stay = clock.stays.iter_mut().find(|stay| stay.to.is_none()).ok_or(Refusal::NotStayed)?;
        stay.to = Some(on);
        Ok(state)
    }

    /// All suspensions of one challenge together last no longer than one may.
    fn suspended(&mut self, (from, until): (Day, Day), document_no: &str, by: By<'_>) -> Result<State, Refusal> {
        if until < from {
            return Err(Refusal::SuspensionEnded);
        }
        if self.suspensions.iter().any(|suspension| suspension.holds_on(from)) {
            return Err(Refusal::SuspendedAlready);
        }
        let used: i64 = self.suspensions.iter().map(Suspension::days).sum();
        let most = by.row(from)?.value.suspension.due(from, by.calendar).due_on.ok_or(Refusal::NoPolicy)?;
        let most = most.checked_sub_signed(chrono::TimeDelta::days(used)).unwrap_or(from);
        if until > most {
            return Err(Refusal::SuspensionTooLong(most));
        }
        self.suspensions.push(Suspension { from, until, document_no: document_no.to_owned(), lifted_on: None });
        Ok(self.state)
    }

    fn lifted(&mut self, on: Day) -> Result<State, Refusal> {
        let state = self.state;
        let running = self.suspensions.iter_mut().find(|suspension| suspension.holds_on(on)).ok_or(Refusal::NotSuspended)?;
        running.lifted_on = Some(on);
        Ok(state)
    }

    /// Ends what a step ends: the duty it does, and with the challenge every clock, stay and suspension.
    fn close_clocks(&mut self, step: &Step, next: State, on: Day) {
        let done: &[&str] = match step {
            Step::Answer { .. } => &["answer"],
            Step::Complain { .. } => &["complaint"],
            Step::Accept => &["acceptance"],
            _ => &[],
        };
        for deadline in self.deadlines.iter_mut().filter(|deadline| deadline.done_on.is_none()) {
            if next.is_closed() || done.contains(&deadline.rule.as_str()) {
                deadline.done_on = Some(on);
            }
        }
        if next.is_closed() {
            for stay in self.deadlines.iter_mut().flat_map(|deadline| &mut deadline.stays) {
                stay.to.get_or_insert(on);
            }
            for suspension in self.suspensions.iter_mut().filter(|suspension| suspension.holds_on(on)) {
                suspension.lifted_on = Some(on);
            }
        }
    }
}
