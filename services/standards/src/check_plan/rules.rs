//! What a plan fixes before the draw, and whether what is disclosed fits it; pure. Not here: who is drawn, `draw`.

use std::collections::BTreeMap;

use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::draw::rules::{Candidate, Fixed, Hash, digest, drawn, population_digest};

/// Whether a plan was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckPlanState)]
pub enum PlanState {
    /// Its urn and the hash of its seed are fixed.
    Committed,
    /// It was drawn.
    Drawn,
}

impl PlanState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Drawn => "drawn",
        }
    }
}

/// The least length of a seed in characters: a shorter one could be guessed from its hash.
pub const SEED_MIN: usize = 32;

/// A public source of a value that nobody knows when the plan is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckBeacon)]
pub struct Beacon {
    /// Who gives the value, and where it can be read.
    #[schema(example = "示例公共随机源")]
    pub source: String,
    /// Which of its values.
    #[schema(example = "4711")]
    pub round: String,
    /// From when the value is known; nothing is drawn before.
    #[schema(value_type = String, format = DateTime)]
    pub known_from: Instant,
}

/// Whether a public value has the only form in which it is taken: 32 to 128 lower-case hexadecimal digits. A choice of spellings would be a
/// choice of draws.
#[must_use]
pub fn is_canonical(value: &str) -> bool {
    (32..=128).contains(&value.len()) && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// How many times a name lies in the urn, by what the last check of the declaration found; 0 leaves it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckWeights)]
pub struct Weights {
    /// It was never checked.
    #[schema(example = 2)]
    pub unchecked: u32,
    /// It did not conform.
    #[schema(example = 3)]
    pub failed: u32,
    /// It conformed.
    #[schema(example = 1)]
    pub passed: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { unchecked: 1, failed: 1, passed: 1 }
    }
}

impl Weights {
    /// The urn: who stands in it, and how often.
    #[must_use]
    pub fn urn(&self, ids: Vec<String>, passed: &BTreeMap<String, bool>) -> Vec<Candidate> {
        let weight = |id: &str| match passed.get(id) {
            None => self.unchecked,
            Some(false) => self.failed,
            Some(true) => self.passed,
        };
        ids.into_iter().map(|id| Candidate { weight: weight(&id), id }).filter(|one| one.weight > 0).collect()
    }
}

/// What was disclosed and drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckDraw)]
pub struct Draw {
    /// The secret text whose hash was published.
    pub seed: String,
    /// The value that the announced public source gave.
    pub beacon: Option<String>,
    /// Who was drawn, in order.
    pub order: Vec<String>,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub drawn_on: Day,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `dcp_…`.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Whether it was drawn.
    pub state: PlanState,
    /// `sha256:…` of the seed.
    pub commitment: String,
    /// The public source of a value that is known only later.
    pub beacon: Option<Beacon>,
    /// Only products of this class of the ICS.
    pub ics: Option<String>,
    /// How many are drawn.
    pub count: u32,
    /// How often each lies in the urn.
    pub weights: Weights,
    /// The urn, which is kept beside the rest; empty in lists.
    #[serde(skip)]
    pub population: Vec<Candidate>,
    /// How many stand in it.
    pub population_count: usize,
    /// Its digest.
    pub population_digest: String,
    /// When all this was fixed.
    pub committed_on: Day,
    /// By whom.
    pub by: Uscc,
    /// What was drawn.
    pub draw: Option<Draw>,
}

/// What an officer discloses to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// The secret text.
    pub seed: String,
    /// What the public source gave.
    pub beacon: Option<String>,
}

/// What is wrong with a disclosure.
#[must_use]
pub fn faults(plan: &Plan, disclosed: &Disclosed, hash: Hash) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    if digest(hash, disclosed.seed.as_bytes()) != plan.commitment {
        let en = "The hash of the seed is not the one that was published with the plan.";
        bad.push(FieldFault::rule("/seed", "seed_differs", "随机种子与计划公布的摘要不符。", en));
    } else if disclosed.seed.chars().count() < SEED_MIN {
        let (zh, en) = (format!("随机种子少于 {SEED_MIN} 个字符。"), format!("The seed has fewer than {SEED_MIN} characters."));
        bad.push(FieldFault::rule("/seed", "seed_short", zh, en));
    }
    match (&plan.beacon, &disclosed.beacon) {
        (Some(_), None) => {
            let en = "The plan announced a public source; give its value.";
            bad.push(FieldFault::rule("/beacon", "beacon_missing", "计划公布了公共随机源，须给出其数值。", en));
        }
        (None, Some(_)) => {
            let en = "The plan announced no public source.";
            bad.push(FieldFault::rule("/beacon", "beacon_not_announced", "计划未公布公共随机源。", en));
        }
        (Some(_), Some(value)) if !is_canonical(value) => {
            let en = "The value is written in full as 32 to 128 lower-case hexadecimal digits.";
            bad.push(FieldFault::rule("/beacon", "beacon_invalid", "数值应完整写为 32 至 128 位小写十六进制数。", en));
        }
        _ => {}
    }
    bad
}

/// That the announced value is not known yet at a moment.
#[must_use]
pub fn too_early(plan: &Plan, now: Instant) -> Option<FieldFault> {
    let from = plan.beacon.as_ref().map(|beacon| beacon.known_from).filter(|from| now < *from)?;
    let (zh, en) = (format!("公共随机源的数值自 {from} 起可知，此前不得抽取。"), format!("The public value is known from {from} on."));
    Some(FieldFault::rule("/beacon", "beacon_not_yet", zh, en))
}

/// Who is drawn.
#[must_use]
pub fn order(plan: &Plan, disclosed: &Disclosed, hash: Hash) -> Vec<String> {
    let fixed = Fixed { plan: &plan.id, seed: &disclosed.seed, beacon: disclosed.beacon.as_deref() };
    drawn(hash, fixed, &plan.population, usize::try_from(plan.count).unwrap_or(usize::MAX))
}

/// The value of a public source by which a draw was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CheckPublicValue)]
pub struct PublicValue {
    /// Who gave it.
    pub source: String,
    /// Which of its values.
    pub round: String,
    /// What was said to be the value.
    #[schema(example = "b1946ac92492d2347c6235b4d2611184")]
    pub value: String,
}

/// A draw beside what drawing again gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CheckReplay)]
pub struct Replay {
    /// Whether everything that this register can know is the same. Whether the public source gave that value, it cannot know: see
    /// `to_compare`.
    pub same: bool,
    /// Whether the seed has the hash that was published.
    pub seed_fits: bool,
    /// The public value by which it was drawn: whoever draws again compares it, in full, with what the source gives for that round. None
    /// where no source was announced.
    pub to_compare: Option<PublicValue>,
    /// The digest of the urn, made again.
    pub population_digest: String,
    /// Who is drawn, again.
    pub order: Vec<String>,
}

/// Draws again; none where nothing was drawn.
#[must_use]
pub fn replay(plan: &Plan, hash: Hash) -> Option<Replay> {
    let stands = plan.draw.as_ref()?;
    let disclosed = Disclosed { seed: stands.seed.clone(), beacon: stands.beacon.clone() };
    let (again, population_digest) = (order(plan, &disclosed, hash), population_digest(hash, &plan.population));
    let seed_fits = faults(plan, &disclosed, hash).is_empty();
    let same = seed_fits && population_digest == plan.population_digest && again == stands.order;
    let announced = plan.beacon.clone().zip(stands.beacon.clone());
    let to_compare = announced.map(|(Beacon { source, round, .. }, value)| PublicValue { source, round, value });
    Some(Replay { same, seed_fits, to_compare, population_digest, order: again })
}
