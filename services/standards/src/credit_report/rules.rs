//! What is sent to credit for the outcome of a check, and when it is tried again; pure. Not here: sending, `actions.rs`.

use contracts::credit::{CheckResult, FactSource, StandardConformity};
use model::{calendar::Calendar, instant::Day, period::Period};
use serde::Serialize;

use crate::declaration_check::rules::{Check, CheckOutcome, CheckState};

/// The service that keeps the integrity file.
pub const CREDIT: &str = "credit";

/// The longest pause between two tries: one hour.
const LONGEST_S: i64 = 3_600;
/// Reasons are shorter in credit.
const REASON_MAX: usize = 500;

/// Whether credit knows an outcome as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportState {
    /// Not yet.
    Pending,
    /// It does.
    Acknowledged,
    /// It does not take it; see the failure.
    Refused,
}

impl ReportState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
        }
    }

    /// The state of a word; what is unknown is not done.
    #[must_use]
    pub fn named(word: &str) -> Self {
        [Self::Acknowledged, Self::Refused].into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Pending)
    }
}

/// A fact as credit takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactSent {
    enterprise: String,
    kind: &'static str,
    external_id: String,
    source: FactSource,
    decided_on: Day,
    valid_from: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Day>,
    detail: StandardConformity,
}

impl FactSent {
    /// Until when it counts.
    #[must_use]
    pub const fn valid_to(&self) -> Option<Day> {
        self.valid_to
    }
}

/// What has to be done in credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A new fact.
    Record(Box<FactSent>),
    /// Another in the place of a fact, because it counts until another day.
    Supersede(String, Box<FactSent>),
    /// A fact that should never have stood.
    Annul(String, String),
    /// Credit need not hear of it, or knows it already.
    Nothing,
}

/// What credit knows of an outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The fact.
    pub fact: Option<&'a str>,
    /// It may have taken one without its answer having come back.
    pub in_doubt: bool,
    /// Until when the fact counts.
    pub valid_to: Option<Day>,
}

/// For how long an outcome counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lasts {
    /// By the policy.
    pub counts: Option<Period>,
    /// The last day on which goods may claim to conform to the edition, its grace included; none while it holds.
    pub until: Option<Day>,
}

/// What has to be done so that credit knows an outcome as it stands. An outcome does not change but by being annulled, and counts until the edition's
/// grace is over; one that credit may have is sent once more, since only the answer tells which fact is to be annulled.
#[must_use]
pub fn task(check: &Check, known: Known<'_>, lasts: Lasts) -> Task {
    let is_annulled = check.state == CheckState::Annulled;
    match (sent(check, lasts), known.fact) {
        (Some(new), None) if !is_annulled || known.in_doubt => Task::Record(Box::new(new)),
        (_, Some(fact)) if is_annulled => {
            let reason = check.history.last().map(|entry| entry.text.chars().take(REASON_MAX).collect()).unwrap_or_default();
            Task::Annul(fact.to_owned(), reason)
        }
        (Some(new), Some(fact)) if new.valid_to != known.valid_to => Task::Supersede(fact.to_owned(), Box::new(new)),
        _ => Task::Nothing,
    }
}

/// The outcome of a check, annulled or not. Nothing is said of goods by a declaration that was not made: that case is told as an event alone.
fn sent(check: &Check, lasts: Lasts) -> Option<FactSent> {
    let finding = check.finding.as_ref()?;
    let standard = check.standard.clone().filter(|_| finding.outcome != CheckOutcome::NotDeclared)?;
    let day = finding.found_on;
    let passes = finding.outcome == CheckOutcome::Conforms;
    // Years end on the same-numbered day and need no calendar.
    let counts = lasts.counts.and_then(|counts| counts.due(day, &Calendar::default()).due_on);
    // That goods failed does not lapse with the edition that they failed.
    let until = lasts.until.filter(|_| passes).map(|until| until.max(day));
    let valid_to = counts.map_or(until, |counts| Some(until.map_or(counts, |until| until.min(counts))));
    Some(FactSent {
        enterprise: check.enterprise.to_string(),
        kind: "standard_conformity",
        external_id: check.id.clone(),
        source: FactSource { authority: format!("标准化主管部门 {}", finding.authority), document_no: finding.report.clone() },
        decided_on: day,
        valid_from: day,
        valid_to,
        detail: StandardConformity { standard, result: if passes { CheckResult::Pass } else { CheckResult::Fail } },
    })
}

/// How long to wait after so many tries: 1, 2, 4 … seconds, an hour at the longest, and up to a quarter more so that replicas do not march
/// in step.
#[must_use]
pub fn pause_ms(attempts: i32, chance: u8) -> i64 {
    let seconds = 1_i64.checked_shl(u32::try_from(attempts.clamp(0, 30)).unwrap_or(0)).unwrap_or(LONGEST_S).min(LONGEST_S);
    let whole = seconds.saturating_mul(1_000);
    let more = whole.saturating_mul(i64::from(chance)).checked_div(4 * 255).unwrap_or(0);
    whole.saturating_add(more)
}
