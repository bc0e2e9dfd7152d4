//! Keeps followers' knowledge of a score current: after every change the timeline is computed again, and told when it differs. Not here: the
//! calculation, `timeline` and `evaluation`.

use common::{db::Tx, error::Result};
use contracts::{
    credit::{Fact, ScoreTimeline},
    event::tell,
};

use super::store;
use crate::{enterprise::rules::Enterprise, evaluation::rules::EnterpriseView, fact, measure, score::Models, timeline::rules::timeline};

/// Tells the timeline of an enterprise where it has changed.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, models: &Models, enterprise: &Enterprise, by: &str) -> Result<()> {
    let facts = fact::store::known(tx.conn, &enterprise.uscc, tx.now())?;
    refresh_by(tx, models, enterprise, &facts, by)
}

/// The same with the facts that are known.
///
/// # Errors
/// When the database fails.
pub fn refresh_by(tx: &mut Tx<'_>, models: &Models, enterprise: &Enterprise, facts: &[Fact], by: &str) -> Result<()> {
    // The other classification, of the same facts; nothing of it shows here (domain.md 0.3).
    crate::risk::actions::refresh(tx, &enterprise.uscc, facts, by)?;
    let view = EnterpriseView { established_on: enterprise.established_on, status: enterprise.status };
    let windows = models.here(tx.conn)?.windows(tx.now());
    let line = timeline(&windows, &enterprise.uscc, view, facts);
    measure::actions::refresh(tx, facts, &line, by)?;
    let form = store::form(&line)?;
    if store::told(tx.conn, &enterprise.uscc)?.is_some_and(|told| told == form) {
        return Ok(());
    }
    retell(tx, &line, &form, by)
}

/// Tells a timeline that differs from the one told before.
///
/// # Errors
/// When the database fails.
pub fn retell(tx: &mut Tx<'_>, line: &ScoreTimeline, form: &str, by: &str) -> Result<()> {
    let position = tell(tx, line, by)?;
    store::remember(tx.conn, line, form, position)
}
