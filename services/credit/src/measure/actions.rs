//! Keeps followers' knowledge of the measures current, and records that a department carries one out. Not here: which measures follow, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use contracts::{
    credit::{Fact, MeasureInterval, MeasuresChanged, ScoreTimeline},
    event::tell,
};
use model::{fault::FieldFault, instant::Instant, uscc::Uscc};

use super::{
    rules::{self, Record, Table},
    store,
};
use crate::{
    Credit, enterprise,
    evaluation::rules::EnterpriseView,
    fact::{
        self,
        actions::{Actor, unknown},
    },
    timeline::rules::timeline,
};

/// The published table.
///
/// # Errors
/// Never in practice: a start without it fails.
pub fn table() -> Result<&'static Table> {
    rules::shipped().map_err(Error::internal)
}

/// Tells the measures of an enterprise where they have changed; called with what the score has just been worked out from.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, facts: &[Fact], line: &ScoreTimeline, by: &str) -> Result<()> {
    let intervals = rules::intervals(table()?, facts, line);
    let told = store::told(tx.conn, &line.uscc)?;
    // Most enterprises never have a measure: nothing is told of nothing, and no row is kept.
    if told.is_none() && intervals.is_empty() {
        return Ok(());
    }
    let form = serde_json::to_string(&intervals).map_err(Error::internal)?;
    if told.is_some_and(|told| told == form) {
        return Ok(());
    }
    let position = tell(tx, &MeasuresChanged { uscc: line.uscc.clone(), intervals }, by)?;
    store::remember(tx.conn, &line.uscc, &form, position)
}

/// The measures of an enterprise on every day, as they follow from what was known at an instant.
///
/// # Errors
/// `enterprise_unknown`.
pub fn known(conn: &mut Conn, app: &Credit, uscc: &Uscc, known_at: Instant) -> Result<Vec<MeasureInterval>> {
    let stored = enterprise::store::find_known_at(conn, uscc, known_at)?.ok_or_else(|| unknown(uscc))?;
    let facts = fact::store::known(conn, uscc, known_at)?;
    let view = EnterpriseView { established_on: stored.enterprise.established_on, status: stored.enterprise.status };
    let windows = app.models.here(conn)?.windows(known_at);
    let line = timeline(&windows, uscc, view, &facts);
    Ok(rules::intervals(table()?, &facts, &line))
}

/// Records that a department carries out a measure.
///
/// # Errors
/// `enterprise_unknown`, `measure_not_published`, `ground_missing`.
pub fn record(tx: &mut Tx<'_>, app: &Credit, uscc: &Uscc, asked: &Record, actor: &Actor) -> Result<(Record, MeasureInterval)> {
    let intervals = known(tx.conn, app, uscc, tx.now())?;
    if rules::published(table()?, &asked.code, asked.from).is_none() {
        return Err(Error::invalid(vec![FieldFault::rule(
            "/code",
            "measure_not_published",
            "该措施当日不在公布的清单内，不得实施。",
            "The measure is not in the table published on that day, and may not be used.",
        )]));
    }
    let Some(ground) = asked.ground(&intervals).cloned() else {
        return Err(Error::invalid(vec![FieldFault::rule(
            asked.groundless_at(&intervals),
            "ground_missing",
            "实施之日没有该措施的依据。",
            "There is no ground for the measure on its first day.",
        )]));
    };
    let record = Record { id: tx.id("msr"), ..asked.clone() };
    store::insert(tx.conn, uscc, &record, (&actor.organisation, &actor.client), tx.now())?;
    Ok((record, ground))
}
