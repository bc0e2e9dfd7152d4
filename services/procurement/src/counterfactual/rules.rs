//! The search for the smallest sets of changes, each verified by deciding on the changed standings. Not here: the changes themselves (`change`).

use crate::change::rules::{Change, Kind};
use crate::decision::rules::Outcome;

/// At most so many changes are tried.
pub const MOST_CANDIDATES: usize = 14;
/// At most so many of them together.
pub const MOST_CHANGES: usize = 5;
/// At most so many sets are given.
pub const MOST_SETS: usize = 5;

/// A set of changes that flips the outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Way<'a> {
    /// The changes, in the order in which they are tried.
    pub changes: Vec<&'a Change>,
    /// The outcome with them.
    pub outcome: Outcome,
}

/// Whether an outcome lets take part.
#[must_use]
pub const fn admits(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Eligible | Outcome::EligibleWithConditions)
}

/// Every smallest set of changes under which the outcome admits, at most [`MOST_SETS`]: sets are tried by their size, so that no part of one found flips
/// the outcome.
pub fn smallest<'a>(candidates: &'a [Change], mut decide: impl FnMut(&[&'a Change]) -> Outcome) -> Vec<Way<'a>> {
    let tried = candidates.get(..candidates.len().min(MOST_CANDIDATES)).unwrap_or_default();
    for size in 1..=MOST_CHANGES.min(tried.len()) {
        let mut found: Vec<Way<'a>> = Vec::new();
        each(tried, size, &mut Vec::with_capacity(size), &mut |set| {
            if found.len() < MOST_SETS && !is_idle(set, &found) {
                let outcome = decide(set);
                if admits(outcome) {
                    found.push(Way { changes: set.to_vec(), outcome });
                }
            }
        });
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Calls for every choice of so many, in their order.
fn each<'a>(rest: &'a [Change], size: usize, chosen: &mut Vec<&'a Change>, visit: &mut impl FnMut(&[&'a Change])) {
    if size == 0 {
        return visit(chosen);
    }
    let mut rest = rest;
    while let Some((first, others)) = rest.split_first() {
        if rest.len() < size {
            return;
        }
        chosen.push(first);
        each(others, size.saturating_sub(1), chosen, visit);
        chosen.pop();
        rest = others;
    }
}

/// Whether a set need not be tried: it waits twice, or it waits longer than one that was found and is the same otherwise.
fn is_idle(set: &[&Change], found: &[Way<'_>]) -> bool {
    let is_wait = |change: &&&Change| change.kind == Kind::Wait;
    let waits = set.iter().filter(is_wait).count();
    let others =
        |set: &[&Change]| set.iter().filter(|change| change.kind != Kind::Wait).map(|change| (*change).clone()).collect::<Vec<_>>();
    waits > 1
        || (waits == 1
            && found.iter().any(|way| way.changes.iter().any(|one| one.kind == Kind::Wait) && others(&way.changes) == others(set)))
}
