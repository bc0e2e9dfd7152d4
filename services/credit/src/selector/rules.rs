//! The selectors of a scoring model over facts. Not here: on which days a fact counts, `evaluation`.

use contracts::credit::{CheckResult, Detail, Fact, FactKind, Performed, RecallMode, RecallState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Select {
    /// Facts of this kind.
    pub kind: FactKind,
    /// Only those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
}

impl Select {
    /// Whether it means this fact.
    #[must_use]
    pub fn matches(&self, fact: &Fact) -> bool {
        fact.kind() == self.kind && self.only.is_none_or(|only| only.matches(fact))
    }
}

/// A condition that only some kinds can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// A recall by order.
    Ordered,
    /// A recall of the producer's own will.
    Voluntary,
    /// A recall by order that still runs.
    OrderedOpen,
    /// A good outcome.
    Pass,
    /// A bad outcome.
    Fail,
    /// A complaint, until the day before it is settled; one settled on a day unknown is none.
    Unsettled,
}

impl Only {
    /// Whether a fact meets it; the end of `Unsettled` in time is kept by `evaluation`.
    #[must_use]
    pub fn matches(self, fact: &Fact) -> bool {
        match (self, &fact.detail) {
            (Self::Ordered, Detail::Recall(recall)) => recall.mode == RecallMode::Ordered,
            (Self::Voluntary, Detail::Recall(recall)) => recall.mode == RecallMode::Voluntary,
            (Self::OrderedOpen, Detail::Recall(recall)) => recall.mode == RecallMode::Ordered && recall.state == RecallState::Open,
            (Self::Unsettled, Detail::Complaint(complaint)) => complaint.on_time.is_none() || complaint.resolved_on.is_some(),
            (Self::Pass, detail) => outcome(detail) == Some(true),
            (Self::Fail, detail) => outcome(detail) == Some(false),
            _ => false,
        }
    }

    /// Whether facts of a kind can meet it at all.
    #[must_use]
    pub const fn fits(self, kind: FactKind) -> bool {
        match self {
            Self::Ordered | Self::Voluntary | Self::OrderedOpen => matches!(kind, FactKind::Recall),
            Self::Pass | Self::Fail => has_outcome(kind),
            Self::Unsettled => matches!(kind, FactKind::Complaint),
        }
    }
}

/// Whether a fact of this kind turned out well or badly.
#[must_use]
pub const fn has_outcome(kind: FactKind) -> bool {
    matches!(
        kind,
        FactKind::SpotCheck
            | FactKind::Inspection
            | FactKind::StandardConformity
            | FactKind::Complaint
            | FactKind::AnnualReport
            | FactKind::ContractPerformance
    )
}

/// How a fact turned out: passed, met, on time; `None` where it does not say.
#[must_use]
pub fn outcome(detail: &Detail) -> Option<bool> {
    match detail {
        Detail::SpotCheck(check) => Some(check.result == CheckResult::Pass),
        Detail::Inspection(inspection) => Some(inspection.result == CheckResult::Pass),
        Detail::StandardConformity(conformity) => Some(conformity.result == CheckResult::Pass),
        Detail::Complaint(complaint) => complaint.on_time,
        Detail::AnnualReport(report) => Some(report.on_time),
        Detail::ContractPerformance(performance) => Some(performance.result == Performed::Fulfilled),
        _ => None,
    }
}
