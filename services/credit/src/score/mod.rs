//! The public quality-credit score of an enterprise on a day, explained: families, indicators, vetoes and reasons with the facts behind them.
//! It is a pure function of (model, facts, day). Not here: the internal risk class, which is never published (domain.md 0.3).

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;

use contracts::credit::Grade;
use model::text::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::model_book::actions::Models;
use crate::scoring_model::TextView;

/// The score of an enterprise on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Score {
    /// 0 to 1000; `null` while unrated.
    pub score: Option<u16>,
    /// The grade after the vetoes.
    pub grade: Grade,
    /// The families in the order of the model.
    pub families: Vec<FamilyScore>,
    /// The vetoes at work.
    pub vetoes: Vec<VetoApplied>,
    /// Why points were lost, most points first.
    pub reasons: Vec<Reason>,
}

/// The points of a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FamilyScore {
    /// Stable and machine-readable.
    pub code: String,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub title: Text,
    /// The sum of its indicators.
    pub points: u16,
    /// The most it gives.
    pub max_points: u16,
    /// Its indicators in the order of the model.
    pub indicators: Vec<IndicatorScore>,
}

/// The points of an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorScore {
    /// Stable and machine-readable.
    pub code: String,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub title: Text,
    /// What it gives.
    pub points: u16,
    /// The most it gives.
    pub max_points: u16,
    /// The difference.
    pub points_lost: u16,
    /// Whether there are no data and the points are the model's stated ones for that.
    pub missing: bool,
    /// The facts it looked at.
    pub fact_ids: Vec<String>,
}

/// A veto at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VetoApplied {
    /// Stable and machine-readable.
    pub code: String,
    /// The best grade it leaves.
    pub cap: Grade,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub text: Text,
    /// The facts behind it.
    pub fact_ids: Vec<String>,
}

/// Why points were lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// The code of the indicator.
    pub code: String,
    /// How many points.
    pub points_lost: u16,
    /// The same for people.
    #[schema(value_type = TextView)]
    pub text: Text,
    /// The facts that took them; empty where data are missing.
    pub fact_ids: Vec<String>,
}
