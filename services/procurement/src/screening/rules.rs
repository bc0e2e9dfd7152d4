//! Counting who is left after each criterion, and the sample where there are too many. Not here: the verdicts (`decision`), loading standings.

use std::ops::Range;

use model::instant::Day;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::criterion::rules::{Answer, Class, Criterion, Wording};
use crate::decision::rules::{Outcome, Verdict};
use crate::ruleset::rules::Compiled;
use crate::standard_register::rules::StandardRegister;

/// Below so many suppliers there is no competition: fewer than three valid bids make a tender void, Law Art 36.
pub const LEAST: usize = 3;
/// So many suppliers are examined in one dry run: about a second of work, for which others wait.
pub const MOST_EXAMINED: usize = 5_000;
/// A sample is drawn in so many blocks of neighbours, so that the index is walked once.
pub const BLOCKS: usize = 100;

/// A criterion and how many are left after it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ScreeningStep)]
pub struct Step {
    /// The criterion.
    pub code: String,
    /// What it is for.
    pub class: Class,
    /// Whether the tender or its lot asks it, and not the ruleset.
    pub own: bool,
    /// Of those left before, how many fail it.
    pub failed: usize,
    /// Of those left before, of how many it cannot be told; unknown is never eligible.
    pub unknown: usize,
    /// How many are left.
    pub remaining: usize,
}

/// Something a buyer should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ScreeningWarning)]
pub struct Warning {
    /// `fewer_than_three`, `standard_status_unknown`, `standard_unknown`, `standard_not_current` or `sampled`.
    pub code: &'static str,
    /// The criterion that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// In words.
    pub text: Wording,
}

/// The counts of a dry run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    steps: Vec<Step>,
    examined: usize,
    outcomes: Vec<Outcome>,
}

impl Tally {
    /// Nobody counted yet, for a ruleset whose base has so many criteria and conditions.
    #[must_use]
    pub fn new(compiled: &Compiled, base: (usize, usize)) -> Self {
        let step = |code: &str, class, own| Step { code: code.to_owned(), class, own, failed: 0, unknown: 0, remaining: 0 };
        let criteria =
            compiled.criteria().iter().enumerate().map(|(place, one)| step(one.entry().code, one.entry().class, place >= base.0));
        let conditions = compiled.conditions().iter().enumerate().filter(|(_, one)| one.class != Class::Preference);
        let conditions = conditions.map(|(place, one)| step(&one.code, one.class, place >= base.1));
        Self { steps: criteria.chain(conditions).collect(), ..Self::default() }
    }

    /// Counts a supplier: it leaves at the first criterion that it does not meet.
    pub fn count(&mut self, verdict: &Verdict) {
        self.examined = self.examined.saturating_add(1);
        self.outcomes.push(verdict.outcome);
        // The findings of a verdict stand in the order of the criteria.
        for (step, finding) in self.steps.iter_mut().zip(&verdict.criteria) {
            match finding.result {
                Answer::Fail => {
                    step.failed = step.failed.saturating_add(1);
                    return;
                }
                Answer::Unknown => {
                    step.unknown = step.unknown.saturating_add(1);
                    return;
                }
                Answer::Pass | Answer::NotApplicable => step.remaining = step.remaining.saturating_add(1),
            }
        }
    }

    /// The steps, in the order of the criteria.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many were examined.
    #[must_use]
    pub const fn examined(&self) -> usize {
        self.examined
    }

    /// Their outcomes.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The first criterion that leaves fewer than three; `None` where there were fewer to begin with.
    #[must_use]
    pub fn fewer_than_three(&self) -> Option<&Step> {
        if self.examined < LEAST { None } else { self.steps.iter().find(|step| step.remaining < LEAST) }
    }
}

/// The standards that criteria cite, as they are written.
pub fn named(compiled: &Compiled) -> impl Iterator<Item = (&str, &Criterion)> {
    let all = compiled.criteria().iter().chain(compiled.preferences());
    all.filter_map(|criterion| Some((criterion.required().get("standard").and_then(Value::as_str)?, criterion)))
}

/// What is wrong with the standards that criteria cite, on a day: whether one is current is known to the register of standards.
#[must_use]
pub fn cited(compiled: &Compiled, register: &StandardRegister, day: Day) -> Vec<Warning> {
    let mut found = Vec::new();
    for (standard, criterion) in named(compiled) {
        let (code, text) = match register.of(standard) {
            None => (
                "standard_status_unknown",
                Wording::made(
                    format!("{standard} 是否现行尚不可知：近期未收到标准登记系统的数据。"),
                    format!("Whether {standard} is current is unknown: the register of standards was not heard lately."),
                ),
            ),
            Some(known) if known.own.is_empty() => (
                "standard_unknown",
                Wording::made(format!("标准登记系统中没有 {standard}。"), format!("The register of standards does not know {standard}.")),
            ),
            Some(known) if !known.own.iter().any(|edition| edition.holds_on(day)) => {
                let successors: Vec<&str> = known.own.iter().flat_map(|edition| &edition.successors).map(String::as_str).collect();
                let by = successors.join(", ");
                (
                    "standard_not_current",
                    Wording::made(
                        format!("{standard} 在 {day} 不是现行标准；代替它的标准：{by}。"),
                        format!("{standard} is not current on {day}; it was replaced by: {by}."),
                    ),
                )
            }
            Some(_) => continue,
        };
        found.push(Warning { code, criterion: Some(criterion.entry().code.to_owned()), text });
    }
    found
}

/// Which places of an ordered population are examined: all, or blocks spread evenly over it; the same for the same population.
#[must_use]
pub fn sample(population: usize) -> Vec<Range<usize>> {
    if population <= MOST_EXAMINED {
        return std::iter::once(0..population).filter(|all| !all.is_empty()).collect();
    }
    let block = MOST_EXAMINED.checked_div(BLOCKS).unwrap_or(1);
    (0..BLOCKS)
        .map(|number| {
            let start = number.saturating_mul(population).checked_div(BLOCKS).unwrap_or(0);
            start..start.saturating_add(block)
        })
        .collect()
}
