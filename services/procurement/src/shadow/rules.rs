//! The comparison of two versions on a standing, and the report that grows with each. Not here: the verdicts, `decision`.

use std::collections::BTreeMap;

use model::instant::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::criterion::rules::{Answer, Finding};
use crate::decision::rules::{Outcome, Verdict, decide};
use crate::ruleset::rules::Compiled;
use crate::standing::rules::Standing;

/// A criterion that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CriterionFlip)]
pub struct Cause {
    /// The criterion.
    pub criterion: String,
    /// By the version that is compared against; absent where it has no such criterion.
    pub from: Option<Answer>,
    /// By the version that is tried; absent where it has no such criterion.
    pub to: Option<Answer>,
}

/// A supplier whose outcome flips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutcomeFlip)]
pub struct Flip {
    /// Whose.
    pub supplier: String,
    /// By the version that is compared against.
    pub from: Outcome,
    /// By the version that is tried.
    pub to: Outcome,
    /// The criteria that come out otherwise, in the order of their codes.
    pub because: Vec<Cause>,
}

/// How many go from one outcome to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutcomePair)]
pub struct Pair {
    /// By the version that is compared against.
    pub from: Outcome,
    /// By the version that is tried.
    pub to: Outcome,
    /// How many; those that keep theirs included.
    pub count: u64,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RulesetShadowReport)]
pub struct Report {
    /// How many suppliers were compared.
    pub compared: u64,
    /// How many of them would have another outcome.
    pub flipped: u64,
    /// How many go from which outcome to which, in the order of the words.
    pub pairs: Vec<Pair>,
    /// In how many flips each criterion comes out otherwise.
    pub by_criterion: BTreeMap<String, u64>,
    /// Everyone whose outcome flips, in the order asked, else of the codes.
    pub flips: Vec<Flip>,
}

impl Report {
    /// Adds a supplier: decided by both versions on the same standing at the same instant.
    pub fn compare(&mut self, (against, tried): (&Compiled, &Compiled), standing: &Standing, as_of: Instant) {
        let (from, to) = (decide(against, standing, as_of), decide(tried, standing, as_of));
        self.compared = self.compared.saturating_add(1);
        match self.pairs.iter_mut().find(|pair| (pair.from, pair.to) == (from.outcome, to.outcome)) {
            Some(pair) => pair.count = pair.count.saturating_add(1),
            None => self.pairs.push(Pair { from: from.outcome, to: to.outcome, count: 1 }),
        }
        self.pairs.sort_by_key(|pair| (pair.from.as_str(), pair.to.as_str()));
        if from.outcome == to.outcome {
            return;
        }
        self.flipped = self.flipped.saturating_add(1);
        let because = causes(&from, &to);
        for cause in &because {
            let count = self.by_criterion.entry(cause.criterion.clone()).or_default();
            *count = count.saturating_add(1);
        }
        self.flips.push(Flip { supplier: standing.uscc.to_string(), from: from.outcome, to: to.outcome, because });
    }
}

/// The criteria whose answer, or whose condition, is another.
#[must_use]
pub fn causes(from: &Verdict, to: &Verdict) -> Vec<Cause> {
    let read = |verdict: &Verdict| -> BTreeMap<String, (Answer, bool)> {
        let entry = |finding: &Finding| (finding.code.to_string(), (finding.result, finding.condition.is_some()));
        verdict.criteria.iter().map(entry).collect()
    };
    let (old, new) = (read(from), read(to));
    let mut codes: Vec<&String> = old.keys().chain(new.keys()).collect();
    codes.sort_unstable();
    codes.dedup();
    let differs = codes.into_iter().filter(|code| {
        // A criterion that only one version has matters where it is not plainly met.
        let plain = |one: Option<&(Answer, bool)>| matches!(one, None | Some((Answer::Pass | Answer::NotApplicable, false)));
        let (before, after) = (old.get(*code), new.get(*code));
        before != after && !(plain(before) && plain(after))
    });
    let answer = |of: &BTreeMap<String, (Answer, bool)>, code: &String| of.get(code).map(|(answer, _)| *answer);
    differs.map(|code| Cause { criterion: code.clone(), from: answer(&old, code), to: answer(&new, code) }).collect()
}
