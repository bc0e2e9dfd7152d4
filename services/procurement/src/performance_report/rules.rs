//! What is sent to credit for an evaluation, and when it is tried again; pure. Not here: sending, `actions.rs`.

use contracts::credit::{ContractPerformance, FactSource};
use model::period::Period;
use serde::Serialize;
use utoipa::ToSchema;

use crate::performance::rules::Performance;

/// The longest pause between two tries: one hour.
const LONGEST_S: i64 = 3_600;

/// Whether credit knows an evaluation as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
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
    decided_on: String,
    valid_from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    detail: ContractPerformance,
}

/// What has to be done in credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A new fact.
    Record(Box<FactSent>),
    /// Another in the place of a fact.
    Supersede(String, Box<FactSent>, String),
    /// A fact that should never have stood.
    Annul(String, String),
    /// It was taken back before credit heard of it.
    Nothing,
}

/// What has to be done so that credit knows an evaluation as it stands, given the fact that it knows.
#[must_use]
pub fn task(performance: &Performance, fact: Option<&str>, counts: Option<Period>) -> Task {
    let reason = performance.history.last().and_then(|entry| entry.reason.clone()).unwrap_or_default();
    match (sent(performance, counts), fact) {
        (Some(new), None) => Task::Record(Box::new(new)),
        (Some(new), Some(fact)) => Task::Supersede(fact.to_owned(), Box::new(new), short(&reason)),
        (None, Some(fact)) => Task::Annul(fact.to_owned(), short(&reason)),
        (None, None) => Task::Nothing,
    }
}

/// Reasons are shorter in credit.
fn short(reason: &str) -> String {
    reason.chars().take(500).collect()
}

/// The fact names the buyer as its source: the platform only passes its word on.
fn sent(performance: &Performance, counts: Option<Period>) -> Option<FactSent> {
    let evaluation = performance.evaluation.as_ref()?;
    let day = evaluation.evaluated_on;
    // Years end on the same-numbered day and need no calendar.
    let last = counts.and_then(|counts| counts.due(day, &model::calendar::Calendar::default()).due_on);
    let ground = evaluation.ground.clone().map(|ground| match evaluation.articles.as_slice() {
        [] => ground,
        articles => format!("{ground}（{}）", articles.join("；")).chars().take(1_000).collect(),
    });
    Some(FactSent {
        enterprise: performance.supplier.to_string(),
        kind: "contract_performance",
        external_id: performance.id.clone(),
        source: FactSource { authority: format!("采购人 {}", performance.buyer), document_no: Some(performance.contract.clone()) },
        decided_on: day.to_string(),
        valid_from: day.to_string(),
        valid_to: last.map(|last| last.to_string()),
        detail: ContractPerformance {
            contract: performance.contract.clone(),
            buyer: performance.buyer.clone(),
            result: evaluation.result,
            ground,
        },
    })
}

/// How long to wait after so many tries: 1, 2, 4 … seconds, an hour at the longest, and up to a quarter more so that replicas do not march in step.
#[must_use]
pub fn pause_ms(attempts: i32, chance: u8) -> i64 {
    let seconds = 1_i64.checked_shl(u32::try_from(attempts.clamp(0, 30)).unwrap_or(0)).unwrap_or(LONGEST_S).min(LONGEST_S);
    let whole = seconds.saturating_mul(1_000);
    let more = whole.saturating_mul(i64::from(chance)).checked_div(4 * 255).unwrap_or(0);
    whole.saturating_add(more)
}
