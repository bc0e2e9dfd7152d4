//! The rows of `policy/lists.json` and what makes a row wrong. Not here: whether a listing may take a step, `listing::rules`.

use contracts::credit::{Degree, EnterpriseStatus, Grade, ListKind, ListingState, PenaltyType};
use model::{
    fault::Fault,
    instant::Day,
    period::Period,
    policy::{Evidence, Policy, Row},
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::selector::rules::Select;

/// The lists as shipped.
const LISTS: &str = include_str!("../../policy/lists.json");

/// The regimes of the three lists.
#[derive(Clone, Debug)]
pub struct Lists {
    serious_violation: Policy<Regime>,
    abnormal_operation: Policy<Regime>,
    trustworthy: Policy<Regime>,
}

impl Lists {
    /// The regimes of one list.
    #[must_use]
    pub const fn of(&self, list: ListKind) -> &Policy<Regime> {
        match list {
            ListKind::SeriousViolation => &self.serious_violation,
            ListKind::AbnormalOperation => &self.abnormal_operation,
            ListKind::Trustworthy => &self.trustworthy,
        }
    }

    /// The regime of a list on a day; none before the list was made by law.
    #[must_use]
    pub fn on(&self, list: ListKind, day: Day) -> Option<&Row<Regime>> {
        self.of(list).at(day)
    }
}

/// A list under one regime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// What it is called.
    pub title: Text,
    /// What an enterprise can stand on at most once at a time.
    pub one_per: OnePer,
    /// The table of steps.
    pub steps: Vec<Transition>,
    /// What must have run before a step.
    pub waits: Vec<Wait>,
    /// By when a step is due.
    pub due: Vec<DueRule>,
    /// Why an enterprise may be listed.
    pub grounds: Vec<Ground>,
    /// Which penalties are heavier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heavier: Option<Heavier>,
    /// What beside the heavier penalty is needed, one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<Circumstance>,
    /// How long a listing stands; without it until it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stays: Option<Stay>,
    /// After how long it can be removed early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<Clock>,
    /// By when an annual report must be there, and a missing one listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_report: Option<ReportClock>,
    /// After how long a listing is a ground for the list of serious violations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalates: Option<Clock>,
    /// What an enterprise must be like to be listed as trustworthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
}

/// What an enterprise can stand on at most once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnePer {
    /// The list.
    List,
    /// The list for one ground and, where it has one, one year.
    Ground,
}

/// Something that is done with a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ListingStep)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Step {
    Propose,
    Notice,
    Reply,
    Consent,
    Decide,
    Decline,
    Publish,
    Remove,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Propose, Self::Notice, Self::Reply, Self::Consent, Self::Decide, Self::Decline, Self::Publish, Self::Remove];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Propose => "propose",
            Self::Notice => "notice",
            Self::Reply => "reply",
            Self::Consent => "consent",
            Self::Decide => "decide",
            Self::Decline => "decline",
            Self::Publish => "publish",
            Self::Remove => "remove",
        }
    }
}

/// How high an authority stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuthorityLevel)]
#[expect(missing_docs, reason = "the words are the administration's own")]
pub enum Level {
    County,
    Prefecture,
    Province,
    State,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::County, Self::Prefecture, Self::Province, Self::State];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Prefecture => "prefecture",
            Self::Province => "province",
            Self::State => "state",
        }
    }
}

/// A row of the table of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// What is done.
    pub step: Step,
    /// From these states.
    pub from: Vec<ListingState>,
    /// To this one.
    pub to: ListingState,
    /// Only where the deciding authority stands so high; empty means at every level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
}

/// A time that must have run before a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// It begins with this step.
    pub after: Step,
    /// It must be over before these.
    pub before: Vec<Step>,
    /// Unless this was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Step>,
    /// How long.
    pub period: Period,
    /// What has not run yet.
    pub text: Text,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// What a time begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The decision to list.
    Decide,
    /// The day on which the ground went.
    GroundGone,
}

/// By when a step is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueRule {
    /// It begins with this.
    pub after: Since,
    /// What is due.
    pub step: Step,
    /// How long.
    pub period: Period,
    /// What must be done.
    pub text: Text,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// Why an enterprise may be listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Stable and machine-readable.
    pub code: String,
    /// The same for people.
    pub text: Text,
    /// What must be shown.
    pub test: Test,
    /// When it goes.
    #[serde(default)]
    pub leaves_when: Leaves,
}

/// What must be shown of a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The authority's finding is enough.
    None,
    /// A heavier penalty and one of the circumstances (SAMR Order 44 Art 2).
    HeavierPenalty,
    /// Three years on the list of abnormal operation (Publicity Regulation 2014 Art 17).
    AbnormalThreeYears,
    /// The conditions of entry.
    ObjectiveEntry,
}

/// When a ground goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaves {
    /// Never by itself.
    #[default]
    None,
    /// When the report of the year is there.
    AnnualReport,
    /// When the authority finds it corrected.
    Stated,
}

/// Which penalties are heavier ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heavier {
    /// By degree.
    pub degrees: Vec<Degree>,
    /// By kind.
    pub types: Vec<PenaltyType>,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// What beside the heavier penalty is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstance {
    /// Stable and machine-readable.
    pub code: String,
    /// The same for people.
    pub text: Text,
}

/// How long a listing stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// From the day of publication.
    pub period: Period,
    /// Whether a restriction known at publication that runs longer lengthens it.
    pub extended_by_ban: bool,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// A time from the day of publication on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How long.
    pub period: Period,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// By when an annual report must be there, and a missing one listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportClock {
    /// The month of the last day for the report of the year before.
    pub month: u32,
    /// That day.
    pub day: u32,
    /// How long after that day a missing one is to be listed.
    pub period: Period,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// What an enterprise must be like to be listed as trustworthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// At least this grade.
    pub least_grade: Grade,
    /// Data over so many months.
    pub data_months: u32,
    /// In one of these states in the register.
    pub statuses: Vec<EnterpriseStatus>,
    /// None of these in force; a new one ends the listing.
    pub adverse: Vec<Adverse>,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

/// What speaks against an enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adverse {
    /// Such facts in force.
    pub select: Select,
    /// For so many months from the decision; without it as long as they are in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
}

impl Regime {
    /// A ground by its code.
    #[must_use]
    pub fn ground(&self, code: &str) -> Option<&Ground> {
        self.grounds.iter().find(|ground| ground.code == code)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    serious_violation: serde_json::Value,
    abnormal_operation: serde_json::Value,
    trustworthy: serde_json::Value,
}

/// The shipped lists.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn lists() -> Result<Lists, Fault> {
    let raw: Raw = serde_json::from_str(LISTS).map_err(|error| {
        Fault::new("policy_invalid", format!("名单政策无法读取：{error}。"), format!("The lists cannot be read: {error}."))
    })?;
    Ok(Lists {
        serious_violation: Policy::from_json(&raw.serious_violation.to_string())?,
        abnormal_operation: Policy::from_json(&raw.abnormal_operation.to_string())?,
        trustworthy: Policy::from_json(&raw.trustworthy.to_string())?,
    })
}
