//! Looking at the suppliers that are known, in chunks. Not here: the counting, `rules.rs`.

use std::sync::Arc;

use common::{error::Result, feed::Freshness};
use model::{instant::Instant, uscc::Uscc};

use super::rules::{Tally, named, sample};
use crate::{
    Procurement,
    decision::rules::{Outcome, StatedCondition, Verdict, decide},
    rulebook::actions::Entry,
    standard_register::{
        actions::{self as register, informed},
        rules::StandardRegister,
    },
    standing::{actions::Loaded, store},
};

/// Suppliers whose standings are loaded at once.
const CHUNK: usize = 250;
/// So many are decided without letting others on.
const BREATH: usize = 32;
/// One request for who is eligible examines so many: about half a second of work.
const MOST_AT_ONCE: usize = 2_000;

/// What was found in a dry run.
pub struct Screened {
    /// The counts.
    pub tally: Tally,
    /// How many suppliers there are.
    pub population: usize,
    /// How far credit was known.
    pub known: Freshness,
}

fn verdict(entry: &Entry, (loaded, known): (&Loaded, &Freshness), as_of: Instant, now: Instant) -> Verdict {
    let bound = i64::try_from(entry.compiled.ruleset().freshness_bound_ms).unwrap_or(i64::MAX);
    if !known.epoch.is_empty() && now.since_millis(known.seen_at).max(0) <= bound {
        decide(&entry.compiled, &loaded.standing, as_of)
    } else {
        decide(&entry.compiled, &loaded.standing.unheard(), as_of)
    }
}

/// Decides on suppliers in their order, and lets others on meanwhile.
async fn each(
    app: &Procurement,
    entry: &Entry,
    codes: &[Uscc],
    as_of: Instant,
    mut tell: impl FnMut(&Uscc, Verdict) -> bool,
) -> Result<Option<Freshness>> {
    let mut known = None;
    for some in codes.chunks(CHUNK) {
        let (loaded, at) = app.standings.together(some.to_vec()).await?;
        let now = app.clock.now();
        for (place, one) in loaded.iter().enumerate() {
            if place % BREATH == 0 {
                tokio::task::yield_now().await;
            }
            if !tell(&one.standing.uscc, verdict(entry, (one, &at), as_of, now)) {
                return Ok(Some(at));
            }
        }
        known = Some(at);
    }
    Ok(known)
}

/// Counts how many known suppliers are left after each criterion.
///
/// # Errors
/// When the database fails.
pub async fn dry_run(app: &Procurement, entry: &Arc<Entry>, base: (usize, usize), as_of: Instant) -> Result<Screened> {
    let entry = &informed(app, entry).await?;
    let codes = app.db.read(|conn| {
        let population = usize::try_from(store::population(conn)?).unwrap_or(0);
        let (mut codes, mut after, mut passed) = (Vec::new(), String::new(), 0_usize);
        for places in sample(population) {
            let (skip, limit) = (places.start.saturating_sub(passed), places.len());
            let some = store::codes(conn, &after, i64::try_from(skip).unwrap_or(0), i64::try_from(limit).unwrap_or(0))?;
            passed = places.start.saturating_add(some.len());
            after = some.last().map_or(after, |code| code.as_str().to_owned());
            codes.extend(some);
        }
        Ok((codes, population))
    });
    let (codes, population) = codes.await?;
    let mut tally = Tally::new(&entry.compiled, base);
    let known = each(app, entry, &codes, as_of, |_, verdict| {
        tally.count(&verdict);
        true
    });
    let known = known.await?.unwrap_or_else(|| Freshness::clone(&app.standings.known()));
    Ok(Screened { tally, population, known })
}

/// What is known of every standard that rules name, also of those whose criterion asks the register nothing.
///
/// # Errors
/// When the database fails.
pub async fn named_standards(app: &Procurement, entry: &Entry) -> Result<Arc<StandardRegister>> {
    let citations: Vec<String> = named(&entry.compiled).map(|(standard, _)| standard.to_owned()).collect();
    let (bound, now) = (entry.compiled.ruleset().freshness_bound_ms, app.clock.now());
    app.db.read(move |conn| register::heard(conn, bound, now).and_then(|at| register::read(conn, &citations, at))).await
}

/// A supplier that may take part.
pub struct Eligible {
    /// Who.
    pub supplier: Uscc,
    /// Plainly, or under conditions.
    pub outcome: Outcome,
    /// The conditions.
    pub conditions: Vec<StatedCondition>,
}

/// Who may take part, behind a code.
pub struct Found {
    /// They, by code.
    pub eligible: Vec<Eligible>,
    /// How many were examined.
    pub examined: usize,
    /// The last who was examined, where there may be more.
    pub last: Option<String>,
    /// How far credit was known.
    pub known: Freshness,
}

/// Finds at most so many who may take part, in the order of their codes, and examines no more than a request may.
///
/// # Errors
/// When the database fails.
pub async fn eligible(app: &Procurement, entry: &Arc<Entry>, as_of: Instant, after: &str, limit: usize) -> Result<Found> {
    let entry = &informed(app, entry).await?;
    let (mut after, mut examined, mut found) = (after.to_owned(), 0_usize, Vec::new());
    let mut known = Freshness::clone(&app.standings.known());
    loop {
        let from = after.clone();
        let limit_of_chunk = i64::try_from(CHUNK).unwrap_or(i64::MAX);
        let codes = app.db.read(move |conn| store::codes(conn, &from, 0, limit_of_chunk)).await?;
        let told = each(app, entry, &codes, as_of, |supplier, verdict| {
            examined = examined.saturating_add(1);
            after = supplier.as_str().to_owned();
            if matches!(verdict.outcome, Outcome::Eligible | Outcome::EligibleWithConditions) {
                found.push(Eligible { supplier: supplier.clone(), outcome: verdict.outcome, conditions: verdict.conditions });
            }
            found.len() < limit
        });
        known = told.await?.unwrap_or(known);
        let is_last = codes.len() < CHUNK && codes.last().is_none_or(|last| last.as_str() == after);
        if is_last || found.len() >= limit || examined >= MOST_AT_ONCE {
            return Ok(Found { eligible: found, examined, last: (!is_last).then_some(after), known });
        }
    }
}
