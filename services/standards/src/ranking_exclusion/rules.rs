//! What an exclusion says and on which days it holds. Not here: where it is kept, `store.rs`.

use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why somebody is kept out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionGround {
    /// Goods or a declaration did not pass a check.
    FailedCheck,
    /// The enterprise is on the list of serious violations.
    SeriousViolation,
}

impl ExclusionGround {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailedCheck => "failed_check",
            Self::SeriousViolation => "serious_violation",
        }
    }
}

/// An exclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingExclusion {
    /// `rkx_…`.
    pub id: String,
    /// Whom it is about.
    pub enterprise: Uscc,
    /// Which declaration; without one, all of the enterprise.
    pub declaration: Option<String>,
    /// Why.
    pub ground: ExclusionGround,
    /// The number of the decision or report.
    pub document_no: String,
    /// The first day.
    pub from: Day,
    /// The last day, where there is one.
    pub until: Option<Day>,
    /// How it ended before that.
    pub lifted: Option<Lifted>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// How an exclusion ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifted {
    /// The day from which it holds no more.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The number of the decision.
    pub document_no: String,
}

impl RankingExclusion {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        let over = self.until.is_some_and(|last| last < day) || self.lifted.as_ref().is_some_and(|lifted| lifted.on <= day);
        self.from <= day && !over
    }

    /// Whether it keeps a declaration of its enterprise out on a day.
    #[must_use]
    pub fn keeps_out(&self, declaration: &str, day: Day) -> bool {
        self.holds_on(day) && self.declaration.as_deref().is_none_or(|about| about == declaration)
    }
}
