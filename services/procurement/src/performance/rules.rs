//! What an evaluation of performance must say, and how one is corrected or taken back; pure. Not here: whether there is a contract, `actions.rs`.

use contracts::credit::Performed;
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an evaluation says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Whether the contract was performed.
    pub result: Performed,
    /// What was wrong; a breach names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// The articles of the contract, or of the law, that were breached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<String>,
    /// When it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub delivered_on: Option<Day>,
    /// When it was evaluated.
    #[schema(value_type = String, format = Date)]
    pub evaluated_on: Day,
    /// Digests of what shows it, `sha256:…`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// What was done with an evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PerformanceEntry {
    /// `record`, `correct` or `withdraw`.
    pub act: String,
    /// What it said from then on; none where it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Instant,
    /// The organisation that acted.
    #[schema(value_type = String)]
    pub by: Uscc,
}

/// An evaluation of performance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Performance {
    /// `prf_…`.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// The lot.
    pub lot: String,
    /// The award.
    pub award: String,
    /// The number of the contract.
    pub contract: String,
    /// Whose word it is.
    pub buyer: Uscc,
    /// About whom.
    pub supplier: Uscc,
    /// The buyer's own id of it.
    pub external_id: String,
    /// What it says; none when it was taken back.
    pub evaluation: Option<Evaluation>,
    /// What was done, in order.
    pub history: Vec<PerformanceEntry>,
}

/// What is wrong with an evaluation of a contract that was signed on a day.
#[must_use]
pub fn faults(evaluation: &Evaluation, signed_on: Day, today: Day) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if evaluation.result == Performed::Breached && evaluation.ground.is_none() {
        faults.push(FieldFault::rule("/ground", "breach_without_ground", "违约须写明事由。", "A breach names its ground."));
    }
    if evaluation.result == Performed::Breached && evaluation.articles.is_empty() {
        faults.push(FieldFault::rule("/articles", "articles_missing", "违约须写明违反的条款。", "A breach names the articles."));
    }
    let mut dated = |pointer: &str, day: Day| {
        if day > today {
            faults.push(FieldFault::rule(pointer, "date_in_future", "日期不得晚于今天。", "The date must not lie in the future."));
        } else if day < signed_on {
            faults.push(FieldFault::rule(pointer, "date_order", "日期不得早于合同签订之日。", "The day lies before the contract."));
        }
    };
    dated("/evaluated_on", evaluation.evaluated_on);
    if let Some(delivered) = evaluation.delivered_on {
        dated("/delivered_on", delivered);
        if delivered > evaluation.evaluated_on {
            let en = "It is evaluated after delivery.";
            faults.push(FieldFault::rule("/evaluated_on", "date_order", "评价不得早于交付。", en));
        }
    }
    faults
}

impl Performance {
    /// The evaluation after a correction, or after it was taken back; none where it was taken back already.
    #[must_use]
    pub fn moved(mut self, evaluation: Option<Evaluation>, entry: PerformanceEntry) -> Option<Self> {
        self.evaluation.as_ref()?;
        self.evaluation = evaluation;
        self.history.push(entry);
        Some(self)
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(&self) -> &'static [&'static str] {
        if self.evaluation.is_some() { &["correct", "withdraw"] } else { &[] }
    }
}
