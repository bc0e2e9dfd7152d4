//! The words of leaders: states, grounds, outcomes, and what is written with them. Not here: which step may follow which, `leader::rules`.

use model::instant::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a leader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A candidate that everybody may look at and object to.
    Publicised,
    /// It has the title.
    Named,
    /// An objection was right.
    Refused,
    /// The enterprise took its candidacy back.
    Withdrawn,
    /// It lost the title.
    Removed,
}

impl State {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publicised => "publicised",
            Self::Named => "named",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Removed => "removed",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Publicised => &["object", "decide_objection", "withdraw", "name"],
            Self::Named => &["remove"],
            Self::Refused | Self::Withdrawn | Self::Removed => &[],
        }
    }
}

/// Where a leader stands on a day, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaderState {
    /// A candidate that everybody may look at and object to.
    Publicised,
    /// It has the title.
    Named,
    /// The edition that the title was given for has ended.
    Lapsed,
    /// The time of the title is over.
    Expired,
    /// An objection was right.
    Refused,
    /// The enterprise took its candidacy back.
    Withdrawn,
    /// It lost the title.
    Removed,
}

impl LeaderState {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 7] = [
        ("publicised", Self::Publicised),
        ("named", Self::Named),
        ("lapsed", Self::Lapsed),
        ("expired", Self::Expired),
        ("refused", Self::Refused),
        ("withdrawn", Self::Withdrawn),
        ("removed", Self::Removed),
    ];
}

/// Why a title is lost (domain 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovalGround {
    /// The standard was abolished, withdrawn or replaced.
    StandardEnded,
    /// Goods did not keep to it in a check.
    CheckFailed,
    /// What was declared is not true.
    UntrueDeclaration,
    /// The enterprise is on the list of serious violations.
    SeriousViolation,
}

impl RemovalGround {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StandardEnded => "standard_ended",
            Self::CheckFailed => "check_failed",
            Self::UntrueDeclaration => "untrue_declaration",
            Self::SeriousViolation => "serious_violation",
        }
    }
}

/// What an enterprise commits itself to, and what shows that it can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaderCommitment)]
pub struct Commitment {
    /// In its own words.
    pub text: String,
    /// Digests of the evidence, `sha256:…`.
    pub evidence: Vec<String>,
}

/// Days from the first to the last, both in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaderWindow)]
pub struct Window {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
}

/// Whether an objection is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LeaderObjectionOutcome)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionOutcome {
    /// It is right: the candidate gets no title.
    Upheld,
    /// It is not.
    Dismissed,
}

/// How an objection was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LeaderObjectionDecision)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecision {
    /// Whether it is right.
    pub outcome: ObjectionOutcome,
    /// Why.
    pub text: String,
    /// The number of the decision.
    pub document_no: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
}

/// The title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaderTitle)]
pub struct Title {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
    /// The number of the decision.
    pub document_no: String,
}

/// How a title was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaderRemoval)]
pub struct Removal {
    /// Why.
    pub ground: RemovalGround,
    /// In words.
    pub text: String,
    /// The number of the decision.
    pub document_no: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
}
