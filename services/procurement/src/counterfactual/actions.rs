//! Use case: what it would take to flip a stored decision, on its own standing or on that of now. Not here: the search, `rules.rs`.

use common::error::{Error, Result};
use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};

use super::rules::{MOST_CANDIDATES, admits, smallest};
use crate::{
    Procurement,
    candidate::rules::candidates,
    change::rules::{Change, changed, day_of},
    consortium::rules::Consortium,
    criterion::rules::{Answer, Finding},
    decision::{
        actions::DecisionView,
        rules::{Outcome, Verdict, decide, decide_together},
    },
    replay::actions::{as_known, asked, rules_of, rules_then},
    rulebook::actions::Entry,
    standard_register::actions::informed,
    standing::rules::Standing,
};

/// On which standing the question is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// What was known when it was decided.
    #[default]
    Stored,
    /// What is known now.
    Now,
}

/// A set with the day on which it can be.
pub struct Set {
    /// The changes.
    pub changes: Vec<Change>,
    /// The outcome with them.
    pub outcome: Outcome,
    /// The first day on which all of them can be; absent where that of one is not known.
    pub earliest: Option<Day>,
}

/// What it would take.
pub struct Answered {
    /// How it comes out as it is.
    pub outcome: Outcome,
    /// The findings that are not met or cannot be told.
    pub obstacles: Vec<Finding>,
    /// The changes that could help past them.
    pub changes: Vec<Change>,
    /// The smallest sets.
    pub sets: Vec<Set>,
    /// Whether every change was tried.
    pub is_complete: bool,
}

/// What it would take to flip a stored decision.
///
/// # Errors
/// When the ruleset version is gone or the database fails.
pub async fn answer(app: &Procurement, stored: &str, ground: Ground) -> Result<(DecisionView, Answered)> {
    let view: DecisionView = serde_json::from_str(stored).map_err(Error::internal)?;
    let entry = match ground {
        Ground::Stored => rules_then(app, &view).await?,
        Ground::Now => informed(app, &rules_of(app, &view).await?).await?,
    };
    let ask = asked(&view)?;
    let standings = match ground {
        Ground::Stored => as_known(app, &view, &ask).await?,
        Ground::Now => {
            let codes = ask.consortium.as_ref().map_or_else(|| vec![ask.supplier.clone()], |all| all.everyone().cloned().collect());
            known_now(app, &entry, codes).await?
        }
    };
    let consortium = ask.consortium;
    // A few thousand decisions are made: others wait for this thread too.
    let found = tokio::task::spawn_blocking(move || search(&entry, consortium.as_ref(), &standings, ask.as_of));
    Ok((view, found.await.map_err(Error::internal)??))
}

async fn known_now(app: &Procurement, entry: &Entry, codes: Vec<Uscc>) -> Result<Vec<Standing>> {
    let (loaded, known) = app.standings.together(codes).await?;
    let bound = i64::try_from(entry.compiled.ruleset().freshness_bound_ms).unwrap_or(i64::MAX);
    let is_fresh = !known.epoch.is_empty() && app.clock.now().since_millis(known.seen_at) <= bound;
    let standings = loaded.into_iter().map(|one| one.standing);
    Ok(if is_fresh { standings.collect() } else { standings.map(|standing| standing.unheard()).collect() })
}

fn search(entry: &Entry, consortium: Option<&Consortium>, standings: &[Standing], as_of: Instant) -> Result<Answered> {
    let decided = |standings: &[Standing], as_of: Instant| -> Option<Verdict> {
        let all: Vec<&Standing> = standings.iter().collect();
        match consortium {
            None => all.first().map(|standing| decide(&entry.compiled, standing, as_of)),
            Some(consortium) => consortium.party(&all).map(|party| decide_together(&entry.compiled, &party, as_of)),
        }
    };
    let verdict = decided(standings, as_of).ok_or_else(|| Error::internal("a standing is missing"))?;
    let unmet = |finding: &Finding| matches!(finding.result, Answer::Fail | Answer::Unknown);
    let obstacles: Vec<Finding> = verdict.criteria.into_iter().filter(unmet).collect();
    if admits(verdict.outcome) {
        return Ok(Answered { outcome: verdict.outcome, obstacles, changes: Vec::new(), sets: Vec::new(), is_complete: true });
    }
    let changes = candidates(&entry.compiled, standings, &obstacles, as_of);
    let ways = smallest(&changes, |set| {
        let (standings, later) = changed(standings, as_of, set);
        decided(&standings, later).map_or(verdict.outcome, |verdict| verdict.outcome)
    });
    let sets = ways.into_iter().map(|way| Set {
        earliest: way.changes.iter().all(|change| change.earliest.is_some()).then(|| day_of(&way.changes, as_of.cut_off_day())),
        outcome: way.outcome,
        changes: way.changes.into_iter().cloned().collect(),
    });
    let sets = sets.collect();
    let is_complete = changes.len() <= MOST_CANDIDATES;
    Ok(Answered { outcome: verdict.outcome, obstacles, changes, sets, is_complete })
}
