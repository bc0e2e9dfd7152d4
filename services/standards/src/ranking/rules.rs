//! In which band each declaration is, who is left out and why; the same inputs give the same answer in whatever order they come. Not here: how inputs are
//! read, `actions.rs`; in which band one value is, `ranking_plan::rules`.

use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::ranking_input::rules::Reason;
use crate::{
    indicator::rules::{Direction, Indicator, Verdict, compare},
    method_conversion::rules::MethodConversion,
    ranking_input::rules::{Input, Measurement},
    ranking_plan::rules::{Graded, GradedKind},
};

/// A band and how many are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BandCount {
    /// Counted from 1, the best one.
    pub band: u32,
    /// How many declarations.
    pub count: usize,
}

/// How the declarations stand by one indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorList {
    /// Which.
    pub property: String,
    /// What it does.
    pub kind: GradedKind,
    /// Whether there is a list: there is none where all values are equal.
    pub listed: bool,
    /// How many are in each band; nothing without a list.
    pub bands: Vec<BandCount>,
}

/// A declared value in its band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacedValue {
    /// What is declared.
    pub declared: Indicator,
    /// Its band; none of an innovative one that is below the lowest, or cannot be compared.
    pub band: Option<u32>,
    /// What the assessment body found.
    pub measured: Vec<Measurement>,
}

/// A declaration in its band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RankedPlace)]
pub struct Place {
    /// The worst band of its core indicators.
    pub band: u32,
    /// The enterprise.
    #[schema(value_type = String)]
    pub enterprise: Uscc,
    /// `dcl_…`.
    pub declaration: String,
    /// Which version of it.
    pub declaration_version: i64,
    /// The product.
    pub product: String,
    /// The number of the standard that it declares first of all.
    pub number: String,
    /// Its edition.
    pub edition: String,
    /// The values of the plan's indicators.
    pub values: Vec<PlacedValue>,
}

/// A declaration that is not ranked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExcludedDeclaration)]
pub struct Excluded {
    /// The enterprise.
    #[schema(value_type = String)]
    pub enterprise: Uscc,
    /// `dcl_…`.
    pub declaration: String,
    /// Which version of it.
    pub declaration_version: i64,
    /// Why, all of it.
    pub reasons: Vec<Reason>,
}

/// That there is no order inside a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderInsideBand {
    /// Whoever is in the same band is equal; codes only put them on the page.
    None,
}

/// What a ranking found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Whether there is a list at all: there is none where every core indicator is equal everywhere.
    pub listed: bool,
    /// No order inside a band.
    pub order_inside_band: OrderInsideBand,
    /// How many are in each band.
    pub bands: Vec<BandCount>,
    /// By each indicator.
    pub indicators: Vec<IndicatorList>,
    /// Who is in which band; inside a band by code.
    pub places: Vec<Place>,
    /// Who is not ranked.
    pub excluded: Vec<Excluded>,
}

impl Outcome {
    /// The best band of the plan; nobody where there is no list.
    #[must_use]
    pub fn best(&self) -> &[Place] {
        let end = if self.listed { self.places.partition_point(|place| place.band == 1) } else { 0 };
        self.places.get(..end).unwrap_or_default()
    }
}

/// That candidates were named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaderNaming)]
pub struct Naming {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The number of the decision.
    pub document_no: String,
    /// Which leaders, `ldr_…`.
    pub leaders: Vec<String>,
}

/// A ranking with everything that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// `rkg_…`.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// The version of it.
    pub plan_version: i64,
    /// Its indicators as they stood.
    pub indicators: Vec<Graded>,
    /// The body that ranks, to which its results are attributed.
    pub assessor: String,
    /// On which day.
    pub ranked_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What was read.
    pub inputs: Vec<Input>,
    /// What was known of test methods.
    pub conversions: Vec<MethodConversion>,
    /// What came of it.
    pub outcome: Outcome,
    /// Who was named.
    pub namings: Vec<Naming>,
}

/// A measured value as a requirement in the direction of what was declared, so that both can be compared.
fn as_found(measurement: &Measurement, declared: &Indicator) -> Indicator {
    let bound = |wanted: bool| wanted.then_some(measurement.value);
    Indicator {
        lower: bound(declared.direction != Direction::Max),
        upper: bound(declared.direction != Direction::Min),
        unit: measurement.unit.clone(),
        test_method: measurement.test_method.clone(),
        ..declared.clone()
    }
}

/// Whether what was measured breaks what was declared; what cannot be compared breaks nothing.
#[must_use]
pub fn breaks(measurement: &Measurement, declared: &Indicator, conversions: &[MethodConversion]) -> bool {
    use crate::indicator::rules::Reason::{Direction, Range};
    match compare(&as_found(measurement, declared), declared, conversions) {
        Verdict::Stricter | Verdict::Equal => false,
        Verdict::Looser | Verdict::NotComparable(Range | Direction) => true,
        Verdict::NotComparable(_) => false,
    }
}

/// One value of one declaration, and why it keeps the declaration out.
fn value(input: &Input, graded: &Graded, conversions: &[MethodConversion], reasons: &mut Vec<Reason>) -> Option<PlacedValue> {
    let (property, binds) = (graded.property.clone(), graded.kind != GradedKind::Innovative);
    let Some(declared) = input.indicators.iter().find(|declared| declared.property == property) else {
        reasons.extend(binds.then_some(Reason::IndicatorMissing { property }));
        return None;
    };
    let measured: Vec<Measurement> = input.results.iter().filter(|result| result.property == property).cloned().collect();
    if let Some(broken) = measured.iter().find(|result| breaks(result, declared, conversions)) {
        let (assessor, report_digest) = (broken.assessor.clone(), broken.report_digest.clone());
        reasons.push(Reason::MeasuredBelowDeclared { property: property.clone(), assessor, report_digest });
    }
    let band = match graded.band_of(declared, conversions) {
        Ok(band) => band,
        Err(why) => {
            reasons.extend(binds.then_some(Reason::IndicatorNotComparable { property, why }));
            return Some(PlacedValue { declared: declared.clone(), band: None, measured });
        }
    };
    if band.is_none() && binds {
        reasons.push(Reason::BelowLowestBand { property });
    }
    Some(PlacedValue { declared: declared.clone(), band, measured })
}

/// The place of a declaration, or why it has none.
fn place(input: &Input, indicators: &[Graded], conversions: &[MethodConversion]) -> Result<Place, Excluded> {
    let mut reasons = input.reasons();
    let mut values = Vec::new();
    let mut worst = 1;
    for graded in indicators {
        let Some(placed) = value(input, graded, conversions, &mut reasons) else { continue };
        if graded.kind == GradedKind::Core {
            worst = placed.band.unwrap_or(u32::MAX).max(worst);
        }
        values.push(placed);
    }
    let Input { enterprise, declaration, declaration_version, .. } = input.clone();
    if !reasons.is_empty() {
        return Err(Excluded { enterprise, declaration, declaration_version, reasons });
    }
    let Input { product, number, edition, .. } = input.clone();
    Ok(Place { band: worst, enterprise, declaration, declaration_version, product, number, edition, values })
}

fn counts(bands: impl Iterator<Item = u32> + Clone, deepest: usize) -> Vec<BandCount> {
    let one = |band: u32| BandCount { band, count: bands.clone().filter(|found| *found == band).count() };
    (1..=u32::try_from(deepest).unwrap_or(u32::MAX)).map(one).collect()
}

/// How the places stand by one indicator.
fn list(graded: &Graded, places: &[Place], conversions: &[MethodConversion]) -> IndicatorList {
    let is_it = |value: &&PlacedValue| value.declared.property == graded.property;
    let values: Vec<&PlacedValue> = places.iter().filter_map(|place| place.values.iter().find(is_it)).collect();
    let differs =
        |one: &&PlacedValue| values.first().is_some_and(|first| compare(&first.declared, &one.declared, conversions) != Verdict::Equal);
    let listed = values.iter().any(differs);
    let bands = if listed { counts(values.iter().filter_map(|value| value.band), graded.bands.len()) } else { Vec::new() };
    IndicatorList { property: graded.property.clone(), kind: graded.kind, listed, bands }
}

/// Ranks declarations by the indicators of a plan.
#[must_use]
pub fn rank(indicators: &[Graded], inputs: &[Input], conversions: &[MethodConversion]) -> Outcome {
    let (mut places, mut excluded) = (Vec::new(), Vec::new());
    for input in inputs {
        match place(input, indicators, conversions) {
            Ok(place) => places.push(place),
            Err(out) => excluded.push(out),
        }
    }
    places.sort_by(|one, other| (one.band, &one.enterprise, &one.declaration).cmp(&(other.band, &other.enterprise, &other.declaration)));
    excluded.sort_by(|one, other| (&one.enterprise, &one.declaration).cmp(&(&other.enterprise, &other.declaration)));
    let core = indicators.iter().filter(|graded| graded.kind == GradedKind::Core);
    let deepest = core.map(|graded| graded.bands.len()).max().unwrap_or(0);
    let lists: Vec<IndicatorList> = indicators.iter().map(|graded| list(graded, &places, conversions)).collect();
    // A value that is equal everywhere gives no list, and still counts in the overall band: a better value must never make a place worse.
    let listed = lists.iter().any(|list| list.listed && list.kind == GradedKind::Core);
    let bands = counts(places.iter().map(|place| place.band), deepest);
    Outcome { listed, order_inside_band: OrderInsideBand::None, bands, indicators: lists, places, excluded }
}
