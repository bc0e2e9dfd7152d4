//! What a watch and its endpoints tell. Not here: who is told by a webhook; that is the service's business.

use model::instant::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{Audience, Payload};

/// One reason of a flip: a fact that is new, ended or altered, the score, the register, or the passing of time alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct FlipCause {
    /// `fact`, `score`, `register` or `time`.
    pub what: String,
    /// About whom, a Unified Social Credit Code; absent where it is time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `asserted`, `ended` or `altered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

/// A criterion that comes out otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionChange {
    /// Its code.
    pub code: String,
    /// How it came out before.
    pub was: String,
    /// How it comes out now.
    pub now: String,
}

/// A watched decision would come out otherwise now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeFlipped {
    /// `wch_…`.
    pub watch: String,
    /// `dec_…`: the decision that is watched; it stands as it was given.
    pub decision: String,
    /// About whom, a Unified Social Credit Code.
    pub supplier: String,
    /// For which tender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    /// The outcome before.
    pub from: String,
    /// The outcome now.
    pub to: String,
    /// As of which instant it was asked.
    pub as_of: Instant,
    /// The position of credit's feed that it rests on.
    pub position: i64,
    /// What brought it about.
    pub causes: Vec<FlipCause>,
    /// What comes out otherwise.
    pub criteria: Vec<CriterionChange>,
}

impl Payload for OutcomeFlipped {
    const TYPE: &'static str = "touchstone.procurement.outcome.flipped.v1";
    // Whose watch it is learns it by its own list and its webhook.
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.supplier
    }
}

/// An endpoint was disabled without being asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDisabled {
    /// `whk_…`.
    pub id: String,
    /// Whose, a Unified Social Credit Code.
    pub organisation: String,
    /// `failing` or `gone`.
    pub because: String,
}

impl Payload for WebhookDisabled {
    const TYPE: &'static str = "touchstone.procurement.webhook.disabled.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.organisation
    }
}
