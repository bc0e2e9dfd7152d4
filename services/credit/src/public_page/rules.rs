//! What of an enterprise and of a fact the public may see on a day; pure. Not here: windows and hidden days, `publicity`.

use std::collections::BTreeMap;

use contracts::credit::{Degree, Fact, FactKind, FactSource, Grade, ModelRef, ScoreSegment};
use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    policy::Policy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    enterprise::rules::Enterprise,
    publicity::rules::{Standing, is_public, standing},
};

/// The scope as shipped.
const SCOPE: &str = include_str!("../../policy/publicity_scope.json");
/// The kinds that put an enterprise on a list.
pub const LISTS: [FactKind; 3] = [FactKind::SeriousViolationListing, FactKind::AbnormalOperationListing, FactKind::TrustworthyListing];

/// What is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Fields of the register.
    pub enterprise: Vec<String>,
    /// Whether the grade is.
    pub score: bool,
    /// Kinds of facts, with the fields of their detail.
    pub kinds: BTreeMap<FactKind, Vec<String>>,
    /// An export is given for so many hours.
    pub export_hours: i64,
    /// Kinds that are shown with a mark where the enterprise says them of itself.
    pub self_declared: Vec<FactKind>,
}

/// The shipped scope by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Scope>, Fault> {
    Policy::from_json(SCOPE)
}

/// A fact as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicFact {
    /// `fct_…`; the feed calls it by the same name.
    #[schema(example = "fct_01JD0000000000000000000000")]
    pub id: String,
    /// What it is about.
    pub kind: FactKind,
    /// Where it comes from.
    pub source: FactSource,
    /// When it was decided.
    #[schema(value_type = Option<String>, format = Date)]
    pub decided_on: Option<Day>,
    /// When it was made public.
    #[schema(value_type = Option<String>, format = Date)]
    pub published_on: Option<Day>,
    /// First day on which it holds.
    #[schema(value_type = String, format = Date)]
    pub valid_from: Day,
    /// Last day on which it holds; open where absent.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_to: Option<Day>,
    /// How grave.
    pub degree: Option<Degree>,
    /// The fields of its kind that are public.
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
    /// The day from which it is public.
    #[schema(value_type = String, format = Date)]
    pub public_from: Day,
    /// The last day on which it is public, as far as the window alone says; open where absent.
    #[schema(value_type = Option<String>, format = Date)]
    pub public_until: Option<Day>,
    /// The enterprise objects, and the objection is not decided.
    pub under_objection: bool,
    /// The enterprise says it of itself; no authority has confirmed it.
    pub self_declared: bool,
}

/// A fact as the public sees it on a day; `None` where it may not. `all` are the facts of the same enterprise.
#[must_use]
pub fn shown(scope: &Scope, fact: &Fact, all: &[&Fact], day: Day) -> Option<PublicFact> {
    let fields = scope.kinds.get(&fact.kind())?;
    if !is_public(fact, all, day) || (fact.self_declared && !scope.self_declared.contains(&fact.kind())) {
        return None;
    }
    let window = fact.publicity.first();
    Some(PublicFact {
        id: fact.id.clone(),
        kind: fact.kind(),
        source: fact.source.clone(),
        decided_on: fact.decided_on,
        published_on: fact.published_on,
        valid_from: fact.valid_from,
        valid_to: fact.valid_to,
        degree: fact.degree,
        detail: kept(serde_json::to_value(&fact.detail).ok().as_ref().and_then(|told| told.get("detail")), fields),
        public_from: window.and_then(|window| window.from).unwrap_or_else(|| fact.dated().max(fact.valid_from)),
        public_until: window.map_or(fact.valid_to, |window| window.until),
        under_objection: standing(fact, day) == Standing::UnderObjection,
        self_declared: fact.self_declared,
    })
}

/// The public facts of an enterprise on a day, in the order of their ids.
#[must_use]
pub fn all_shown(scope: &Scope, facts: &[Fact], day: Day) -> Vec<PublicFact> {
    let all: Vec<&Fact> = facts.iter().collect();
    facts.iter().filter_map(|fact| shown(scope, fact, &all, day)).collect()
}

/// What the register makes public of an enterprise.
#[must_use]
pub fn register(scope: &Scope, enterprise: &Enterprise) -> Map<String, Value> {
    kept(serde_json::to_value(enterprise).ok().as_ref(), &scope.enterprise)
}

/// The fields of an object that are named, where they say something.
fn kept(object: Option<&Value>, fields: &[String]) -> Map<String, Value> {
    let members = object.and_then(Value::as_object).into_iter().flatten();
    members.filter(|(name, value)| fields.contains(name) && !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The public score on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicScore {
    /// 0 to 1000; `null` while `unrated`.
    pub score: Option<u16>,
    /// The grade after the vetoes.
    pub grade: Grade,
    /// By which model.
    pub model: ModelRef,
}

/// The score of a timeline on a day.
#[must_use]
pub fn score_on(model: ModelRef, segments: &[ScoreSegment], day: Day) -> Option<PublicScore> {
    let segment = segments.iter().rev().find(|segment| segment.from <= day)?;
    // A later version of the model is named by the segment.
    Some(PublicScore { score: segment.score, grade: segment.grade, model: segment.model.clone().unwrap_or(model) })
}

/// The day asked for in a body: today or later. What was public in the past is told to nobody, or an ended publicity would go on.
///
/// # Errors
/// `day_has_passed`.
pub fn asked_day(asked: Option<Day>, today: Day) -> Result<Day, Vec<FieldFault>> {
    not_passed("/as_of", asked, today)
}

/// The same for a query.
///
/// # Errors
/// `day_has_passed`.
pub fn queried_day(asked: Option<Day>, today: Day) -> Result<Day, Vec<FieldFault>> {
    not_passed("?as_of", asked, today)
}

fn not_passed(pointer: &str, asked: Option<Day>, today: Day) -> Result<Day, Vec<FieldFault>> {
    match asked {
        Some(day) if day < today => {
            let fault = Fault::new("day_has_passed", "只能查询今天或以后。", "Only today or a later day can be asked for.");
            Err(vec![FieldFault::of(pointer, fault)])
        }
        asked => Ok(asked.unwrap_or(today)),
    }
}
