//! Handing out places, marking decisions, making lists. Not here: who may, `http.rs`.

use std::sync::{Mutex, PoisonError};

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use contracts::{event::tell, procurement::DecisionRevoked};
use model::instant::Instant;
use receipt::{LIST_BITS, StatusList, StatusRef};
use serde::Deserialize;

use super::{
    rules::{self, BLOCK, Block, ListName, Mark, Purpose},
    store::{self, Row},
};
use crate::{Procurement, batch, decision};

/// A list is to be fetched again after so long, and is made anew as often.
pub const TTL_MS: i64 = 5 * 60 * 1000;
/// A list is not to be relied on after so long.
const VALID_MS: i64 = 24 * 60 * 60 * 1000;

/// The places that this process may hand out, and whose lists they are in.
pub struct Places {
    /// The issuer of the lists, a URL.
    pub issuer: String,
    block: Mutex<Option<Block>>,
}

impl Places {
    /// None yet.
    #[must_use]
    pub fn new(issuer: String) -> Self {
        Self { issuer, block: Mutex::new(None) }
    }

    fn next(&self) -> Option<u64> {
        self.block.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(Block::hand_out)
    }
}

/// A place for the status of a decision that is about to be signed; one write for every so many of them.
///
/// # Errors
/// When the database fails.
pub async fn place(app: &Procurement) -> Result<StatusRef> {
    loop {
        if let Some(number) = app.places.next() {
            return Ok(rules::place(&app.places.issuer, number));
        }
        let taken = app.db.write(|tx| {
            let first = store::taken(tx.conn)?;
            store::take(tx.conn, first.saturating_add(BLOCK))?;
            Ok(first)
        });
        let block = Block { first: taken.await?, used: 0, step: app.chance.below(BLOCK), offset: app.chance.below(BLOCK) };
        *app.places.block.lock().unwrap_or_else(PoisonError::into_inner) = Some(block);
    }
}

/// What is read of a kept answer.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    status: Option<StatusRef>,
}

fn kept(conn: &mut Conn, id: &str) -> Result<Kept> {
    let body = match id.starts_with("bat_") {
        true => batch::store::find(conn, id)?.map(|kept| kept.body),
        false => decision::store::find(conn, id)?.map(|(body, _)| body),
    };
    serde_json::from_str(&body.ok_or_else(|| Error::not_found("decision", id))?).map_err(Error::internal)
}

/// Where the status of a decision or a batch stands; `None` where it is not signed.
///
/// # Errors
/// `not_found`.
pub fn place_of(conn: &mut Conn, id: &str) -> Result<Option<StatusRef>> {
    Ok(kept(conn, id)?.status)
}

fn mark(tx: &mut Tx<'_>, id: &str, mark: &Mark, by: &str) -> Result<()> {
    let place = place_of(tx.conn, id)?;
    let place = place.and_then(|place| Some((rules::list_of(&place)?, place.index)));
    store::put(tx.conn, &Row { id, mark, place, by })
}

/// Withdraws a decision or a batch, once and for good; the feed tells it. `subject` is whom it is about.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn revoke(tx: &mut Tx<'_>, id: &str, reason: &str, (subject, by): (&str, &str)) -> Result<()> {
    if store::marks(tx.conn, id)?.iter().any(|mark| mark.purpose == Purpose::Revocation) {
        return Ok(());
    }
    let said = Mark { purpose: Purpose::Revocation, reason: reason.to_owned(), outcome: None, recorded_at: tx.now() };
    mark(tx, id, &said, by)?;
    tell(tx, &DecisionRevoked { id: id.to_owned(), subject: subject.to_owned(), reason: reason.to_owned() }, by)?;
    Ok(())
}

/// Why and how the outcome of a decision would be another one by now.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The outcome by now.
    pub outcome: &'a str,
    /// What caused it, in words.
    pub reason: &'a str,
}

/// Marks a decision whose outcome would be another one by now. Its bit is set with the next list.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn mark_changed(tx: &mut Tx<'_>, id: &str, change: Change<'_>, by: &str) -> Result<()> {
    let said = Mark {
        purpose: Purpose::Message,
        reason: change.reason.to_owned(),
        outcome: Some(change.outcome.to_owned()),
        recorded_at: tx.now(),
    };
    mark(tx, id, &said, by)
}

/// Takes that mark away: the outcome is again what was decided.
///
/// # Errors
/// When the database fails.
pub fn mark_unchanged(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    store::remove(tx.conn, id, Purpose::Message)
}

/// The signed list of this name; the same within a while, on every replica.
///
/// # Errors
/// `not_found` where no place of it is taken.
pub async fn list(app: &Procurement, name: ListName) -> Result<String> {
    let read = app.db.read(move |conn| {
        let begins = name.number.checked_mul(LIST_BITS).filter(|begins| *begins < i64::MAX.unsigned_abs());
        let taken = store::taken(conn)?;
        match begins {
            Some(begins) if begins < taken => store::bits(conn, name.purpose, name.number),
            _ => Err(Error::not_found("status list", name.text())),
        }
    });
    let bits = read.await?;
    let now = app.clock.now();
    let from = Instant::from_micros(now.micros().saturating_sub(now.micros().rem_euclid(TTL_MS.saturating_mul(1_000))));
    let list = StatusList {
        issuer: app.places.issuer.clone(),
        url: name.url(&app.places.issuer),
        purpose: name.purpose.as_str().to_owned(),
        valid_from: from.to_string(),
        valid_until: from.plus_millis(VALID_MS).to_string(),
        ttl: TTL_MS.unsigned_abs(),
        bits: StatusList::bits_of(bits),
    };
    list.sign(&app.keys.now().signing).map_err(|error| Error::internal(error.to_string()))
}
