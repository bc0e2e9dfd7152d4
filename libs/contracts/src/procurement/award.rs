//! What procurement tells of challenges, awards, contracts and their performance. Not here: words and texts of the parties, which only they read.

use model::{instant::Day, money::Money};
use serde::{Deserialize, Serialize};

use crate::event::{Audience, Payload};

/// A duty was not done in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineMissed {
    /// The challenge `chl_…` or the award `awd_…`.
    pub matter: String,
    /// The tender.
    pub tender: String,
    /// The lot.
    #[serde(default)]
    pub lot: Option<String>,
    /// The buyer, a Unified Social Credit Code.
    pub buyer: String,
    /// The clock.
    pub rule: String,
    /// Whose duty: `buyer` or `authority`.
    pub of: String,
    /// The last day.
    pub due_on: Day,
}

impl Payload for DeadlineMissed {
    const TYPE: &'static str = "touchstone.procurement.deadline.missed.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.buyer
    }
}

/// A challenge moved on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeMoved {
    /// `chl_…`.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// The lot, where it is about one.
    #[serde(default)]
    pub lot: Option<String>,
    /// The buyer, a Unified Social Credit Code.
    pub buyer: String,
    /// The step.
    pub act: String,
    /// Where it stands.
    pub state: String,
    /// The last day on which the procurement stands still, where it does.
    #[serde(default)]
    pub suspended_until: Option<Day>,
}

impl Payload for ChallengeMoved {
    const TYPE: &'static str = "touchstone.procurement.challenge.moved.v1";
    const AUDIENCE: Audience = Audience::Partner;

    fn subject(&self) -> &str {
        &self.buyer
    }
}

/// The result of a lot is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractAwarded {
    /// `awd_…`.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// The lot; `-` where the tender has none.
    pub lot: String,
    /// The buyer, a Unified Social Credit Code.
    pub buyer: String,
    /// The winner, a Unified Social Credit Code.
    pub winner: String,
    /// For how much.
    pub price: Money,
    /// The day of the notice.
    pub noticed_on: Day,
}

impl Payload for ContractAwarded {
    const TYPE: &'static str = "touchstone.procurement.contract.awarded.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.winner
    }
}

/// A result that was public stands no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwardEnded {
    /// `awd_…`.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// The lot; `-` where the tender has none.
    pub lot: String,
    /// The winner that it had, a Unified Social Credit Code.
    pub winner: String,
    /// `given_up` or `void`.
    pub because: String,
    /// Since when.
    pub on: Day,
}

impl Payload for AwardEnded {
    const TYPE: &'static str = "touchstone.procurement.award.ended.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.winner
    }
}

/// A performance was evaluated, corrected or taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceEvaluated {
    /// `prf_…`.
    pub id: String,
    /// Counted from 1 with every change.
    pub version: i64,
    /// The supplier, a Unified Social Credit Code.
    pub supplier: String,
}

impl Payload for PerformanceEvaluated {
    const TYPE: &'static str = "touchstone.procurement.performance.evaluated.v1";
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.supplier
    }
}
