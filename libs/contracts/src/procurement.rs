//! What procurement tells: that something was decided, for its own log and for whoever keeps one. Not here: the decision itself, which only its client and
//! authorities read.

use serde::{Deserialize, Serialize};

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
