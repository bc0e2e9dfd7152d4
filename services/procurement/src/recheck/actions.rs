//! The job: takes up signed decisions from the own feed, notes whose supplier has changed, asks them again at their own instant, and has their status say
//! whether the outcome is still the one that was signed. Not here: what a status is, `status`; watches, `reconsideration`.

use std::{sync::Arc, time::Duration};

use common::{
    db::Tx,
    error::{Error, Result},
    feed::{freshness, told},
    stop::stopping,
};
use contracts::{event::Payload, procurement::DecisionRecorded};
use futures_util::future::join_all;

use super::store::{self, Cursor};
use crate::{
    Procurement,
    decision::{self, actions::DecisionView},
    reconsideration::actions::{Need, ask, position_of},
    standing::{rules::CREDIT, store as standings},
    status::actions::{Change, mark_changed, mark_unchanged},
    watch::{actions::concerned, rules::recheck_ms},
};

/// What other replicas did is seen this often.
const LOOK: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_secs(2);
/// What cannot be asked now is asked again after so long.
const LEASE_MS: i64 = 15_000;
const TOGETHER: i64 = 32;
/// So many decisions are taken up in one closure of the write lane, and so much of credit's feed.
const CHUNK: i64 = 200;
const STRETCH: i64 = 20_000;
const BY: &str = "touchstone";

/// Asks again for as long as the process lives. Every replica may: what one has leased the others leave alone.
pub async fn follow(app: Arc<Procurement>) {
    while !stopping() {
        match step(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(cause = %error, "statuses of signed decisions wait");
                tokio::time::sleep(PAUSE).await;
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Takes up, notes and asks; says whether there may be more.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<Procurement>) -> Result<bool> {
    let clock = app.clock.clone();
    // Looked at outside of the write lane first: mostly there is nothing.
    let look = app.db.read(move |conn| {
        let known = freshness(conn, CREDIT)?.map_or(0, |known| known.position);
        let Some(cursor) = store::cursor(conn)? else { return Ok((true, false)) };
        let is_new = !told(conn, cursor.own_position, &[DecisionRecorded::TYPE], 1)?.is_empty();
        Ok((is_new || cursor.position < known, !store::due(conn, clock.now(), 1)?.is_empty()))
    });
    let (is_behind, is_due) = look.await?;
    if is_behind {
        app.db.write(take_up).await?;
    }
    if !is_behind && !is_due {
        return Ok(false);
    }
    let leased = app.db.write(|tx| {
        let now = tx.now();
        let due = store::due(tx.conn, now, TOGETHER)?;
        let ids: Vec<String> = due.iter().map(|(id, _)| id.clone()).collect();
        store::lease(tx.conn, &ids, now.plus_millis(LEASE_MS))?;
        Ok(due)
    });
    let leased = leased.await?;
    join_all(leased.into_iter().map(|(id, position)| consider(app, id, position))).await;
    Ok(true)
}

/// Takes up signed decisions that are new, and notes whom changes concern.
///
/// # Errors
/// When the database fails.
pub fn take_up(tx: &mut Tx<'_>) -> Result<()> {
    let known = freshness(tx.conn, CREDIT)?.map_or(0, |known| known.position);
    let cursor = match store::cursor(tx.conn)? {
        Some(cursor) => cursor,
        // What was decided before this job existed keeps the status that it has.
        None => Cursor { own_position: tx.position(), position: known },
    };
    let since = tx.now().plus_millis(recheck_ms(tx.now().day()).saturating_neg());
    let upto = known.min(cursor.position.saturating_add(STRETCH)).max(cursor.position);
    if upto > cursor.position {
        let changed = standings::changed(tx.conn, CREDIT, cursor.position, upto)?;
        store::mark(tx.conn, &changed, upto)?;
    }
    let mut own_position = cursor.own_position;
    for (position, data) in told(tx.conn, cursor.own_position, &[DecisionRecorded::TYPE], CHUNK)? {
        own_position = position;
        let recorded: DecisionRecorded = serde_json::from_str(&data).map_err(Error::internal)?;
        let Some((body, _)) = decision::store::find(tx.conn, &recorded.id)? else { continue };
        let view: DecisionView = serde_json::from_str(&body).map_err(Error::internal)?;
        if view.receipt.is_some() && view.known_at > since {
            // A change that was noted before the decision was taken up may be one that it did not know yet.
            let is_due = position_of(&view) < upto;
            store::insert(tx.conn, &recorded.id, view.known_at, &concerned(&view), (is_due, upto))?;
        }
    }
    store::forget(tx.conn, since, CHUNK)?;
    store::advance(tx.conn, Cursor { own_position, position: upto })
}

/// Asks a signed decision again, and marks it where it would come out otherwise now.
async fn consider(app: &Arc<Procurement>, id: String, needed: i64) {
    let found = match ask(app, &id, Need { position: needed, moving: false }).await {
        Ok(Some((signed, found))) => (signed, found),
        Ok(None) => return app.metrics.reconsidered(app.db.service(), "postponed"),
        Err(error) => {
            tracing::warn!(decision = id, cause = %error, "a signed decision cannot be asked again right now");
            return app.metrics.reconsidered(app.db.service(), "failed");
        }
    };
    let (signed, now) = (found.0.verdict.outcome.as_str(), found.1.verdict.outcome.as_str());
    app.metrics.reconsidered(app.db.service(), if signed == now { "same" } else { "flipped" });
    let position = position_of(&found.1);
    let written = app.db.write(move |tx| {
        if signed == now {
            mark_unchanged(tx, &id)?;
        } else {
            let reason = format!("{signed} -> {now}");
            mark_changed(tx, &id, Change { outcome: now, reason: &reason }, BY)?;
        }
        store::asked(tx.conn, &id, position)
    });
    if let Err(error) = written.await {
        tracing::warn!(cause = %error, "the status of a signed decision was not written down");
    }
}
