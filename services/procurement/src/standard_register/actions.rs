//! Hearing the register of standards, and telling a set of rules what it says of the standards they cite. Not here: judging, `standard_criterion`.

use std::sync::Arc;

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
    feed::{Event, freshness},
};
use contracts::{event::Payload, standards::EditionRecorded};
use model::instant::Instant;

use super::{
    rules::{RegisterAt, StandardRegister},
    store,
};
use crate::{Procurement, rulebook::actions::Entry, standing::rules::STANDARDS};

/// Puts an event of the register into what is known. Unknown types are no concern of ours.
///
/// # Errors
/// When a payload is not what its type promises, or the database fails.
pub fn project(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    if event.kind != EditionRecorded::TYPE {
        return Ok(());
    }
    let told: EditionRecorded = serde_json::from_value(event.data.clone())
        .map_err(|error| Error::internal(format!("{} at {}: {error}", event.kind, event.position)))?;
    store::put(tx, &told, event.position)
}

/// What is known right now of the standards that rules cite; rules that cite none ask nothing.
///
/// # Errors
/// When the database fails.
pub fn known(conn: &mut Conn, entry: &Entry, now: Instant) -> Result<Option<Arc<StandardRegister>>> {
    let citations = entry.compiled.citations();
    if citations.is_empty() {
        return Ok(None);
    }
    let at = heard(conn, entry.compiled.ruleset().freshness_bound_ms, now)?;
    read(conn, &citations, at).map(Some)
}

/// How far the register was read, and whether it was heard within so many milliseconds.
///
/// # Errors
/// When the database fails.
pub fn heard(conn: &mut Conn, bound_ms: u64, now: Instant) -> Result<RegisterAt> {
    let bound = i64::try_from(bound_ms).unwrap_or(i64::MAX);
    let never = RegisterAt { epoch: String::new(), position: 0, seen_at: 0, fresh: false };
    Ok(freshness(conn, STANDARDS)?.map_or(never, |known| RegisterAt {
        fresh: !known.epoch.is_empty() && now.since_millis(known.seen_at) <= bound,
        epoch: known.epoch,
        position: known.position,
        seen_at: known.seen_at.micros(),
    }))
}

/// What was known of them at a position.
///
/// # Errors
/// When the database fails.
pub fn read(conn: &mut Conn, citations: &[String], at: RegisterAt) -> Result<Arc<StandardRegister>> {
    let of = |conn: &mut Conn, citation: &String| Ok((citation.clone(), store::cited(conn, citation, at.position)?));
    let cited = citations.iter().map(|citation| of(conn, citation)).collect::<Result<_>>()?;
    Ok(Arc::new(StandardRegister { at: Some(at), cited }))
}

/// Whether the register has moved since a job last noted it, and to where.
///
/// # Errors
/// When the database fails.
pub fn moved(conn: &mut Conn, job: &str) -> Result<Option<i64>> {
    let known = freshness(conn, STANDARDS)?.map_or(0, |known| known.position);
    Ok((known > store::noted(conn, job)?).then_some(known))
}

/// The same rules with what is known right now of the standards they cite.
///
/// # Errors
/// When the database fails.
pub async fn informed(app: &Procurement, entry: &Arc<Entry>) -> Result<Arc<Entry>> {
    if entry.compiled.citations().is_empty() {
        return Ok(Arc::clone(entry));
    }
    let (asked, now) = (Arc::clone(entry), app.clock.now());
    let register = app.db.read(move |conn| known(conn, &asked, now)).await?;
    Ok(register.map_or_else(|| Arc::clone(entry), |register| Arc::new(entry.informed(register))))
}

/// The same rules with what was known when something was decided by them.
///
/// # Errors
/// When the database fails.
pub async fn informed_then(app: &Procurement, entry: &Arc<Entry>, at: Option<RegisterAt>) -> Result<Arc<Entry>> {
    let citations = entry.compiled.citations();
    let Some(at) = at.filter(|_| !citations.is_empty()) else { return Ok(Arc::clone(entry)) };
    let register = app.db.read(move |conn| read(conn, &citations, at.clone())).await?;
    Ok(Arc::new(entry.informed(register)))
}
