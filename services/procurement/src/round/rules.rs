//! What a round is asked and how far it has come. Not here: deciding (`decision`), rows (`store.rs`).

use model::instant::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decision::rules::Outcome;

/// Suppliers that one request may name: what a body of the usual size holds. All who are known need no list.
pub const MOST_NAMED: usize = 40_000;

/// How far a round has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Others are before it.
    Waiting,
    /// It is at work.
    Running,
    /// Every line is there.
    Done,
    /// It could not go on; the reason is with it.
    Failed,
}

impl RoundState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Failed].into_iter().find(|state| state.as_str() == word)
    }
}

/// The outcomes with their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RoundCounts)]
pub struct Counts {
    /// Every criterion is met.
    pub eligible: u64,
    /// Met under conditions.
    pub eligible_with_conditions: u64,
    /// A criterion is not met.
    pub ineligible: u64,
    /// It can't be told.
    pub indeterminate: u64,
    /// The register does not know the code.
    pub refused: u64,
}

impl Counts {
    /// Counts a line; one without outcome was refused.
    pub const fn add(&mut self, outcome: Option<Outcome>) {
        let place = match outcome {
            Some(Outcome::Eligible) => &mut self.eligible,
            Some(Outcome::EligibleWithConditions) => &mut self.eligible_with_conditions,
            Some(Outcome::Ineligible) => &mut self.ineligible,
            Some(Outcome::Indeterminate) => &mut self.indeterminate,
            None => &mut self.refused,
        };
        *place = place.saturating_add(1);
    }

    /// All lines.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.eligible
            .saturating_add(self.eligible_with_conditions)
            .saturating_add(self.ineligible)
            .saturating_add(self.indeterminate)
            .saturating_add(self.refused)
    }
}

/// What a round is asked; kept with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The lots; one that is none where the tender has no lots.
    pub lots: Vec<Option<String>>,
    /// As of when.
    pub as_of: Instant,
    /// Whether every finding is shown, or only what is not plainly met.
    pub full: bool,
    /// Whether all who are known are asked about, and not a list.
    pub everyone: bool,
    /// The organisation that asks.
    pub asked_by: String,
    /// What came out so far.
    pub counts: Counts,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
