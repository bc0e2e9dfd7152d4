//! The internal risk class that steers inspections and is never published (domain.md 0.3). Not here: how it is found, `services/credit`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{Audience, Payload};

/// The class, lowest risk first (Guo Shi Jian Xin Fa [2022] No. 6). It is no evaluation and no ground for a penalty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the letters are the class")]
pub enum RiskClass {
    A,
    B,
    C,
    D,
}

impl RiskClass {
    /// Every class, lowest risk first.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// The letter on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

/// The risk class of an enterprise has changed, by a fact or by time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskClassified {
    /// Whose.
    pub uscc: Uscc,
    /// The class from this day on.
    pub risk_class: RiskClass,
    /// The day.
    pub from: Day,
    /// The version of the policy: the day from which it holds.
    pub policy_from: Day,
}

impl Payload for RiskClassified {
    const TYPE: &'static str = "touchstone.credit.risk.classified.v1";
    /// Services and authorities only: a test walks everything else.
    const AUDIENCE: Audience = Audience::Internal;
    fn subject(&self) -> &str {
        self.uscc.as_str()
    }
}
