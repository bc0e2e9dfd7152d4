//! Two sets of clauses side by side; pure. Not here: which of two requirements is stricter, `indicator::rules`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    clause::rules::{Clause, overlap},
    indicator::rules::{Reason, Verdict, compare},
    method_conversion::rules::MethodConversion,
};

/// How a clause of ours stands to one of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineVerdict {
    /// Ours is stricter.
    Stricter,
    /// Both are the same.
    Equal,
    /// Ours is looser.
    Looser,
    /// They require something of a property of which we require nothing.
    MissingHere,
    /// We require something of a property of which they require nothing.
    MissingThere,
    /// Nothing can be said.
    NotComparable,
}

/// A property in both editions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The property.
    pub property: String,
    /// How ours stands to theirs.
    pub verdict: LineVerdict,
    /// Why nothing can be said.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// Our clause.
    pub ours: Option<Clause>,
    /// Their clause.
    pub theirs: Option<Clause>,
}

/// How many lines have which verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ComparisonCounts)]
#[expect(missing_docs, reason = "the verdicts are explained where they are")]
pub struct Counts {
    pub stricter: usize,
    pub equal: usize,
    pub looser: usize,
    pub missing_here: usize,
    pub missing_there: usize,
    pub not_comparable: usize,
}

/// How our edition stands to theirs as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ComparisonOverall)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// Nothing of theirs is missing, looser or not comparable here, and one thing is stricter.
    Stricter,
    /// All is the same.
    Equal,
    /// Nothing of ours is missing, looser or not comparable there, and one thing is stricter there.
    Looser,
    /// Each is stricter in something, or one only requires more properties.
    Mixed,
    /// Something cannot be compared, or one of them has no clauses.
    Undecided,
}

/// Two editions side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How ours stands to theirs.
    pub overall: Overall,
    /// How many lines have which verdict.
    pub counts: Counts,
    /// Property by property: ours in their order, then what is only theirs.
    pub lines: Vec<Line>,
}

impl Counts {
    fn of(lines: &[Line]) -> Self {
        let count = |verdict: LineVerdict| lines.iter().filter(|line| line.verdict == verdict).count();
        Self {
            stricter: count(LineVerdict::Stricter),
            equal: count(LineVerdict::Equal),
            looser: count(LineVerdict::Looser),
            missing_here: count(LineVerdict::MissingHere),
            missing_there: count(LineVerdict::MissingThere),
            not_comparable: count(LineVerdict::NotComparable),
        }
    }

    /// The verdict on the whole. More properties alone make no edition stricter than another: a higher number does.
    fn overall(&self) -> Overall {
        let (above, below) = (self.stricter > 0, self.looser > 0);
        let (more, fewer) = (self.missing_there > 0, self.missing_here > 0);
        if (above || more) && (below || fewer) {
            return Overall::Mixed;
        }
        if self.not_comparable > 0 {
            return Overall::Undecided;
        }
        match (above, below) {
            (true, _) => Overall::Stricter,
            (_, true) => Overall::Looser,
            _ if more || fewer => Overall::Mixed,
            _ if self.equal > 0 => Overall::Equal,
            _ => Overall::Undecided,
        }
    }
}

/// Whether two clauses require something of the same thing; one without classes is about all of its edition.
fn meets(one: &Clause, other: &Clause) -> bool {
    let of_all = one.applies_to.is_empty() || other.applies_to.is_empty();
    one.indicator.property == other.indicator.property && (of_all || overlap(&one.applies_to, &other.applies_to))
}

/// The clauses that one is compared with: the one of the very same scope, or all whose scope overlaps. Asked from either side it is the same.
fn pairs(ours: &[Clause], theirs: &[Clause]) -> Vec<(usize, usize)> {
    let same = |one: &Clause, other: &Clause| meets(one, other) && one.applies_to == other.applies_to;
    let has_same = |one: &Clause, all: &[Clause]| all.iter().any(|other| same(one, other));
    let mut found = Vec::new();
    for (place, own) in ours.iter().enumerate() {
        for (there, other) in theirs.iter().enumerate() {
            let is_loose = meets(own, other) && !has_same(own, theirs) && !has_same(other, ours);
            if same(own, other) || is_loose {
                found.push((place, there));
            }
        }
    }
    found
}

fn line(ours: &Clause, theirs: &Clause, conversions: &[MethodConversion]) -> Line {
    let verdict = compare(&ours.indicator, &theirs.indicator, conversions);
    let word = match verdict {
        Verdict::Stricter => LineVerdict::Stricter,
        Verdict::Equal => LineVerdict::Equal,
        Verdict::Looser => LineVerdict::Looser,
        Verdict::NotComparable(_) => LineVerdict::NotComparable,
    };
    let property = ours.indicator.property.clone();
    Line { property, verdict: word, reason: verdict.reason(), ours: Some(ours.clone()), theirs: Some(theirs.clone()) }
}

fn missing(verdict: LineVerdict, clause: &Clause) -> Line {
    let (property, there) = (clause.indicator.property.clone(), Some(clause.clone()));
    let (ours, theirs) = if verdict == LineVerdict::MissingThere { (there, None) } else { (None, there) };
    Line { property, verdict, reason: None, ours, theirs }
}

/// Puts two sets of clauses side by side.
#[must_use]
pub fn side_by_side(ours: &[Clause], theirs: &[Clause], conversions: &[MethodConversion]) -> Report {
    let pairs = pairs(ours, theirs);
    let mut lines = Vec::new();
    for (place, own) in ours.iter().enumerate() {
        let others: Vec<&Clause> = pairs.iter().filter(|(here, _)| *here == place).filter_map(|(_, there)| theirs.get(*there)).collect();
        if others.is_empty() {
            lines.push(missing(LineVerdict::MissingThere, own));
        }
        lines.extend(others.into_iter().map(|other| line(own, other, conversions)));
    }
    let alone = theirs.iter().enumerate().filter(|(place, _)| !pairs.iter().any(|(_, there)| there == place));
    lines.extend(alone.map(|(_, other)| missing(LineVerdict::MissingHere, other)));
    let counts = Counts::of(&lines);
    let overall = if ours.is_empty() || theirs.is_empty() { Overall::Undecided } else { counts.overall() };
    Report { overall, counts, lines }
}

/// An edition as its clauses were when they were compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ComparedEdition)]
pub struct Pinned {
    /// `edn_…`.
    #[schema(example = "edn_01JD0000000000000000000000")]
    pub edition: String,
    /// The number of the edition.
    #[schema(example = "T/SLXH 001-2026")]
    pub number: String,
    /// The version of its clauses.
    pub version: i64,
}

/// A comparison that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// `cmp_…`.
    pub id: String,
    /// Our edition.
    pub ours: Pinned,
    /// Theirs.
    pub theirs: Pinned,
    /// What was found.
    pub report: Report,
}
