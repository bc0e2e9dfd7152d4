//! What procurement tells: that something was decided, for its own log and for whoever keeps one. Not here: the decision itself, which only its client and
//! authorities read.

mod award;
mod watch;

use model::instant::Instant;
use serde::{Deserialize, Serialize};

pub use award::{AwardEnded, ChallengeMoved, ContractAwarded, DeadlineMissed, PerformanceEvaluated};
pub use watch::{CriterionChange, FlipCause, OutcomeFlipped, WebhookDisabled};

use crate::event::{Audience, Payload};

/// A decision was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecorded {
    /// `dec_…`.
    pub id: String,
    /// About whom, a Unified Social Credit Code.
    pub supplier: String,
    /// `sha256:…` of the answer as it was given.
    pub digest: String,
}

impl Payload for DecisionRecorded {
    const TYPE: &'static str = "touchstone.procurement.decision.recorded.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.supplier
    }
}

/// A decision or a batch was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRevoked {
    /// `dec_…` or `bat_…`.
    pub id: String,
    /// About whom, a Unified Social Credit Code; for a batch who withdrew it.
    pub subject: String,
    /// Why.
    pub reason: String,
}

impl Payload for DecisionRevoked {
    const TYPE: &'static str = "touchstone.procurement.decision.revoked.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.subject
    }
}

/// A batch of decisions was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRecorded {
    /// `bat_…`.
    pub id: String,
    /// Who asked, a Unified Social Credit Code.
    pub asked_by: String,
    /// How many suppliers were asked about.
    pub suppliers: u64,
    /// `sha256:…` of the lines as they were given.
    pub digest: String,
}

impl Payload for BatchRecorded {
    const TYPE: &'static str = "touchstone.procurement.batch.recorded.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.asked_by
    }
}

/// What everybody may know of a tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderNotice {
    /// Chosen by the buyer.
    pub id: String,
    /// The buyer, a Unified Social Credit Code.
    pub organisation: String,
    /// Counted from 1.
    pub version: u32,
    /// `sha256:…` of what it says, the pinned ruleset included.
    pub digest: String,
    /// What is bought.
    pub title: String,
    /// Until when bids come in.
    pub cut_off: Instant,
    /// The ids of its lots.
    pub lots: Vec<String>,
}

/// A tender was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderPublished {
    /// The tender.
    #[serde(flatten)]
    pub tender: TenderNotice,
}

impl Payload for TenderPublished {
    const TYPE: &'static str = "touchstone.procurement.tender.published.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.tender.organisation
    }
}

/// A published tender was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderAmended {
    /// The tender as it stands now.
    #[serde(flatten)]
    pub tender: TenderNotice,
    /// Why.
    pub rationale: String,
}

impl Payload for TenderAmended {
    const TYPE: &'static str = "touchstone.procurement.tender.amended.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.tender.organisation
    }
}

/// A published tender was called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderCancelled {
    /// The tender.
    #[serde(flatten)]
    pub tender: TenderNotice,
    /// Why.
    pub reason: String,
}

impl Payload for TenderCancelled {
    const TYPE: &'static str = "touchstone.procurement.tender.cancelled.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.tender.organisation
    }
}

/// The bids of a lot were evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationRecorded {
    /// `evl_…`.
    pub id: String,
    /// Of which tender.
    pub tender: String,
    /// Of which lot, where the tender has lots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The buyer, a Unified Social Credit Code.
    pub organisation: String,
    /// `ranked`, `undecided` or `void`.
    pub outcome: String,
    /// Whether the buyer means to act on it.
    pub conclusive: bool,
    /// `sha256:…` of the answer as it was given.
    pub digest: String,
}

impl Payload for EvaluationRecorded {
    const TYPE: &'static str = "touchstone.procurement.evaluation.recorded.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.organisation
    }
}
