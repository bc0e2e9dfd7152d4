//! The report of a comparison and how it grows, one enterprise after another. Not here: what is computed for an enterprise, `evaluation`.

use std::{cmp::Reverse, collections::BTreeMap};

use contracts::credit::{Fact, Grade};
use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::evaluation::rules::{EnterpriseView, Prepared, Summary};
use crate::scoring_model::rules::ScoringModel;

/// So many examples are kept, those with the largest changes.
const EXAMPLES: usize = 20;

/// What a comparison found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// How many enterprises were compared.
    pub compared: u64,
    /// How many of them would have another grade.
    pub flipped: u64,
    /// How many enterprises go from which grade to which; those that keep theirs included.
    pub matrix: Vec<Flip>,
    /// By division, four digits of GB/T 2260.
    pub by_division: BTreeMap<String, Tally>,
    /// By industry, the letter of GB/T 4754; `-` where none is registered.
    pub by_industry: BTreeMap<String, Tally>,
    /// How scores move, of those that have one under both models.
    pub points: Moves,
    /// Those whose score moves most, among those whose grade flips.
    pub examples: Vec<Example>,
}

/// How many enterprises go from one grade to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flip {
    /// By the model in force.
    pub from: Grade,
    /// By the draft.
    pub to: Grade,
    /// How many.
    pub count: u64,
}

/// How many were compared and flipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    /// How many were compared.
    pub compared: u64,
    /// How many of them would have another grade.
    pub flipped: u64,
}

/// How scores move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moves {
    /// How many have a score under both models.
    pub scored: u64,
    /// The sum of all changes; divided by `scored` it is the mean change.
    pub sum_of_changes: i64,
    /// The mean change in hundredths of a point, rounded towards zero.
    pub mean_change_hundredths: i64,
    /// The most points that somebody gains.
    pub largest_rise: u16,
    /// The most points that somebody loses.
    pub largest_fall: u16,
}

/// An enterprise whose grade flips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Example {
    /// Its code.
    pub enterprise: String,
    /// By the model in force.
    pub from: Grade,
    /// By the draft.
    pub to: Grade,
    /// By the model in force; `null` while unrated.
    pub score_from: Option<u16>,
    /// By the draft; `null` while unrated.
    pub score_to: Option<u16>,
}

impl Example {
    fn change(&self) -> u16 {
        self.score_from.unwrap_or(0).abs_diff(self.score_to.unwrap_or(0))
    }
}

/// What a report counts an enterprise by.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its code.
    pub uscc: &'a Uscc,
    /// Its division.
    pub division: &'a str,
    /// Its industry.
    pub industry: Option<&'a str>,
}

impl Report {
    /// Compares one enterprise on a day.
    pub fn compare(&mut self, models: (&ScoringModel, &ScoringModel), place: Place<'_>, view: EnterpriseView, facts: &[Fact], on: Day) {
        let summary = |model| Prepared::new(model, view, facts).summary(on);
        self.count(place, summary(models.0), summary(models.1));
    }

    fn count(&mut self, place: Place<'_>, from: Summary, to: Summary) {
        let flips = from.grade != to.grade;
        self.compared = self.compared.saturating_add(1);
        self.flipped = self.flipped.saturating_add(u64::from(flips));
        match self.matrix.iter_mut().find(|flip| (flip.from, flip.to) == (from.grade, to.grade)) {
            Some(flip) => flip.count = flip.count.saturating_add(1),
            None => self.matrix.push(Flip { from: from.grade, to: to.grade, count: 1 }),
        }
        self.matrix.sort_by_key(|flip| (Reverse(flip.from.rank()), Reverse(flip.to.rank())));
        let division: String = place.division.chars().take(4).collect();
        let section = place.industry.and_then(|industry| industry.chars().next()).unwrap_or('-').to_string();
        for tally in [self.by_division.entry(division).or_default(), self.by_industry.entry(section).or_default()] {
            tally.compared = tally.compared.saturating_add(1);
            tally.flipped = tally.flipped.saturating_add(u64::from(flips));
        }
        if let (Some(before), Some(after)) = (from.score, to.score) {
            self.points.count(before, after);
        }
        if flips {
            let (score_from, score_to) = (from.score, to.score);
            self.examples.push(Example { enterprise: place.uscc.to_string(), from: from.grade, to: to.grade, score_from, score_to });
            self.examples.sort_by(|a, b| (Reverse(a.change()), &a.enterprise).cmp(&(Reverse(b.change()), &b.enterprise)));
            self.examples.truncate(EXAMPLES);
        }
    }
}

impl Moves {
    fn count(&mut self, before: u16, after: u16) {
        self.scored = self.scored.saturating_add(1);
        self.sum_of_changes = self.sum_of_changes.saturating_add(i64::from(after)).saturating_sub(i64::from(before));
        let scored = i64::try_from(self.scored).unwrap_or(i64::MAX);
        self.mean_change_hundredths = self.sum_of_changes.saturating_mul(100).checked_div(scored).unwrap_or(0);
        self.largest_rise = self.largest_rise.max(after.saturating_sub(before));
        self.largest_fall = self.largest_fall.max(before.saturating_sub(after));
    }
}
