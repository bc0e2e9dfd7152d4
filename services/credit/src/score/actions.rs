//! Keeps followers' knowledge of a score current: after every change the timeline is computed again, and told when it differs. Not here: the
//! calculation, `timeline` and `evaluation`.

use common::{db::Tx, error::Result};
use contracts::event::tell;

use super::store;
use crate::{enterprise::rules::Enterprise, evaluation::rules::EnterpriseView, fact, score::Models, timeline::rules::timeline};

/// Tells the timeline of an enterprise where it has changed.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, models: &Models, enterprise: &Enterprise, by: &str) -> Result<()> {
    let facts = fact::store::known(tx.conn, &enterprise.uscc, tx.now())?;
    // The other classification, of the same facts; nothing of it shows here (domain.md 0.3).
    crate::risk::actions::refresh(tx, &enterprise.uscc, &facts, by)?;
    let view = EnterpriseView { established_on: enterprise.established_on, status: enterprise.status };
    let line = timeline(models.live(), &enterprise.uscc, view, &facts);
    let form = store::form(&line)?;
    if store::told(tx.conn, &enterprise.uscc)?.is_some_and(|told| told == form) {
        return Ok(());
    }
    let position = tell(tx, &line, by)?;
    store::remember(tx.conn, &line, &form, position)
}
