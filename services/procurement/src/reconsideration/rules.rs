//! What differs between two answers to the same question, and what brought it about. Not here: asking, `actions.rs`.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    credit::Fact,
    procurement::{CriterionChange, FlipCause},
};
use serde::{Deserialize, Serialize};

use crate::{
    criterion::rules::{Answer, Finding},
    decision::rules::Verdict,
    standing::rules::Standing,
};

/// How the register of standards knows the watches.
pub const WATCHES: &str = "watch";

/// More causes are not named; the standing has them all.
const MOST_CAUSES: usize = 50;

/// What is kept of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The criterion.
    pub code: String,
    /// How it came out: `pass`, `fail`, `unknown`, or `conditional` for a pass under a condition.
    pub result: String,
    /// The facts that decided it.
    pub fact_ids: Vec<String>,
}

/// What is kept of a verdict: what makes its outcome.
#[must_use]
pub fn seen(verdict: &Verdict) -> Vec<Seen> {
    verdict.criteria.iter().map(one).collect()
}

fn one(finding: &Finding) -> Seen {
    let is_conditional = finding.result == Answer::Pass && finding.condition.is_some();
    let result = if is_conditional { "conditional" } else { finding.result.as_str() };
    Seen { code: finding.code.to_string(), result: result.to_owned(), fact_ids: finding.fact_ids.clone() }
}

/// The criteria that come out otherwise, in the order of what is found now. What was not shown before had passed.
#[must_use]
pub fn changes(before: &[Seen], now: &[Seen]) -> Vec<CriterionChange> {
    let pass = || Answer::Pass.as_str().to_owned();
    // A criterion may stand in a ruleset more than once.
    let was = |seen: &Seen, place: usize| {
        let earlier = now.iter().take(place).filter(|other| other.code == seen.code).count();
        before.iter().filter(|other| other.code == seen.code).nth(earlier).map_or_else(pass, |old| old.result.clone())
    };
    let all = now.iter().enumerate().map(|(place, seen)| CriterionChange {
        code: seen.code.clone(),
        was: was(seen, place),
        now: seen.result.clone(),
    });
    all.filter(|change| change.was != change.now).collect()
}

/// What brought a difference about: for every criterion that changed the facts it rests on that are new, ended or altered; where there are none of those,
/// everything that changed of the suppliers; where nothing did, time.
#[must_use]
pub fn causes(
    changed: &[CriterionChange],
    (before, now): (&[Seen], &[Seen]),
    (stood, stands): (&[Standing], &[Standing]),
) -> Vec<FlipCause> {
    let moved: Vec<FlipCause> = now_and_before(stood, stands);
    let mut found = BTreeSet::new();
    for change in changed {
        let rests_on: BTreeSet<&String> =
            before.iter().chain(now).filter(|seen| seen.code == change.code).flat_map(|seen| &seen.fact_ids).collect();
        let own: Vec<&FlipCause> = moved.iter().filter(|cause| cause.fact.as_ref().is_some_and(|fact| rests_on.contains(fact))).collect();
        let named = if own.is_empty() { moved.iter().collect() } else { own };
        found.extend(named.into_iter().cloned());
    }
    if found.is_empty() {
        return vec![FlipCause { what: "time".to_owned(), supplier: None, fact: None, kind: None, change: None }];
    }
    found.into_iter().take(MOST_CAUSES).collect()
}

fn now_and_before(stood: &[Standing], stands: &[Standing]) -> Vec<FlipCause> {
    let none = |standing: &Standing| Standing { enterprise: None, facts: Vec::new(), timeline: None, ..standing.clone() };
    let mut moved = Vec::new();
    for new in stands {
        let old = stood.iter().find(|old| old.uscc == new.uscc).cloned().unwrap_or_else(|| none(new));
        let cause =
            |what: &str| FlipCause { what: what.to_owned(), supplier: Some(new.uscc.to_string()), fact: None, kind: None, change: None };
        let fact = |fact: &Fact, change: &str| FlipCause {
            fact: Some(fact.id.clone()),
            kind: Some(fact.kind().as_str().to_owned()),
            change: Some(change.to_owned()),
            ..cause("fact")
        };
        let olds: BTreeMap<&String, &Fact> = old.facts.iter().map(|fact| (&fact.id, fact)).collect();
        let news: BTreeSet<&String> = new.facts.iter().map(|fact| &fact.id).collect();
        moved.extend(new.facts.iter().filter(|one| !olds.contains_key(&one.id)).map(|one| fact(one, "asserted")));
        moved.extend(old.facts.iter().filter(|one| !news.contains(&one.id)).map(|one| fact(one, "ended")));
        moved.extend(new.facts.iter().filter(|one| olds.get(&one.id).is_some_and(|old| old != one)).map(|one| fact(one, "altered")));
        if old.timeline != new.timeline {
            moved.push(cause("score"));
        }
        if old.enterprise != new.enterprise {
            moved.push(cause("register"));
        }
    }
    moved
}
