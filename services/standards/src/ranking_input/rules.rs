//! An input, and what of it alone keeps a declaration out; how two readings differ. Not here: how it is read, `ranking::actions`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    indicator::rules::{self, Amount, Indicator, TestMethod},
    ranking_exclusion::rules::ExclusionGround,
};

/// How many differences are told at most.
const DIFFERENCES_MAX: usize = 200;

/// What an assessment body measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RankingMeasurement)]
pub struct Measurement {
    /// Which property.
    pub property: String,
    /// By which body, `asr_…`.
    pub assessor: String,
    /// How much.
    #[schema(value_type = String, example = "0.05")]
    pub value: Amount,
    /// The unit, a UCUM code.
    pub unit: String,
    /// By which method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<TestMethod>,
    /// The report, `sha256:…`.
    pub report_digest: String,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub measured_on: Day,
}

/// An edition that is cited, and whether it held on the day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CitedEdition {
    /// Its number as it is cited.
    pub number: String,
    /// Its edition, where the register holds it.
    pub edition: Option<String>,
    /// The version of what was known of it.
    pub version: Option<i64>,
    /// Whether it held; unknown where the register does not hold it.
    pub holds: Option<bool>,
}

/// What an authority said, as it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptOut {
    /// Where it stands: `rkx_…` or a check of the declaration.
    pub id: String,
    /// Why.
    pub ground: ExclusionGround,
    /// The number of the decision or report, where it has one.
    pub document_no: Option<String>,
}

/// What a ranking reads of one declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// `dcl_…`.
    pub declaration: String,
    /// Its version.
    pub declaration_version: i64,
    /// The enterprise.
    pub enterprise: Uscc,
    /// The product.
    pub product: String,
    /// The number of the standard that it declares first of all.
    pub number: String,
    /// Its edition.
    pub edition: String,
    /// Whether the declaration stands.
    pub stands: bool,
    /// The editions that it executes.
    pub executed: Vec<CitedEdition>,
    /// What those need to be applied.
    pub references: Vec<CitedEdition>,
    /// What it declares of the plan's properties.
    pub indicators: Vec<Indicator>,
    /// What keeps it out.
    pub kept_out: Vec<KeptOut>,
    /// What was measured.
    pub results: Vec<Measurement>,
}

/// Why a declaration is not ranked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ExclusionReason)]
pub enum Reason {
    /// It was taken back.
    DeclarationWithdrawn,
    /// It was declared anew since.
    DeclarationChanged {
        /// The newest version.
        version: i64,
    },
    /// An edition that it executes is not in force.
    EditionNotInForce {
        /// Which.
        number: String,
    },
    /// A normative reference of such an edition is not in force.
    ReferenceNotInForce {
        /// Which.
        number: String,
    },
    /// It does not declare an indicator of the plan.
    IndicatorMissing {
        /// Which.
        property: String,
    },
    /// What it declares cannot be compared with the bands.
    IndicatorNotComparable {
        /// Which.
        property: String,
        /// Why.
        why: rules::Reason,
    },
    /// What it declares is below the lowest band.
    BelowLowestBand {
        /// Which.
        property: String,
    },
    /// What an assessment body measured does not keep to what is declared.
    MeasuredBelowDeclared {
        /// Which.
        property: String,
        /// By whom.
        assessor: String,
        /// The report.
        report_digest: String,
    },
    /// It did not pass a check.
    FailedCheck {
        /// Where that stands.
        id: String,
        /// The number of the report.
        document_no: Option<String>,
    },
    /// The enterprise is on the list of serious violations.
    SeriousViolation {
        /// Where that stands.
        id: String,
        /// The number of the decision.
        document_no: Option<String>,
    },
}

impl Reason {
    /// The word on the wire.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::DeclarationWithdrawn => "declaration_withdrawn",
            Self::DeclarationChanged { .. } => "declaration_changed",
            Self::EditionNotInForce { .. } => "edition_not_in_force",
            Self::ReferenceNotInForce { .. } => "reference_not_in_force",
            Self::IndicatorMissing { .. } => "indicator_missing",
            Self::IndicatorNotComparable { .. } => "indicator_not_comparable",
            Self::BelowLowestBand { .. } => "below_lowest_band",
            Self::MeasuredBelowDeclared { .. } => "measured_below_declared",
            Self::FailedCheck { .. } => "failed_check",
            Self::SeriousViolation { .. } => "serious_violation",
        }
    }
}

impl Input {
    /// What keeps the declaration out whatever it declares. A reference that the register does not hold keeps nobody out.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        reasons.extend((!self.stands).then_some(Reason::DeclarationWithdrawn));
        let ended = |cited: &&CitedEdition| cited.holds == Some(false);
        let number = |cited: &CitedEdition| cited.number.clone();
        reasons.extend(self.executed.iter().filter(ended).map(|cited| Reason::EditionNotInForce { number: number(cited) }));
        reasons.extend(self.references.iter().filter(ended).map(|cited| Reason::ReferenceNotInForce { number: number(cited) }));
        reasons.extend(self.kept_out.iter().map(|KeptOut { id, ground, document_no }| {
            let (id, document_no) = (id.clone(), document_no.clone());
            match ground {
                ExclusionGround::FailedCheck => Reason::FailedCheck { id, document_no },
                ExclusionGround::SeriousViolation => Reason::SeriousViolation { id, document_no },
            }
        }));
        reasons
    }
}

/// A place where two readings differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RankingDifference {
    /// Where, as a JSON pointer into `inputs` or `outcome`.
    pub pointer: String,
    /// What is kept.
    #[schema(value_type = Object)]
    pub kept: Value,
    /// What is found now.
    #[schema(value_type = Object)]
    pub found: Value,
}

/// Where two values differ, deepest places first named; at most 200.
pub fn differences(pointer: &str, kept: &Value, found: &Value, all: &mut Vec<RankingDifference>) {
    if kept == found || all.len() >= DIFFERENCES_MAX {
        return;
    }
    match (kept, found) {
        (Value::Object(one), Value::Object(other)) => {
            for name in one.keys().chain(other.keys().filter(|name| !one.contains_key(*name))) {
                let part = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or(Value::Null);
                differences(&format!("{pointer}/{name}"), &part(one), &part(other), all);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (place, (kept, found)) in one.iter().zip(other).enumerate() {
                differences(&format!("{pointer}/{place}"), kept, found, all);
            }
        }
        _ => all.push(RankingDifference { pointer: pointer.to_owned(), kept: kept.clone(), found: found.clone() }),
    }
}
