//! That a fact is no longer public, for whoever keeps a copy. Not here: when publicity ends, `services/credit`.

use model::uscc::Uscc;
use serde::{Deserialize, Serialize};

use crate::event::{Audience, Payload};

/// Why a fact is no longer public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnBecause {
    /// Its publicity has ended by time.
    Expired,
    /// Its publicity was ended by a repair.
    Repaired,
    /// It is masked during a reorganisation.
    Masked,
    /// Its effect is stayed.
    Stayed,
}

/// A fact is no longer public: copies take it down. What was told of it before reads as withdrawn below the audience `internal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactWithdrawn {
    /// Whom it was about.
    pub enterprise: Uscc,
    /// The fact.
    pub fact: String,
    /// Why.
    pub because: WithdrawnBecause,
}

impl Payload for FactWithdrawn {
    const TYPE: &'static str = "touchstone.credit.fact.withdrawn.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.enterprise.as_str()
    }
}
