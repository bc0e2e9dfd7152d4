//! Taking up a signed decision, in its own transaction; and the job: notes whose supplier has changed, asks those again at their own instant, and has their
//! status say whether the outcome is still the one that was signed. Not here: what a status is, `status`; watches, `reconsideration`.

use std::{sync::Arc, time::Duration};

use common::{db::Tx, error::Result, feed::freshness, stop::stopping};
use futures_util::future::join_all;
use model::instant::Instant;

use super::store;
use crate::{
    Procurement,
    decision::actions::DecisionView,
    reconsideration::actions::{Need, ask, position_of},
    standard_register as register,
    standing::{
        rules::{CREDIT, STANDARDS},
        store as standings,
    },
    status::actions::{Change, mark_changed, mark_unchanged},
    watch::{actions::concerned, rules::recheck_ms},
};

/// What other replicas did is seen this often.
const LOOK: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_secs(2);
/// What cannot be asked now is asked again after so long.
const LEASE_MS: i64 = 15_000;
const TOGETHER: i64 = 32;
/// So many are forgotten in one closure of the write lane, and so much of credit's feed is noted.
const CHUNK: i64 = 200;
const STRETCH: i64 = 20_000;
const BY: &str = "touchstone";
/// How the register of standards knows this job.
const JOB: &str = "recheck";

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

/// A decision whose status is kept up to date.
#[derive(Clone, Debug)]
pub struct Signed {
    /// `dec_…`.
    pub id: String,
    /// When it was made.
    pub known_at: Instant,
    /// Whom it is about.
    pub suppliers: Vec<String>,
    /// The position of credit's feed that it rests on.
    pub position: i64,
    /// Whether it rests on the register of standards as well.
    pub on_standards: bool,
}

impl Signed {
    /// The decision as it was answered; none where nothing was signed.
    #[must_use]
    pub fn of(view: &DecisionView) -> Option<Self> {
        let (id, _) = view.id.clone().zip(view.receipt.as_ref())?;
        let on_standards = view.sources.iter().any(|source| source.service == STANDARDS);
        Some(Self { id, known_at: view.known_at, suppliers: concerned(view), position: position_of(view), on_standards })
    }
}

/// Takes up a signed decision.
///
/// # Errors
/// When the database fails.
pub fn take_up(tx: &mut Tx<'_>, signed: &Signed) -> Result<()> {
    // A change that was noted before may be one that the decision did not know yet; without a cursor nothing is noted at all.
    let (is_due, position) = match store::cursor(tx.conn)? {
        Some(noted) => (signed.position < noted, noted),
        None => (true, signed.position),
    };
    if signed.on_standards {
        register::store::take_interest(tx.conn, JOB, &signed.id)?;
    }
    store::insert(tx.conn, &signed.id, signed.known_at, &signed.suppliers, (is_due, position))
}

/// Notes and asks; says whether there may be more.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<Procurement>) -> Result<bool> {
    let clock = app.clock.clone();
    // Looked at outside of the write lane first: mostly there is nothing.
    let look = app.db.read(move |conn| {
        let known = freshness(conn, CREDIT)?.map_or(0, |known| known.position);
        let is_behind = store::cursor(conn)?.is_none_or(|noted| noted < known) || register::actions::moved(conn, JOB)?.is_some();
        Ok((is_behind, !store::due(conn, clock.now(), 1)?.is_empty()))
    });
    let (is_behind, is_due) = look.await?;
    if is_behind {
        app.db.write(note).await?;
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

/// Notes whom changes concern, and forgets what is too old.
///
/// # Errors
/// When the database fails.
pub fn note(tx: &mut Tx<'_>) -> Result<()> {
    let known = freshness(tx.conn, CREDIT)?.map_or(0, |known| known.position);
    // What was decided before this job existed keeps the status that it has.
    let noted = store::cursor(tx.conn)?.unwrap_or(known);
    let upto = known.min(noted.saturating_add(STRETCH)).max(noted);
    if upto > noted {
        let changed = standings::changed(tx.conn, CREDIT, noted, upto)?;
        store::mark(tx.conn, &changed, upto)?;
    }
    if let Some(position) = register::actions::moved(tx.conn, JOB)? {
        // Whichever standard moved: few decisions rest on the register, and each is asked once for all that moved.
        let interested = register::store::interested(tx.conn, JOB)?;
        let gone = store::mark_these(tx.conn, &interested, upto)?;
        register::store::lose_interest(tx.conn, JOB, &gone)?;
        register::store::note(tx.conn, JOB, position)?;
    }
    store::forget(tx.conn, tx.now().plus_millis(recheck_ms(tx.now().day()).saturating_neg()), CHUNK)?;
    store::advance(tx.conn, upto)
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
        // What knew less than somebody knows by now has no say.
        if !store::asked(tx.conn, &id, position)? {
            return Ok(());
        }
        if signed == now {
            return mark_unchanged(tx, &id);
        }
        let reason = format!("{signed} -> {now}");
        mark_changed(tx, &id, Change { outcome: now, reason: &reason }, BY)
    });
    if let Err(error) = written.await {
        tracing::warn!(cause = %error, "the status of a signed decision was not written down");
    }
}
