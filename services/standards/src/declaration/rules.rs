//! What a declaration says, what it must hold, and how it stands to what is mandatory and what is recommended; pure. Not here: which
//! editions its numbers name, `actions.rs`.

use model::{
    calendar::Calendar, fault::Fault, instant::Day, normalise::search_key, period::Period, policy::Policy, standard_no::Level, uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    edition::rules::{Ended, Windows},
    indicator::rules::Indicator,
    shortfall::rules::{Kept, Shortfall},
};

const TERMS: &str = include_str!("../../policy/declaration_terms.json");

/// The national standard information service platform, as the channel of a declaration.
pub const PLATFORM: &str = "platform";

/// How long what follows from declarations and their checks takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclarationTerms {
    /// For how long a declaration may go on to cite an edition that another one took the place of.
    pub conformity_grace: Period,
    /// For how long an enterprise may take to correct.
    pub correction: Period,
    /// For how long an outcome counts in the integrity file.
    pub conformity_counts: Period,
}

/// The shipped terms by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<DeclarationTerms>, Fault> {
    Policy::from_json(TERMS)
}

/// What kind of standard is executed (Law 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutedLevel {
    /// 强制性标准.
    Mandatory,
    /// 推荐性标准: of the nation, an industry or a place.
    Recommended,
    /// 团体标准.
    Group,
    /// 企业标准: its own, or made with others.
    Enterprise,
}

impl ExecutedLevel {
    /// The level of an edition; none for standards from abroad, which Law 27 does not name.
    #[must_use]
    pub const fn of(level: Level, mandatory: bool) -> Option<Self> {
        match level {
            Level::National if mandatory => Some(Self::Mandatory),
            Level::National | Level::Industry | Level::Local => Some(Self::Recommended),
            Level::Group => Some(Self::Group),
            Level::Enterprise => Some(Self::Enterprise),
            Level::International | Level::Regional | Level::Foreign => None,
        }
    }
}

/// A standard that is executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExecutedStandard)]
pub struct Executed {
    /// Its dated number.
    #[schema(example = "GB/T 20223-2006")]
    pub number: String,
    /// Its edition, `edn_…`.
    #[schema(example = "edn_01JD0000000000000000000000")]
    pub edition: String,
    /// Its title in the catalogue on the day of the declaration.
    pub title: String,
    /// What kind it is.
    pub level: ExecutedLevel,
}

/// Of what is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredProduct {
    /// Its name, with model where that matters.
    #[schema(example = "示例滑板车 A1")]
    pub name: String,
    /// Its GTIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub gtin: Option<String>,
    /// Its class of the International Classification for Standards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "97.200.50")]
    pub ics: Option<String>,
}

impl DeclaredProduct {
    /// By what it is told from other products of the enterprise.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}|{}", search_key(&self.name), self.gtin.as_deref().unwrap_or_default())
    }
}

/// Words that belong to a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PropertyNote {
    /// Which property.
    #[schema(example = "wear_resistance")]
    pub property: String,
    /// What is said of it.
    #[schema(example = "示例：低于推荐性标准，适用于室内。")]
    pub text: String,
}

/// Whether a declaration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclarationState {
    /// It does.
    Declared,
    /// It was taken back.
    Withdrawn,
}

impl DeclarationState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How a declaration was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclarationOutcome {
    /// As it is.
    Accepted,
    /// It says in which items it is below what is recommended, or cannot be compared with it (Order 83 Art 14).
    AcceptedWithDisclosure,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// `dcl_…`.
    pub id: String,
    /// Who declares.
    pub enterprise: Uscc,
    /// Of what.
    pub product: DeclaredProduct,
    /// What it executes; the first is the main one, and makes the declaration's identity with enterprise and product.
    pub executed: Vec<Executed>,
    /// Its own indicators.
    pub indicators: Vec<Indicator>,
    /// That no standard has a method for a property, where its own is used (Order 83 Art 12).
    pub own_methods: Vec<PropertyNote>,
    /// What it promises of quality.
    pub commitments: Vec<String>,
    /// Where it published: [`PLATFORM`], or the name or address of another channel.
    pub channel: String,
    /// In which items it is below what is recommended.
    pub disclosures: Vec<PropertyNote>,
    /// What was found when it was taken.
    pub shortfalls: Vec<Shortfall>,
    /// How it was taken.
    pub outcome: DeclarationOutcome,
    /// Counted from 1; no version is ever overwritten.
    pub version: i64,
    /// The day of this version.
    pub declared_on: Day,
    /// Whether it stands.
    pub state: DeclarationState,
}

impl Declaration {
    /// The executed standard that makes its identity.
    #[must_use]
    pub fn main(&self) -> Option<&Executed> {
        self.executed.first()
    }
}

/// How a declaration with these shortfalls is taken.
#[must_use]
pub fn outcome(short: &[Shortfall]) -> DeclarationOutcome {
    let is_less = short.iter().any(|one| one.how != Kept::Kept);
    if is_less { DeclarationOutcome::AcceptedWithDisclosure } else { DeclarationOutcome::Accepted }
}

/// That an edition which a declaration cites has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutdatedCitation)]
pub struct Outdated {
    /// Its number.
    pub number: String,
    /// From when it is without effect.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// Until when the declaration may still cite it; none where it ended without a successor: there is nothing to go over to.
    #[schema(value_type = Option<String>, format = Date)]
    pub grace_until: Option<Day>,
    /// What replaces it.
    pub successors: Vec<String>,
}

/// Whether an edition has ended on a day. The grace runs from the day on which its successor is in force, and lasts at least as long as its
/// transition; without a successor there is none.
#[must_use]
pub fn outdated(number: &str, windows: &Windows, day: Day, grace: Option<Period>) -> Option<Outdated> {
    let from = windows.ended_from.filter(|from| *from <= day)?;
    let began = windows.superseded_from.map_or(from, |since| since.min(from));
    // Days and months need no calendar.
    let by_policy = grace.and_then(|grace| grace.due(began, &Calendar::default()).due_on);
    let grace_until = by_policy.max(from.pred_opt()).filter(|_| windows.ended != Some(Ended::Withdrawn));
    Some(Outdated { number: number.to_owned(), from, grace_until, successors: windows.successors.clone() })
}
