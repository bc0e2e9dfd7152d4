//! The shape of a scoring model and the one that is built in. Not here: what makes a model wrong, `model_check`; how it is applied, `evaluation`.

use std::collections::BTreeMap;

use contracts::credit::{EnterpriseStatus, FactKind, Grade, ModelRef};
use model::{fault::FieldFault, instant::Day, policy::Evidence, text::Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TextView;
use crate::model_check::rules::validate;
use crate::selector::rules::{Only, Select};

/// The model that a new installation has.
const BUILT_IN: &str = include_str!("../../policy/models/quality-credit.v1.json");

/// One version of a scoring model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoringModel {
    /// For example `quality-credit`.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
    /// From which day it is the one in use.
    #[schema(value_type = String, format = Date)]
    pub effective_from: Day,
    /// Where its numbers come from.
    pub source: String,
    /// How well they are founded.
    #[schema(value_type = String, example = "D")]
    pub evidence: Evidence,
    /// The choices made in it, for people.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How much data a score needs.
    pub min_data: MinData,
    /// How facts lose weight with age, by name.
    pub decays: BTreeMap<String, Decay>,
    /// From which score on a grade is given, best first.
    pub levels: Vec<Level>,
    /// What limits the grade whatever the score.
    pub vetoes: Vec<Veto>,
    /// The families; their points make 1000.
    pub families: Vec<Family>,
}

/// How much data a score needs; with less the enterprise is `unrated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinData {
    /// Calendar months (Civil Code 202).
    pub months: u32,
    /// The day they are counted from.
    pub starts: DataStart,
    /// How well that is founded.
    #[schema(value_type = String, example = "D")]
    pub evidence: Evidence,
    /// Why so.
    pub source: String,
}

/// The day from which an enterprise has data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataStart {
    /// The earlier of the first fact with weight and the day of establishment.
    FirstFactOrEstablished,
    /// The first fact with weight; without one there are no data.
    FirstFact,
}

/// How a fact loses weight: half of it in each half-life, in steps of whole calendar months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decay {
    /// After how many months half is left.
    pub half_life_months: u32,
    /// What is left after 0, 1, 2 .. months of one half-life; the next half-life is half of that.
    pub per_mille: Vec<u16>,
    /// After so many months a fact has no weight at all, so that a timeline ends.
    pub look_back_months: u32,
}

/// From which score on a grade is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The grade.
    pub grade: Grade,
    /// The lowest score that gives it.
    pub at_least: u16,
}

/// A limit of the grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// Stable and machine-readable.
    pub code: String,
    /// The best grade that is left.
    pub cap: Grade,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub text: Text,
    /// When it is at work.
    pub when: Condition,
}

/// When a veto is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Any such fact holds on the day.
    InForce {
        /// Which facts.
        select: Vec<Select>,
    },
    /// There were such facts and none of them holds any more; with none ever, it is unknown and no veto.
    Lapsed {
        /// Which facts.
        select: Vec<Select>,
    },
    /// At least so many such facts in the months before.
    Count {
        /// Which facts.
        select: Vec<Select>,
        /// Calendar months from the fact's day (Civil Code 202).
        window_months: u32,
        /// How many.
        at_least: usize,
    },
    /// The enterprise is registered with one of these statuses.
    Status {
        /// Which statuses.
        statuses: Vec<EnterpriseStatus>,
    },
}

impl Condition {
    /// Which facts it looks at.
    #[must_use]
    pub fn select(&self) -> &[Select] {
        match self {
            Self::InForce { select } | Self::Lapsed { select } | Self::Count { select, .. } => select,
            Self::Status { .. } => &[],
        }
    }
}

/// A family of indicators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Stable and machine-readable.
    pub code: String,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub title: Text,
    /// The sum of its indicators.
    pub max_points: u16,
    /// Its indicators.
    pub indicators: Vec<Indicator>,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Stable and machine-readable.
    pub code: String,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub title: Text,
    /// Why points were lost, where facts took them.
    #[schema(value_type = TextView)]
    pub reason: Text,
    /// Why points were lost, where there are no data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TextView>)]
    pub missing_reason: Option<Text>,
    /// The most it gives.
    pub max_points: u16,
    /// How its points are found.
    pub calc: Calc,
}

/// How the points of an indicator are found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Calc {
    /// Full points, less what facts in force take. No facts is full points: the registers of adverse facts are complete.
    Deduct {
        /// The most that is taken.
        cap: u16,
        /// How facts lose weight; without it they keep it while in force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decay: Option<String>,
        /// What each fact takes; the first rule that fits a fact counts.
        rules: Vec<Deduction>,
    },
    /// The share of good outcomes, in bins.
    Ratio {
        /// Facts of this kind with an outcome.
        kind: FactKind,
        /// Calendar months from the fact's day (Civil Code 202).
        window_months: u32,
        /// With fewer outcomes there is no ratio.
        min_count: usize,
        /// Which way points run.
        direction: Direction,
        /// The bins, in order, without gaps.
        bins: Vec<Bin>,
        /// Points where there is no ratio.
        missing: u16,
    },
    /// The share of good outcomes, times the full points, rounded half up.
    Share {
        /// Facts of this kind with an outcome.
        kind: FactKind,
        /// Calendar months from the fact's day (Civil Code 202).
        window_months: u32,
        /// With fewer outcomes there is no share.
        min_count: usize,
        /// Points where there is no share.
        missing: u16,
    },
    /// Whether any such fact holds on the day.
    Presence {
        /// Which facts.
        select: Vec<Select>,
        /// Points where one holds.
        held: u16,
        /// Points where there were some and all have ended.
        lapsed: u16,
        /// Points where there never was one.
        missing: u16,
    },
    /// The best traceability level in force, 0 to 3.
    Level {
        /// Points for each level.
        points: [u16; 4],
        /// Points where no level is known.
        missing: u16,
    },
}

impl Calc {
    /// The points for missing data, where data can be missing.
    #[must_use]
    pub const fn missing(&self) -> Option<u16> {
        match self {
            Self::Deduct { .. } => None,
            Self::Ratio { missing, .. } | Self::Share { missing, .. } | Self::Presence { missing, .. } | Self::Level { missing, .. } => {
                Some(*missing)
            }
        }
    }
}

/// What one fact takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    /// Facts of this kind.
    pub kind: FactKind,
    /// Only those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    /// Points by degree.
    pub points: ByDegree,
}

/// Points by the degree of a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByDegree {
    /// For a minor one.
    pub minor: u16,
    /// For a general one.
    pub general: u16,
    /// For a serious one.
    pub serious: u16,
    /// Where the fact states no degree.
    pub unstated: u16,
}

/// Which way the points of a ratio run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A higher ratio never gives fewer points.
    HigherIsBetter,
    /// A higher ratio never gives more points.
    LowerIsBetter,
}

/// A bin of a ratio, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// The lowest ratio in it.
    pub from_per_mille: u16,
    /// The lowest ratio above it; `None` in the last bin, which ends with 1000 included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_per_mille: Option<u16>,
    /// What it gives.
    pub points: u16,
}

impl ScoringModel {
    /// Reads a model and checks it.
    ///
    /// # Errors
    /// `model_unreadable`, or every fault that `model_check` finds.
    pub fn from_json(json: &str) -> Result<Self, Vec<FieldFault>> {
        let model: Self = serde_json::from_str(json).map_err(|error| {
            vec![FieldFault::rule("", "model_unreadable", format!("模型无法读取：{error}"), format!("The model cannot be read: {error}"))]
        })?;
        let faults = validate(&model);
        if faults.is_empty() { Ok(model) } else { Err(faults) }
    }

    /// The model that a new installation has.
    ///
    /// # Errors
    /// As [`ScoringModel::from_json`]; a test keeps it from happening.
    pub fn built_in() -> Result<Self, Vec<FieldFault>> {
        Self::from_json(BUILT_IN)
    }

    /// Its name and version.
    #[must_use]
    pub fn reference(&self) -> ModelRef {
        ModelRef { id: self.id.clone(), version: self.version }
    }

    /// Every indicator, in the order of the families.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.families.iter().flat_map(|family| &family.indicators)
    }
}
