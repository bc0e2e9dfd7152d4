//! Records a merger: the entry of the absorbed one, the events, and the score of the survivor with what it takes over. Not here: whether it may be, `rules.rs`.

use common::{db::Tx, error::Result, http::precondition::mismatch};
use contracts::{credit::EnterpriseMerged, event::tell};
use model::{instant::Day, uscc::Uscc};

use super::rules::{absorb, in_order};
use crate::{
    Credit,
    enterprise::{self, rules::Merged},
    fact::{
        self,
        actions::{Actor, unknown},
    },
};

/// Merges an enterprise at the version that the caller has read; gives the version of the entry afterwards.
///
/// # Errors
/// `enterprise_unknown`, `merged`, `etag_mismatch`, and what `rules` refuse.
pub fn merge(tx: &mut Tx<'_>, app: &Credit, absorbed: &Uscc, merged: &Merged, read: i64, actor: &Actor) -> Result<i64> {
    let by = actor.client.as_str();
    let stands = enterprise::store::find(tx.conn, absorbed)?.ok_or_else(|| unknown(absorbed))?;
    if stands.version != read {
        return Err(mismatch(stands.version));
    }
    let survivor = enterprise::store::find_any(tx.conn, &merged.into)?.map(|stored| stored.enterprise);
    let after = absorb(&stands.enterprise, survivor.as_ref(), merged)?;
    in_order(merged, last_into(tx, absorbed)?)?;
    let version = stands.version.saturating_add(1);
    enterprise::store::save(tx.conn, &after, Some(&stands.enterprise), version, tx.now(), by)?;
    tell(tx, &after.told(), by)?;
    tell(tx, &EnterpriseMerged { absorbed: absorbed.clone(), survivor: merged.into.clone(), on: merged.on }, by)?;
    // With the facts come their consequences: for the lists, the measures and the score.
    fact::actions::refresh(tx, app, &merged.into, actor)?;
    Ok(version)
}

/// The last day on which somebody went into an enterprise.
fn last_into(tx: &mut Tx<'_>, uscc: &Uscc) -> Result<Option<Day>> {
    let now = tx.now();
    let mut last: Option<Day> = None;
    for code in enterprise::store::with_absorbed(tx.conn, uscc, now)? {
        let merged = enterprise::store::find_any(tx.conn, &Uscc::parse(&code)?)?.and_then(|stored| stored.enterprise.merged);
        last = last.max(merged.filter(|merged| merged.into == *uscc).map(|merged| merged.on));
    }
    Ok(last)
}
