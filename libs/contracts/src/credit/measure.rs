//! What follows for others from lists, bans and grade: incentives and joint discipline by interval. Not here: the published table, `services/credit`.

use model::{instant::Day, ratio::Ratio, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Grade;
use crate::event::{Audience, Payload};

/// Whether a measure rewards or restrains (special-zone regulation, Art 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum MeasureSide {
    Incentive,
    Discipline,
}

/// Where a measure bites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the regulation's own")]
pub enum MeasureScope {
    Procurement,
    FiscalFunds,
    GovernmentInvestmentTenders,
    PublicResourceTrading,
    InspectionFrequency,
    Honours,
    ApprovalProcedure,
    Publicity,
}

/// A measure between two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureInterval {
    /// Its code in the published table.
    pub code: String,
    /// Whether it rewards or restrains.
    pub side: MeasureSide,
    /// Where it bites.
    pub scope: MeasureScope,
    /// First day.
    pub from: Day,
    /// Last day, inclusive; open where absent.
    #[serde(default)]
    pub to: Option<Day>,
    /// The facts that are its ground.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fact_ids: Vec<String>,
    /// The grades that are its ground.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<Grade>,
    /// What inspection frequency is multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<Ratio>,
}

/// The measures that follow from what is known now, on every day; told again only when they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuresChanged {
    /// For whom.
    pub uscc: Uscc,
    /// In the order of codes and days.
    pub intervals: Vec<MeasureInterval>,
}

impl Payload for MeasuresChanged {
    const TYPE: &'static str = "touchstone.credit.measures.changed.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.uscc.as_str()
    }
}
