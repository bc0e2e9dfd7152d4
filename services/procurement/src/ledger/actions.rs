//! Appending to the log in the order of the feed, and making proofs. Not here: the hashes and their proofs, `receipt::tree`.

use std::{sync::Arc, time::Duration};

use common::{
    db::{Conn, Db, Tx},
    error::{Error, Result},
    feed,
    stop::stopping,
};
use contracts::{
    event::Payload,
    procurement::{BatchRecorded, DecisionRecorded, EvaluationRecorded},
};
use receipt::{
    Checkpoint, Consistency, Inclusion, ORIGIN, SigningKey,
    tree::{self, Hash, Place},
};
use serde::Deserialize;

use super::{
    rules::{self, Stretch},
    store::{self, Entry},
};
use crate::Procurement;

/// So many entries in one closure of the write lane: decisions wait behind it.
const CHUNK: i64 = 50;
/// A checkpoint is published when all is appended, and where that takes long, after so many entries.
const PUBLISHED_EVERY: u64 = 1_000;
/// Decisions of other replicas are seen this often, and what comes meanwhile shares a checkpoint.
const LOOK: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_secs(1);

/// What these events have.
#[derive(Deserialize)]
struct Recorded {
    id: String,
    digest: String,
}

/// Appends what the feed tells, for as long as the process lives. Every replica may: whoever comes first finds it new.
pub async fn follow(app: Arc<Procurement>) {
    let mut changes = app.db.changes();
    while !stopping() {
        changes.borrow_and_update();
        match append(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(cause = %error, "the log of decisions waits");
                tokio::time::sleep(PAUSE).await;
            }
        }
        Db::next_change(&mut changes, LOOK, LOOK).await;
    }
}

/// Appends the next events of the feed and publishes a checkpoint; says whether there may be more.
///
/// # Errors
/// When the database fails.
pub async fn append(app: &Arc<Procurement>) -> Result<bool> {
    // Looked at outside of the write lane first: mostly there is nothing.
    let waits = app.db.read(|conn| {
        let (size, position) = store::last(conn)?;
        Ok(store::head(conn)?.is_none_or(|(published, _)| published < size) || !told(conn, position, 1)?.is_empty())
    });
    if !waits.await? {
        return Ok(false);
    }
    let app = Arc::clone(app);
    app.db.clone().write(move |tx| append_in(tx, &app.keys.now().signing)).await
}

fn told(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<(i64, Recorded)>> {
    let kinds = [DecisionRecorded::TYPE, BatchRecorded::TYPE, EvaluationRecorded::TYPE];
    let events = feed::told(conn, after, &kinds, limit)?;
    events.into_iter().map(|(position, data)| Ok((position, serde_json::from_str(&data).map_err(Error::internal)?))).collect()
}

/// The same within a transaction.
///
/// # Errors
/// When the database fails.
pub fn append_in(tx: &mut Tx<'_>, key: &SigningKey) -> Result<bool> {
    let (before, position) = store::last(tx.conn)?;
    let events = told(tx.conn, position, CHUNK)?;
    let mut size = before;
    for (position, Recorded { id, digest }) in &events {
        let entry = Entry { number: size, id: id.clone(), digest: digest.clone() };
        let leaf = Hash::leaf(&receipt::entry(id, digest).map_err(Error::internal)?);
        store::insert(tx.conn, &entry, *position, &leaf.to_hex())?;
        for place in tree::completed(size).into_iter().filter(|place| rules::is_kept(*place)) {
            let hash = hash_of(tx.conn, rules::made_from(place))?;
            store::keep(tx.conn, place.level, place.number, &hash.to_hex())?;
        }
        size = size.saturating_add(1);
    }
    let is_full = i64::try_from(events.len()).is_ok_and(|count| count == CHUNK);
    let is_due = !is_full || before / PUBLISHED_EVERY != size / PUBLISHED_EVERY;
    if is_due && store::head(tx.conn)?.is_none_or(|(published, _)| published < size) {
        let root = tree::root(size, |place| node(tx.conn, place))?;
        let note = Checkpoint { origin: ORIGIN.to_owned(), size, root }.sign(key);
        store::publish(tx.conn, size, &note, tx.now())?;
    }
    Ok(is_full)
}

/// The hash of a complete subtree.
fn node(conn: &mut Conn, place: Place) -> Result<Hash> {
    hash_of(conn, rules::found_from(place))
}

fn hash_of(conn: &mut Conn, stretch: Stretch) -> Result<Hash> {
    let kept = store::hashes(conn, stretch)?;
    rules::fold(stretch, &kept).ok_or_else(|| Error::internal("a subtree of the log is not complete"))
}

/// The proof that a decision, a batch or an evaluation is in the log; `None` while it is not, which lasts about a second.
///
/// # Errors
/// When the database fails.
pub fn included(conn: &mut Conn, id: &str) -> Result<Option<Inclusion>> {
    let (Some(entry), Some((size, checkpoint))) = (store::find(conn, id)?, store::head(conn)?) else { return Ok(None) };
    let path = tree::inclusion(entry.number, size, |place| node(conn, place))?;
    Ok(path.map(|path| Inclusion { id: entry.id, digest: entry.digest, number: entry.number, path, checkpoint }))
}

/// The proof that the log of one size begins with that of a smaller one; `None` where the log is not as large, or they are not in this order.
///
/// # Errors
/// When the database fails.
pub fn consistent(conn: &mut Conn, from: u64, to: u64) -> Result<Option<Consistency>> {
    let size = store::head(conn)?.map_or(0, |(size, _)| size);
    if to > size || from > to {
        return Ok(None);
    }
    if from == 0 {
        return Ok(Some(Consistency { from, to, path: Vec::new() }));
    }
    let path = tree::consistency(from, to, |place| node(conn, place))?;
    Ok(path.map(|path| Consistency { from, to, path }))
}
