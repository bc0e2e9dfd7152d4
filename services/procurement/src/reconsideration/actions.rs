//! The job: notes whose supplier, day, time or tender has moved, leases what is due, asks again, and tells a flip in the transaction that records it. Not
//! here: how a message is sent, `delivery`.

use std::{sync::Arc, time::Duration};

use common::{
    db::{Db, Tx},
    error::{Error, Result},
    feed::freshness,
    stop::stopping,
};
use contracts::{
    event::{Payload, tell},
    procurement::OutcomeFlipped,
};
use futures_util::future::join_all;
use model::{instant::Instant, uscc::Uscc};

use super::{
    rules::{Seen, WATCHES, causes, changes, seen},
    store::{self, Cursor},
};
use crate::{
    Procurement,
    decision::{
        self,
        actions::{DecisionView, Explain},
    },
    delivery,
    replay::actions::again,
    standard_register as register,
    standing::{
        rules::{CREDIT, Standing},
        store as standings,
    },
    watch::{
        actions::finish,
        rules::Because,
        store::{self as watches, ACTIVE, Watch},
    },
};

/// What other replicas and other rooms did is seen this often.
const LOOK: Duration = Duration::from_millis(250);
/// What is committed within this shares a look.
const SHARED: Duration = Duration::from_millis(50);
const PAUSE: Duration = Duration::from_secs(1);
/// What cannot be asked now, because credit is not heard or not far enough, is asked again after so long.
const LEASE_MS: i64 = 15_000;
/// So many are asked at once.
const TOGETHER: i64 = 32;
/// So much of credit's feed is noted in one closure of the write lane, and so many watches end in one.
const STRETCH: i64 = 20_000;
const ENDED_AT_ONCE: i64 = 200;
/// A process learns of a change a moment after its database does.
const LEARNS_WITHIN: Duration = Duration::from_secs(2);
const ENDS: [&str; 3] = [Because::Awarded.as_str(), Because::Cancelled.as_str(), Because::Void.as_str()];

/// Asks again for as long as the process lives. Every replica may: what one has leased the others leave alone.
pub async fn follow(app: Arc<Procurement>) {
    let mut changes = app.db.changes();
    while !stopping() {
        changes.borrow_and_update();
        match step(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(cause = %error, "watches wait");
                tokio::time::sleep(PAUSE).await;
            }
        }
        Db::next_change(&mut changes, SHARED, LOOK).await;
    }
}

/// Notes what moved and asks what is due; says whether anything was asked.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<Procurement>) -> Result<bool> {
    let clock = app.clock.clone();
    // Looked at outside of the write lane first: mostly there is nothing.
    let look = app.db.read(move |conn| {
        let (now, known) = (clock.now(), freshness(conn, CREDIT)?.map_or(0, |known| known.position));
        let is_behind = store::cursor(conn)?.is_none_or(|cursor| cursor.position < known || cursor.day != now.day());
        Ok((
            is_behind
                || register::actions::moved(conn, WATCHES)?.is_some()
                || !store::over(conn, now, 1)?.is_empty()
                || !store::of_tenders(conn, &ENDS, 1)?.is_empty(),
            !store::due(conn, now, 1)?.is_empty(),
        ))
    });
    let (is_behind, is_due) = look.await?;
    if is_behind {
        app.db.write(mark).await?;
    }
    if !is_behind && !is_due {
        return Ok(false);
    }
    let leased = app.db.write(claim).await?;
    let asked = leased.len();
    join_all(leased.into_iter().map(|row| consider(app, row))).await;
    Ok(asked > 0 || is_behind)
}

/// Notes what moved since the last look.
///
/// # Errors
/// When the database fails.
pub fn mark(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    for row in store::over(tx.conn, now, ENDED_AT_ONCE)? {
        finish(tx, &row, Because::Until)?;
    }
    for (row, state) in store::of_tenders(tx.conn, &ENDS, ENDED_AT_ONCE)? {
        if let Some(because) = Because::of_tender(&state) {
            finish(tx, &row, because)?;
        }
    }
    let known = freshness(tx.conn, CREDIT)?.map_or(0, |known| known.position);
    let Some(cursor) = store::cursor(tx.conn)? else {
        // Whoever watches from now on is asked at once.
        return store::advance(tx.conn, Cursor { position: known, day: now.day() });
    };
    let upto = if store::any(tx.conn)? { known.min(cursor.position.saturating_add(STRETCH)) } else { known };
    if upto > cursor.position {
        let changed = standings::changed(tx.conn, CREDIT, cursor.position, upto)?;
        store::mark_changed(tx.conn, &changed, upto)?;
    }
    if let Some(position) = register::actions::moved(tx.conn, WATCHES)? {
        let interested = register::store::interested(tx.conn, WATCHES)?;
        store::mark_these(tx.conn, &interested, upto.max(cursor.position))?;
        register::store::note(tx.conn, WATCHES, position)?;
    }
    if cursor.day != now.day() {
        store::mark_moving(tx.conn)?;
    }
    store::advance(tx.conn, Cursor { position: upto.max(cursor.position), day: now.day() })
}

/// Leases what is due.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>) -> Result<Vec<Watch>> {
    let now = tx.now();
    let due = store::due(tx.conn, now, TOGETHER)?;
    let ids: Vec<String> = due.iter().map(|row| row.id.clone()).collect();
    store::lease(tx.conn, &ids, now.plus_millis(LEASE_MS))?;
    Ok(due)
}

/// Asks a watched decision again. What cannot be told now keeps its lease, and is asked again when that ends.
async fn consider(app: &Arc<Procurement>, row: Watch) {
    let result = match look(app, &row).await {
        Ok(Some(found)) => match settle(app, row, found).await {
            Ok(true) => "flipped",
            Ok(false) => "same",
            Err(error) => {
                tracing::warn!(cause = %error, "what became of a watch was not written down");
                "failed"
            }
        },
        Ok(None) => "postponed",
        Err(error) => {
            tracing::warn!(watch = row.id, cause = %error, "a watched decision cannot be asked again right now");
            "failed"
        }
    };
    app.metrics.reconsidered(app.db.service(), result);
}

/// The same question again, and how the suppliers stood before and stand now where the outcome differs.
#[derive(Clone, Debug)]
pub struct Found {
    view: DecisionView,
    position: i64,
    stood: Vec<Standing>,
    stands: Vec<Standing>,
}

/// What an answer must rest on, and as of when it is asked.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The position of credit's feed that must be known.
    pub position: i64,
    /// As of now, or as of the decision's own instant.
    pub moving: bool,
}

/// Asks a decision again: what was answered, and what is answered now. None while that would rest on less than is needed: our own deafness is no flip.
///
/// # Errors
/// `not_found`, or when it cannot be asked.
pub async fn ask(app: &Procurement, id: &str, need: Need) -> Result<Option<(DecisionView, DecisionView)>> {
    let wanted = id.to_owned();
    let stored = app.db.read(move |conn| decision::store::find(conn, &wanted)).await?;
    let (body, _) = stored.ok_or_else(|| Error::not_found("decision", id))?;
    let answered: DecisionView = serde_json::from_str(&body).map_err(Error::internal)?;
    let mut asked = DecisionView { explain: Explain::Full, ..answered.clone() };
    let until = tokio::time::Instant::now() + LEARNS_WITHIN;
    loop {
        if need.moving {
            asked.as_of = app.clock.now();
        }
        let view = again(app, &asked).await?;
        if view.sources.iter().any(|source| !source.fresh) {
            return Ok(None);
        }
        if position_of(&view) >= need.position {
            return Ok(Some((answered, view)));
        }
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        app.standings.advance(left).await;
    }
}

/// Asks a watched decision, and how the suppliers stood before and stand now where the outcome differs.
async fn look(app: &Procurement, row: &Watch) -> Result<Option<Found>> {
    let need = Need { position: row.due_position, moving: row.moving };
    let Some((_, view)) = ask(app, &row.decision, need).await? else { return Ok(None) };
    let position = position_of(&view);
    if view.verdict.outcome.as_str() == row.outcome {
        return Ok(Some(Found { view, position, stood: Vec::new(), stands: Vec::new() }));
    }
    let (id, before) = (row.id.clone(), row.position);
    let read = app.db.read(move |conn| {
        let (mut stood, mut stands) = (Vec::new(), Vec::new());
        for code in watches::suppliers(conn, &id)? {
            let uscc = Uscc::parse(&code)?;
            stood.push(standings::load(conn, &uscc, Some(before))?);
            stands.push(standings::load(conn, &uscc, Some(position))?);
        }
        Ok((stood, stands))
    });
    let (stood, stands) = read.await?;
    Ok(Some(Found { view, position, stood, stands }))
}

/// The position of credit's feed that an answer rests on.
#[must_use]
pub fn position_of(view: &DecisionView) -> i64 {
    view.sources.first().map_or(0, |source| source.position)
}

/// Writes down what was found; says whether the outcome has flipped.
async fn settle(app: &Arc<Procurement>, row: Watch, found: Found) -> Result<bool> {
    app.db.write(move |tx| settle_in(tx, &row, &found)).await
}

fn settle_in(tx: &mut Tx<'_>, asked: &Watch, found: &Found) -> Result<bool> {
    let Some(row) = watches::find(tx.conn, &asked.id)?.filter(|row| row.state == ACTIVE) else { return Ok(false) };
    // Somebody else, whose lease came after ours, was faster.
    if row.flips != asked.flips || row.position > found.position {
        return Ok(false);
    }
    let (now, outcome) = (tx.now(), found.view.verdict.outcome.as_str());
    let flipped = row.outcome != outcome;
    let findings = seen(&found.view.verdict);
    if flipped {
        flip(tx, &row, found, &findings, now)?;
    }
    let more = i64::from(flipped);
    let next = Watch {
        outcome: outcome.to_owned(),
        findings: serde_json::to_string(&findings).map_err(Error::internal)?,
        position: found.position,
        considered_at: Some(now.naive_utc()),
        flips: row.flips.saturating_add(more),
        due: row.turn != asked.turn,
        leased_until: None,
        version: row.version.saturating_add(more),
        ..row
    };
    watches::save(tx.conn, &next)?;
    Ok(flipped)
}

/// Records and tells a flip: to authorities by the feed, to the client by its endpoints.
fn flip(tx: &mut Tx<'_>, row: &Watch, found: &Found, findings: &[Seen], now: Instant) -> Result<()> {
    let before: Vec<Seen> = serde_json::from_str(&row.findings).map_err(Error::internal)?;
    let criteria = changes(&before, findings);
    let told = OutcomeFlipped {
        watch: row.id.clone(),
        decision: row.decision.clone(),
        supplier: row.supplier.clone(),
        tender: row.tender.clone(),
        from: row.outcome.clone(),
        to: found.view.verdict.outcome.as_str().to_owned(),
        as_of: found.view.as_of,
        position: found.position,
        causes: causes(&criteria, (&before, findings), (&found.stood, &found.stands)),
        criteria,
    };
    let body = serde_json::to_string(&told).map_err(Error::internal)?;
    watches::note(tx.conn, &row.id, row.flips.saturating_add(1), now, &body)?;
    tell(tx, &told, &row.client)?;
    delivery::actions::tell_client(tx, &row.client, row.webhook.as_deref(), OutcomeFlipped::TYPE, &told)
}
