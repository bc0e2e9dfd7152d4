//! The class as a pure function of (policy, facts, day). Not here: who may see it.

use std::collections::BTreeMap;

use chrono::Months;
use contracts::credit::{Degree, Fact, FactKind, MarkKind, RiskClass};
use model::{fault::Fault, instant::Day, policy::Policy, text::Text};
use serde::{Deserialize, Serialize};

use crate::selector::rules::{Only, Select};

/// The policy as shipped.
const RISK: &str = include_str!("../../policy/risk.json");

/// How classes are found: data, every number of it a choice of the platform until the weights are published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskPolicy {
    /// What an enterprise has without any fact.
    pub base: i32,
    /// What facts add or take.
    pub weights: Vec<Weight>,
    /// Facts that force a class at least.
    pub forced: Vec<Forced>,
    /// Facts do not count while one of these marks stands on them.
    pub uncounted: Vec<MarkKind>,
    /// From how many points on a class holds, lowest first.
    pub levels: Vec<Level>,
}

/// What the facts of one kind add or take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Stable and machine-readable.
    pub code: String,
    /// The family of domain.md 3.1.
    pub family: String,
    /// Facts of this kind.
    pub kind: FactKind,
    /// Only those.
    #[serde(default)]
    pub only: Option<Only>,
    /// For so many months after their day; for as long as they hold where nothing is said.
    #[serde(default)]
    pub window_months: Option<u32>,
    /// Points of one fact by degree; below zero is a relief.
    pub points: PointsByDegree,
    /// The most that all of them together add, or take.
    pub at_most: i32,
    /// The same for people.
    pub text: Text,
}

/// Points of one fact by its degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words are the degrees")]
pub struct PointsByDegree {
    pub minor: i32,
    pub general: i32,
    pub serious: i32,
    pub unstated: i32,
}

/// A fact that forces a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forced {
    /// While a fact of this kind holds.
    pub kind: FactKind,
    /// At least this class.
    pub class: RiskClass,
    /// The same for people.
    pub text: Text,
}

/// A class, from how many points on, and what inspections make of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The class.
    pub class: RiskClass,
    /// From so many points on.
    pub from_points: i32,
    /// What it means for people.
    pub text: Text,
    /// What inspections make of it.
    pub effect: Effect,
}

/// What inspections make of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// How many of the enterprises of this class are drawn in a round, as numerator and denominator.
    pub drawn: (u32, u32),
    /// By how much the normal frequency is multiplied, as numerator and denominator.
    pub frequency: (u32, u32),
    /// Whether checks go on site.
    pub on_site: bool,
}

/// Why an enterprise has its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// The weight.
    pub weight: &'a Weight,
    /// What it comes to.
    pub points: i32,
    /// The facts behind it.
    pub fact_ids: Vec<String>,
}

/// The class of a day and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified<'a> {
    /// The class.
    pub level: &'a Level,
    /// What the weights come to, never below zero.
    pub points: i32,
    /// The weights with facts, most points first.
    pub findings: Vec<Finding<'a>>,
    /// What forces the class, with the facts.
    pub forced: Vec<(&'a Forced, Vec<String>)>,
}

/// The shipped policy by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<RiskPolicy>, Fault> {
    Policy::from_json(RISK)
}

/// The days on which a fact counts: from the later of decision and validity to the earlier of its end and the window.
fn days(fact: &Fact, window_months: Option<u32>) -> (Day, Option<Day>) {
    let window = window_months.and_then(|months| fact.dated().checked_add_months(Months::new(months)));
    let last = match (fact.valid_to, window) {
        (Some(end), Some(window)) => Some(end.min(window)),
        (end, window) => end.or(window),
    };
    (fact.valid_from.max(fact.dated()), last)
}

fn counts(policy: &RiskPolicy, fact: &Fact, window_months: Option<u32>, day: Day) -> bool {
    let (first, last) = days(fact, window_months);
    let is_marked = fact.marks.iter().any(|mark| policy.uncounted.contains(&mark.kind) && mark.stands_on(day));
    // What an enterprise says of itself has no weight until an authority confirms it (api.md).
    !fact.self_declared && first <= day && last.is_none_or(|last| day <= last) && !is_marked
}

fn points_of(points: PointsByDegree, degree: Option<Degree>) -> i32 {
    match degree {
        Some(Degree::Minor) => points.minor,
        Some(Degree::General) => points.general,
        Some(Degree::Serious) => points.serious,
        None => points.unstated,
    }
}

/// The most that a weight adds, or takes.
fn capped(weight: &Weight, sum: i32) -> i32 {
    if weight.at_most < 0 { sum.max(weight.at_most) } else { sum.min(weight.at_most) }
}

fn finding<'a>(policy: &'a RiskPolicy, weight: &'a Weight, facts: &[Fact], day: Day) -> Option<Finding<'a>> {
    let select = Select { kind: weight.kind, only: weight.only };
    let behind = facts.iter().filter(|fact| select.matches(fact) && counts(policy, fact, weight.window_months, day));
    let (mut sum, mut fact_ids) = (0_i32, Vec::new());
    for fact in behind {
        sum = sum.saturating_add(points_of(weight.points, fact.degree));
        fact_ids.push(fact.id.clone());
    }
    fact_ids.sort_unstable();
    (!fact_ids.is_empty()).then_some(Finding { weight, points: capped(weight, sum), fact_ids })
}

/// The class of a day; `None` only for a policy without levels. The order of the facts does not matter.
#[must_use]
pub fn classify<'a>(policy: &'a RiskPolicy, facts: &[Fact], day: Day) -> Option<Classified<'a>> {
    let mut findings: Vec<Finding<'_>> = policy.weights.iter().filter_map(|weight| finding(policy, weight, facts, day)).collect();
    let points = findings.iter().map(|finding| finding.points).fold(policy.base, i32::saturating_add).max(0);
    findings.sort_by(|a, b| (b.points, &a.weight.code).cmp(&(a.points, &b.weight.code)));
    let forced: Vec<(&Forced, Vec<String>)> = policy
        .forced
        .iter()
        .filter_map(|forced| {
            let behind = facts.iter().filter(|fact| fact.kind() == forced.kind && counts(policy, fact, None, day));
            let mut ids: Vec<String> = behind.map(|fact| fact.id.clone()).collect();
            ids.sort_unstable();
            (!ids.is_empty()).then_some((forced, ids))
        })
        .collect();
    let by_points = policy.levels.iter().filter(|level| level.from_points <= points).map(|level| level.class).max();
    let class = forced.iter().map(|(forced, _)| forced.class).chain(by_points).max()?;
    let level = policy.levels.iter().find(|level| level.class == class)?;
    Some(Classified { level, points, findings, forced })
}

/// A fact in the eyes of one weight or of what forces a class.
struct Entry<'a> {
    fact: &'a Fact,
    /// The place of its weight; none for what forces a class.
    weight: Option<usize>,
    forces: Option<RiskClass>,
    first: Day,
    last: Option<Day>,
}

fn entries<'a>(policy: &RiskPolicy, facts: &'a [Fact]) -> Vec<Entry<'a>> {
    let mut found = Vec::new();
    for fact in facts.iter().filter(|fact| !fact.self_declared) {
        for (place, weight) in policy.weights.iter().enumerate() {
            if (Select { kind: weight.kind, only: weight.only }).matches(fact) {
                let (first, last) = days(fact, weight.window_months);
                found.push(Entry { fact, weight: Some(place), forces: None, first, last });
            }
        }
        for forced in policy.forced.iter().filter(|forced| forced.kind == fact.kind()) {
            let (first, last) = days(fact, None);
            found.push(Entry { fact, weight: None, forces: Some(forced.class), first, last });
        }
    }
    found
}

/// The class of a day alone; `classify` explains it.
fn class_on(policy: &RiskPolicy, entries: &[Entry<'_>], day: Day) -> Option<RiskClass> {
    let mut sums = vec![0_i32; policy.weights.len()];
    let mut forced = None;
    for entry in entries.iter().filter(|entry| entry.first <= day && entry.last.is_none_or(|last| day <= last)) {
        if entry.fact.marks.iter().any(|mark| policy.uncounted.contains(&mark.kind) && mark.stands_on(day)) {
            continue;
        }
        forced = forced.max(entry.forces);
        let weight = entry.weight.and_then(|place| policy.weights.get(place).zip(sums.get_mut(place)));
        if let Some((weight, sum)) = weight {
            *sum = sum.saturating_add(points_of(weight.points, entry.fact.degree));
        }
    }
    let capped = policy.weights.iter().zip(sums).map(|(weight, sum)| capped(weight, sum));
    let points = capped.fold(policy.base, i32::saturating_add).max(0);
    let by_points = policy.levels.iter().filter(|level| level.from_points <= points).map(|level| level.class).max();
    forced.max(by_points)
}

/// The next day after this one on which time alone changes the class. It runs with every fact that is written, so each day is only summed up.
#[must_use]
pub fn changes_on(policy: &RiskPolicy, facts: &[Fact], today: Day) -> Option<Day> {
    let entries = entries(policy, facts);
    let mut turning = Vec::new();
    for entry in &entries {
        turning.push(entry.first);
        turning.extend(entry.last.and_then(|last| last.succ_opt()));
        for mark in &entry.fact.marks {
            turning.push(mark.from);
            turning.extend(mark.to.and_then(|last| last.succ_opt()));
        }
    }
    turning.retain(|day| *day > today);
    turning.sort_unstable();
    turning.dedup();
    let now = class_on(policy, &entries, today);
    turning.into_iter().find(|day| class_on(policy, &entries, *day) != now)
}

/// What is wrong with a policy: levels that do not begin at nothing, stand out of order or leave a class out, caps against their points.
#[must_use]
pub fn faults(policy: &RiskPolicy) -> Vec<String> {
    let mut faults = Vec::new();
    if policy.levels.iter().map(|level| level.class).collect::<Vec<_>>() != RiskClass::ALL {
        faults.push("every class once, lowest first".to_owned());
    }
    if policy.levels.first().is_none_or(|level| level.from_points != 0) {
        faults.push("the lowest class begins at 0".to_owned());
    }
    if policy.levels.iter().zip(policy.levels.iter().skip(1)).any(|(a, b)| a.from_points >= b.from_points) {
        faults.push("levels rise".to_owned());
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for weight in &policy.weights {
        *seen.entry(&weight.code).or_default() += 1;
        let points = [weight.points.minor, weight.points.general, weight.points.serious, weight.points.unstated];
        if points.iter().any(|points| points.signum() * weight.at_most.signum() < 0) {
            faults.push(format!("{}: points against their cap", weight.code));
        }
        if weight.only.is_some_and(|only| !only.fits(weight.kind)) {
            faults.push(format!("{}: a condition that this kind cannot meet", weight.code));
        }
    }
    faults.extend(seen.into_iter().filter(|(_, count)| *count > 1).map(|(code, _)| format!("{code} stands twice")));
    if policy.levels.iter().any(|level| level.effect.drawn.1 == 0 || level.effect.frequency.1 == 0) {
        faults.push("a ratio of nothing".to_owned());
    }
    faults
}
