//! Which step of a case may follow which, what each lacks, and its clocks; pure. Not here: who may take it, `actions.rs`.

use model::{
    calendar::Calendar,
    fault::{Fault, FieldFault},
    instant::{Day, Instant},
    period::{Due, Period},
    policy::Policy,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const CLOCKS: &str = include_str!("../../policy/supervision_clocks.json");

/// How long each thing may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Whether a complaint is taken, from its receipt.
    pub acceptance: Period,
    /// What is found, from its acceptance.
    pub finding: Period,
    /// The longest time for a correction, from the order.
    pub correction: Period,
    /// Whether it was corrected, from what the association sent.
    pub confirmation: Period,
}

/// The shipped clocks by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Clocks>, Fault> {
    Policy::from_json(CLOCKS)
}

/// What is complained of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SupervisionGround)]
pub enum Ground {
    /// A requirement is lower than a mandatory standard (Standardization Law 21).
    BelowMandatory,
    /// It keeps others from the market or otherwise breaks the principles of the law.
    AgainstPrinciples,
    /// It came about in another way than the rules say.
    Procedure,
    /// Its number is not made by the rules.
    Numbering,
    /// It uses another's text or rights.
    Rights,
    /// Something else, in words.
    Other,
}

/// What an authority found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SupervisionBreach)]
pub enum Breach {
    /// Against the principles of making standards: without correction it is abolished (Law 39).
    Principles,
    /// Numbered against the rules: without correction the number is revoked (Law 42).
    Numbering,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SupervisionState)]
pub enum State {
    /// A complaint came in.
    Received,
    /// It is being looked into.
    Accepted,
    /// The complaint is not taken.
    Rejected,
    /// Nothing was found.
    Dismissed,
    /// 责令限期改正.
    CorrectionOrdered,
    /// The association says that it is corrected; nothing ends because nobody looked.
    CorrectionClaimed,
    /// The authority found it corrected.
    Corrected,
    /// 废止.
    Abolished,
    /// 撤销编号.
    NumberRevoked,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::Accepted,
        Self::Rejected,
        Self::Dismissed,
        Self::CorrectionOrdered,
        Self::CorrectionClaimed,
        Self::Corrected,
        Self::Abolished,
        Self::NumberRevoked,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Dismissed => "dismissed",
            Self::CorrectionOrdered => "correction_ordered",
            Self::CorrectionClaimed => "correction_claimed",
            Self::Corrected => "corrected",
            Self::Abolished => "abolished",
            Self::NumberRevoked => "number_revoked",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Received => &["accept", "reject"],
            Self::Accepted => &["dismiss", "order_correction"],
            Self::CorrectionOrdered => &["claim_correction", "abolish", "revoke_number"],
            Self::CorrectionClaimed => &["confirm_correction", "return_correction"],
            Self::Rejected | Self::Dismissed | Self::Corrected | Self::Abolished | Self::NumberRevoked => &[],
        }
    }

    /// Whether everybody is told.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Abolished | Self::NumberRevoked)
    }

    /// Whether it concerns the association by now.
    #[must_use]
    pub const fn concerns_association(self) -> bool {
        !matches!(self, Self::Received | Self::Rejected)
    }
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = SupervisionStep)]
#[expect(missing_docs, reason = "the fields are those of the requests, and are described there")]
pub enum Step {
    /// Somebody complains.
    Complain,
    /// The authority begins by itself.
    Begin,
    /// The complaint is taken.
    Accept,
    /// The complaint is not taken.
    Reject,
    /// Nothing was found.
    Dismiss,
    /// A correction is ordered.
    OrderCorrection {
        breach: Breach,
        #[schema(value_type = String, format = Date)]
        due_on: Day,
        document_no: String,
    },
    /// The association says that it is corrected.
    ClaimCorrection { evidence_digest: String },
    /// It is not corrected yet.
    ReturnCorrection,
    /// It is corrected.
    ConfirmCorrection,
    /// The standard is abolished.
    Abolish { document_no: String },
    /// The number is revoked.
    RevokeNumber { document_no: String },
}

impl Step {
    /// The word of the step.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Complain => "complain",
            Self::Begin => "begin",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Dismiss => "dismiss",
            Self::OrderCorrection { .. } => "order_correction",
            Self::ClaimCorrection { .. } => "claim_correction",
            Self::ReturnCorrection => "return_correction",
            Self::ConfirmCorrection => "confirm_correction",
            Self::Abolish { .. } => "abolish",
            Self::RevokeNumber { .. } => "revoke_number",
        }
    }
}

/// What was done, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SupervisionEntry)]
pub struct Entry {
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
    /// Its words.
    pub text: String,
}

/// A duty with a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// `acceptance`, `finding`, `correction` or `confirmation`.
    pub rule: String,
    /// The day of the event, which is not counted (Civil Code 201).
    pub event_on: Day,
    /// The last day; none where the calendar of that year is not known yet.
    pub due_on: Option<Day>,
    /// When it was done.
    pub done_on: Option<Day>,
}

impl Clock {
    /// Whether it was not done in time, on a day.
    #[must_use]
    pub fn is_overdue(&self, day: Day) -> bool {
        self.due_on.is_some_and(|due| self.done_on.unwrap_or(day) > due)
    }
}

/// A case about a number of a group standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// `spv_…`.
    pub id: String,
    /// The number.
    pub number: String,
    /// Its association, where that is registered.
    pub association: Option<Uscc>,
    /// Who complained; nobody where the authority began by itself or recorded what came without a name.
    pub complainant: Option<Uscc>,
    /// What is complained of.
    pub ground: Ground,
    /// Digests of what was shown, `sha256:…`.
    pub evidence: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// What was found.
    pub breach: Option<Breach>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
    /// What was done, in order.
    pub history: Vec<Entry>,
}

/// A step that is not possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not follow on where the case stands.
    NotAllowed,
    /// It lacks all of these.
    Lacks(Vec<FieldFault>),
}

/// What a step is judged by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// How long each thing may take.
    pub clocks: &'a Clocks,
    /// The work calendar.
    pub calendar: &'a Calendar,
}

impl Case {
    /// Begins one, with a complaint or by the authority itself.
    #[must_use]
    pub fn begun(mut self, entry: Entry, by: By<'_>) -> Self {
        let is_complaint = entry.step == Step::Complain;
        let (rule, period) = if is_complaint { ("acceptance", by.clocks.acceptance) } else { ("finding", by.clocks.finding) };
        self.start(rule, entry.on, period.due(entry.on, by.calendar));
        self.state = if is_complaint { State::Received } else { State::Accepted };
        self.history.push(Entry { state: self.state, ..entry });
        self
    }

    /// The earliest day by which somebody has to act; of a closed case none.
    #[must_use]
    pub fn next_due_on(&self) -> Option<Day> {
        let is_open = !self.state.allowed().is_empty();
        self.clocks.iter().filter(|clock| is_open && clock.done_on.is_none()).filter_map(|clock| clock.due_on).min()
    }

    /// By when the correction is due.
    #[must_use]
    pub fn correction_due_on(&self) -> Option<Day> {
        self.clocks.iter().find(|clock| clock.rule == "correction").and_then(|clock| clock.due_on)
    }

    fn start(&mut self, rule: &str, event_on: Day, due: Due) {
        self.clocks.push(Clock { rule: rule.to_owned(), event_on, due_on: due.due_on, done_on: None });
    }

    fn stop(&mut self, rules: &[&str], on: Day) {
        for clock in self.clocks.iter_mut().filter(|clock| clock.done_on.is_none() && rules.contains(&clock.rule.as_str())) {
            clock.done_on = Some(on);
        }
    }

    /// The case after a step.
    ///
    /// # Errors
    /// Everything that the step lacks.
    pub fn step(mut self, entry: Entry, by: By<'_>) -> Result<Self, Refusal> {
        if !self.state.allowed().contains(&entry.step.act()) {
            return Err(Refusal::NotAllowed);
        }
        let (on, lacks) = (entry.on, self.lacks(&entry.step, entry.on, by));
        if !lacks.is_empty() {
            return Err(Refusal::Lacks(lacks));
        }
        let next = match &entry.step {
            Step::Complain | Step::Begin => return Err(Refusal::NotAllowed),
            Step::Accept => State::Accepted,
            Step::Reject => State::Rejected,
            Step::Dismiss => State::Dismissed,
            Step::OrderCorrection { breach, due_on, .. } => {
                self.breach = Some(*breach);
                self.start("correction", on, Due { due_on: Some(*due_on), reason: None });
                State::CorrectionOrdered
            }
            Step::ClaimCorrection { .. } => State::CorrectionClaimed,
            Step::ReturnCorrection => {
                self.clocks.iter_mut().filter(|clock| clock.rule == "correction").for_each(|clock| clock.done_on = None);
                State::CorrectionOrdered
            }
            Step::ConfirmCorrection => State::Corrected,
            Step::Abolish { .. } => State::Abolished,
            Step::RevokeNumber { .. } => State::NumberRevoked,
        };
        self.stop(&["acceptance", "finding", "confirmation"], on);
        match next {
            State::Accepted => self.start("finding", on, by.clocks.finding.due(on, by.calendar)),
            State::CorrectionClaimed => {
                self.stop(&["correction"], on);
                self.start("confirmation", on, by.clocks.confirmation.due(on, by.calendar));
            }
            _ => {}
        }
        self.state = next;
        self.history.push(Entry { state: next, ..entry });
        Ok(self)
    }

    fn lacks(&self, step: &Step, on: Day, by: By<'_>) -> Vec<FieldFault> {
        let mut lacks = Vec::new();
        if self.history.last().is_some_and(|last| on < last.on) {
            lacks.push(FieldFault::rule("/on", "date_order", "日期早于上一步。", "The day lies before the step before."));
        }
        match step {
            Step::OrderCorrection { due_on, .. } => {
                let most = by.clocks.correction.due(on, by.calendar).due_on.unwrap_or(on);
                if *due_on <= on || *due_on > most {
                    let (zh, en) =
                        (format!("改正期限应在 {on} 之后、{most} 之前。"), format!("A correction is due after {on} and up to {most}."));
                    lacks.push(FieldFault::rule("/due_on", "correction_period", zh, en));
                }
            }
            Step::Abolish { .. } => lacks.extend(self.end_faults(Breach::Principles, on)),
            Step::RevokeNumber { .. } => lacks.extend(self.end_faults(Breach::Numbering, on)),
            _ => {}
        }
        lacks
    }

    /// A standard ends by an authority when the time for its correction is over, and by what was found.
    fn end_faults(&self, breach: Breach, on: Day) -> Vec<FieldFault> {
        let mut lacks = Vec::new();
        if self.breach != Some(breach) {
            let en = "What breaks the principles is abolished (Law 39); what is wrongly numbered loses its number (Law 42).";
            lacks.push(FieldFault::rule("", "breach_differs", "违反制定原则的废止标准，编号违规的撤销编号。", en));
        }
        if let Some(due_on) = self.correction_due_on().filter(|due| on <= *due) {
            let (zh, en) = (format!("改正期限至 {due_on} 届满。"), format!("The time for the correction runs until {due_on}."));
            lacks.push(FieldFault::rule("/on", "correction_open", zh, en));
        }
        lacks
    }
}
