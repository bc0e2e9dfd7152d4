//! What a plan must be: core indicators, quantified, graded in bands of which the lowest is not below the standard; and in which band a value is. Not here:
//! the overall band of a declaration, `ranking::rules`.

use chrono::Datelike;
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, Instant},
    policy::Policy,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::indicator::rules::{Amount, Direction, Indicator, IndicatorKind, Reason, TestMethod, Verdict, compare};
use crate::method_conversion::rules::MethodConversion;

const TERMS: &str = include_str!("../../policy/ranking_terms.json");

/// What a plan must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingTerms {
    /// So many core indicators at the least.
    pub core_indicators: usize,
    /// So many bands of each of them at the least.
    pub bands: usize,
    /// So many declarations of a field in one ranking at the most.
    pub declarations: usize,
}

/// The shipped terms by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<RankingTerms>, Fault> {
    Policy::from_json(TERMS)
}

/// What an indicator does in a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradedKind {
    /// 核心指标: its band counts.
    Core,
    /// 基础指标: it is kept, or the declaration is not ranked.
    Basic,
    /// 创新性指标: it is shown and changes nothing.
    Innovative,
}

/// What a value keeps to, to be in a band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanBand)]
pub struct Band {
    /// At least so much; with `min` and `range`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "100")]
    pub lower: Option<Amount>,
    /// At most so much; with `max` and `range`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub upper: Option<Amount>,
}

/// An indicator with its bands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GradedIndicator)]
pub struct Graded {
    /// The own word of what is measured, as in declarations and clauses.
    #[schema(example = "wear_resistance")]
    pub property: String,
    /// A short name.
    #[schema(example = "示例耐磨性")]
    pub title: String,
    /// What it does.
    pub kind: GradedKind,
    /// In which direction it is better.
    pub direction: Direction,
    /// The unit of its bands, a UCUM code.
    #[schema(example = "1")]
    pub unit: String,
    /// By which method values are found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<TestMethod>,
    /// The bands, the best one first.
    pub bands: Vec<Band>,
}

impl Graded {
    /// What a value of a band keeps to.
    #[must_use]
    pub fn required(&self, band: &Band) -> Indicator {
        Indicator {
            property: self.property.clone(),
            title: self.title.clone(),
            direction: self.direction,
            lower: band.lower,
            upper: band.upper,
            unit: self.unit.clone(),
            test_method: self.test_method.clone(),
            kind: IndicatorKind::Other,
        }
    }

    /// The best band, counted from 1, that a declared value keeps to; none where it is below the lowest one.
    ///
    /// # Errors
    /// Why it cannot be compared.
    pub fn band_of(&self, declared: &Indicator, conversions: &[MethodConversion]) -> Result<Option<u32>, Reason> {
        for (number, band) in (1_u32..).zip(&self.bands) {
            match compare(declared, &self.required(band), conversions) {
                Verdict::Stricter | Verdict::Equal => return Ok(Some(number)),
                // A range that reaches out of this band may lie inside the next one.
                Verdict::Looser | Verdict::NotComparable(Reason::Range | Reason::Direction) => {}
                Verdict::NotComparable(reason) => return Err(reason),
            }
        }
        Ok(None)
    }

    /// The lowest band.
    #[must_use]
    pub fn lowest(&self) -> Option<Indicator> {
        self.bands.last().map(|band| self.required(band))
    }
}

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It is handed in.
    Draft,
    /// Rankings may be made by it.
    Approved,
    /// It was not approved.
    Rejected,
}

impl PlanState {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 3] = [("draft", Self::Draft), ("approved", Self::Approved), ("rejected", Self::Rejected)];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Draft => &["approve", "reject"],
            Self::Approved | Self::Rejected => &[],
        }
    }
}

/// What an authority said of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDecision {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The number of the decision.
    pub document_no: String,
    /// In words.
    pub text: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingPlan {
    /// `rkp_…`.
    pub id: String,
    /// The body that made it and ranks by it.
    pub assessor: String,
    /// Its title.
    pub title: String,
    /// The products, a class of the International Classification for Standards.
    pub ics: String,
    /// Which standards are meant, in words.
    pub scope: Option<String>,
    /// For which year.
    pub year: i32,
    /// National and industry standards that no band may be below, by dated number.
    pub baseline: Vec<String>,
    /// The indicators.
    pub indicators: Vec<Graded>,
    /// Where it stands.
    pub state: PlanState,
    /// What the authority said.
    pub decision: Option<PlanDecision>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl RankingPlan {
    /// Whether rankings are made by it on a day: in its year alone.
    #[must_use]
    pub fn is_of(&self, day: Day) -> bool {
        day.year() == self.year
    }
}

/// What a standard requires of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The dated number.
    pub number: String,
    /// The clause.
    pub clause: String,
    /// The requirement.
    pub required: Indicator,
}

/// What is wrong with the indicators of a plan by themselves: a property twice, bands that are not in order, each looser than the one before.
#[must_use]
pub fn faults(indicators: &[Graded]) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    for (place, graded) in indicators.iter().enumerate() {
        let at = format!("/indicators/{place}");
        if indicators.iter().take(place).any(|before| before.property == graded.property) {
            let en = "A property stands in a plan once.";
            bad.push(FieldFault::rule(format!("{at}/property"), "property_twice", "同一指标只能列入一次。", en));
        }
        for (number, (band, next)) in graded.bands.iter().zip(graded.bands.iter().skip(1)).enumerate() {
            if compare(&graded.required(band), &graded.required(next), &[]) != Verdict::Stricter {
                let en = "Bands stand from the best to the lowest; each is looser than the one before.";
                let pointer = format!("{at}/bands/{}", number.saturating_add(1));
                bad.push(FieldFault::rule(pointer, "band_order", "分档应由优到低，每一档均宽于前一档。", en));
            }
        }
    }
    bad
}

/// Which indicators have a lowest band below what a standard requires, with the clause that says so (domain-updates A20).
#[must_use]
pub fn below(indicators: &[Graded], floors: &[Floor], conversions: &[MethodConversion]) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    for (place, graded) in indicators.iter().enumerate() {
        let Some(lowest) = graded.lowest() else { continue };
        let pointer = format!("/indicators/{place}/bands/{}", graded.bands.len().saturating_sub(1));
        for Floor { number, clause, required } in floors.iter().filter(|floor| floor.required.property == graded.property) {
            match compare(&lowest, required, conversions) {
                Verdict::Stricter | Verdict::Equal => {}
                Verdict::Looser => {
                    let zh = format!("最低档低于 {number} 第 {clause} 条的要求。");
                    let en = format!("The lowest band is below clause {clause} of {number}.");
                    bad.push(FieldFault::rule(pointer.clone(), "band_below_standard", zh, en));
                }
                Verdict::NotComparable(reason) => {
                    let text = reason.text();
                    let zh = format!("最低档无法与 {number} 第 {clause} 条比较：{}", text.zh);
                    let en = format!("The lowest band cannot be compared with clause {clause} of {number}: {}", text.en);
                    bad.push(FieldFault::rule(pointer.clone(), "band_not_comparable", zh, en));
                }
            }
        }
    }
    bad
}

/// What a plan lacks to be approved: core indicators, quantified and graded.
#[must_use]
pub fn incomplete(indicators: &[Graded], terms: &RankingTerms) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    let core = indicators.iter().enumerate().filter(|(_, graded)| graded.kind == GradedKind::Core);
    let (count, least) = (core.clone().count(), terms.core_indicators);
    if count < least {
        let en = format!("A plan has at least {least} core indicators; this one has {count}.");
        bad.push(FieldFault::rule("/indicators", "core_too_few", format!("核心指标不少于 {least} 项，实为 {count} 项。"), en));
    }
    for (place, graded) in core.filter(|(_, graded)| graded.bands.len() < terms.bands) {
        let (count, least) = (graded.bands.len(), terms.bands);
        let en = format!("A core indicator is graded in at least {least} bands; this one in {count}.");
        let zh = format!("核心指标应至少分 {least} 档，实为 {count} 档。");
        bad.push(FieldFault::rule(format!("/indicators/{place}/bands"), "band_too_few", zh, en));
    }
    bad
}
