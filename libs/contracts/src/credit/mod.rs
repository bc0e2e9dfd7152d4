//! What credit says: enterprises, facts of the integrity file, score timelines. Not here: how a score is computed, `services/credit`.

mod detail;
mod listing;
mod measure;
mod merger;
mod origin;
mod publicity;
mod risk;
mod withdrawal;
mod word;

pub use detail::{
    AnnualReport, Complaint, ContractPerformance, Cover, Detail, Inspection, Judgment, Listing, MoneyView, Penalty, Permit, ProcurementBan,
    Recall, Rectification, SpotCheck, StandardConformity, Titled, Traceability,
};
pub use listing::{ListKind, ListingChanged, ListingState};
pub use measure::{MeasureInterval, MeasureScope, MeasureSide, MeasuresChanged};
pub use merger::EnterpriseMerged;
pub use origin::Origin;
pub use publicity::{FactMarked, Mark, MarkKind, Portal, PublicityWindow};
pub use risk::{RiskClass, RiskClassified};
pub use withdrawal::{FactWithdrawn, WithdrawnBecause};
pub use word::{
    BanScope, CheckResult, Degree, EnterpriseStatus, FactKind, Grade, PenaltyField, PenaltyType, Performed, RecallMode, RecallState,
    Rectified,
};

use model::{instant::Day, instant::Instant, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{Audience, Payload};

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactSource {
    /// The deciding or publishing body, as it writes itself.
    pub authority: String,
    /// The number of its document, free text: published numbers are often garbled (domain 11, point 8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_no: Option<String>,
}

/// A fact of the integrity file as the platform tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// `fct_…`.
    pub id: String,
    /// Whom it is about.
    pub enterprise: Uscc,
    /// Kind and detail.
    #[serde(flatten)]
    pub detail: Detail,
    /// Where it comes from.
    pub source: FactSource,
    /// The organisation that asserted it to the platform.
    pub asserted_by: Uscc,
    /// When the authority decided.
    #[serde(default)]
    pub decided_on: Option<Day>,
    /// When it was made public; some publicity clocks run from here (domain-updates A6).
    #[serde(default)]
    pub published_on: Option<Day>,
    /// First day on which it holds.
    pub valid_from: Day,
    /// Last day on which it holds, inclusive; `None` while open.
    #[serde(default)]
    pub valid_to: Option<Day>,
    /// How grave.
    #[serde(default)]
    pub degree: Option<Degree>,
    /// Said by the enterprise of itself: no weight until an authority confirms it.
    #[serde(default)]
    pub self_declared: bool,
    /// When the platform came to know it.
    pub recorded_at: Instant,
    /// For how long it is public, by place, the one that this platform follows first; empty for kinds that have no window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publicity: Vec<PublicityWindow>,
    /// What was marked on it since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// The region that it was taken from; none where it was asserted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Fact {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> FactKind {
        self.detail.kind()
    }

    /// Whether it holds on `day`: both ends are inclusive.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The day a look-back or a decay counts from: the decision where there is one, else the start of validity.
    #[must_use]
    pub fn dated(&self) -> Day {
        self.decided_on.unwrap_or(self.valid_from)
    }
}

/// What the register says of an enterprise, without its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnterpriseRecorded {
    /// Whom.
    pub uscc: Uscc,
    /// Its administrative division, GB/T 2260.
    pub division: String,
    /// Its industry, GB/T 4754.
    #[serde(default)]
    pub industry: Option<String>,
    /// Its registration status.
    pub status: EnterpriseStatus,
    /// When it was established.
    pub established_on: Day,
}

impl Payload for EnterpriseRecorded {
    const TYPE: &'static str = "touchstone.credit.enterprise.recorded.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.uscc.as_str()
    }
}

/// A new fact stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRecorded {
    /// The fact.
    pub fact: Fact,
}

impl Payload for FactRecorded {
    const TYPE: &'static str = "touchstone.credit.fact.recorded.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.fact.enterprise.as_str()
    }
}

/// A fact was corrected: the old version ends, the new one begins, at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSuperseded {
    /// The version that ends.
    pub superseded: String,
    /// Why.
    pub reason: String,
    /// The version that stands now.
    pub fact: Fact,
}

impl Payload for FactSuperseded {
    const TYPE: &'static str = "touchstone.credit.fact.superseded.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.fact.enterprise.as_str()
    }
}

/// A fact was annulled: it should never have stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactAnnulled {
    /// Whom it was about.
    pub enterprise: Uscc,
    /// The fact that ends.
    pub annulled: String,
    /// Why.
    pub reason: String,
}

impl Payload for FactAnnulled {
    const TYPE: &'static str = "touchstone.credit.fact.annulled.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.enterprise.as_str()
    }
}

/// A model and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelRef {
    /// For example `quality-credit`.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
}

/// The score on every day, for the facts known now: time alone moves it, by decay, expiry and the twelve months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreTimeline {
    /// Whose.
    pub uscc: Uscc,
    /// By which model, where a segment names no other.
    pub model: ModelRef,
    /// In order, without gaps, the last one open.
    pub segments: Vec<ScoreSegment>,
}

impl ScoreTimeline {
    /// The model of a segment.
    #[must_use]
    pub fn model_of<'a>(&'a self, segment: &'a ScoreSegment) -> &'a ModelRef {
        segment.model.as_ref().unwrap_or(&self.model)
    }
}

impl Payload for ScoreTimeline {
    const TYPE: &'static str = "touchstone.credit.score.changed.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.uscc.as_str()
    }
}

/// The score between two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreSegment {
    /// First day.
    pub from: Day,
    /// Last day, inclusive; `None` in the last segment.
    #[serde(default)]
    pub to: Option<Day>,
    /// 0 to 1000; `None` while `unrated`.
    pub score: Option<u16>,
    /// The grade after the vetoes.
    pub grade: Grade,
    /// Codes of the vetoes at work.
    #[serde(default)]
    pub vetoes: Vec<String>,
    /// By which model, where it is another than that of the timeline: a later version came into force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
}
