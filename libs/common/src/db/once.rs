//! Idempotency keys: the first answer is kept in the transaction of its effect and given again byte for byte. Not here: the header; that is
//! `http::precondition`'s neighbour `http::once`.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, text::Text};

use super::{Conn, Db, Tx, idempotency};
use crate::error::{Code, Error, Result};

/// Answers are kept so long: 7 days.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Whose key it is, for which request, with which body.
#[derive(Clone, Debug)]
pub struct OnceKey {
    /// The client of the token.
    pub client: String,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The key as sent.
    pub key: String,
    /// SHA-256 of the body, in hexadecimal.
    pub body_sha256: String,
}

/// An answer that can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// The JSON body.
    pub body: String,
}

impl Db {
    /// Runs `f` once for a key: a repeat gets the first answer, another body under the same key a 409. Without a key it simply runs.
    ///
    /// # Errors
    /// What `f` answers (refusals are not kept), or `idempotency_conflict`.
    pub async fn write_once<F>(&self, key: Option<OnceKey>, f: F) -> Result<Answer>
    where
        F: Fn(&mut Tx<'_>) -> Result<Answer> + Send + 'static,
    {
        let Some(key) = key else { return self.write(f).await };
        self.write(move |tx| {
            match find(tx.conn, &key)? {
                Some((kept, at)) if is_kept(at, tx.now()) => return kept,
                Some(_) => forget(tx.conn, &key)?,
                None => {}
            }
            let answer = f(tx)?;
            keep(tx.conn, &key, &answer, tx.now())?;
            Ok(answer)
        })
        .await
    }

    /// The answer that is kept for a key, for whoever must do much before it can write, or would refuse what it did already.
    ///
    /// # Errors
    /// `idempotency_conflict`, or when the database cannot be reached.
    pub async fn answered(&self, key: Option<OnceKey>) -> Result<Option<Answer>> {
        let (Some(key), now) = (key, self.inner.clock.now()) else { return Ok(None) };
        self.read(move |conn| find(conn, &key)?.filter(|(_, at)| is_kept(*at, now)).map(|(kept, _)| kept).transpose()).await
    }

    /// Forgets the answers whose seven days are over.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn forget_old_answers(&self) -> Result<usize> {
        self.write(|tx| {
            let limit = tx.now().plus_millis(-KEPT_MS).naive_utc();
            Ok(diesel::delete(idempotency::table.filter(idempotency::recorded_at.lt(limit))).execute(tx.conn)?)
        })
        .await
    }
}

type Kept = (String, i32, Option<String>, Option<String>, String, chrono::NaiveDateTime);

fn is_kept(at: Instant, now: Instant) -> bool {
    now.since_millis(at) <= KEPT_MS
}

/// The answer under a key, or the refusal of another body, and since when it is kept.
fn find(conn: &mut Conn, key: &OnceKey) -> Result<Option<(Result<Answer>, Instant)>> {
    let found: Option<Kept> = idempotency::table
        .find((&key.client, &key.method, &key.path, &key.key))
        .select((
            idempotency::body_sha256,
            idempotency::status,
            idempotency::etag,
            idempotency::location,
            idempotency::body,
            idempotency::recorded_at,
        ))
        .first(conn)
        .optional()?;
    let Some((body_sha256, status, etag, location, body, recorded_at)) = found else { return Ok(None) };
    let at = Instant::from_naive_utc(recorded_at);
    if body_sha256 != key.body_sha256 {
        let detail = Text::new("这个幂等键已用于不同的内容。", "This Idempotency-Key was used with another body.");
        return Ok(Some((Err(Error::conflict(Code::IDEMPOTENCY_CONFLICT, detail)), at)));
    }
    Ok(Some((Ok(Answer { status: u16::try_from(status).unwrap_or(200), etag, location, body }), at)))
}

/// An answer whose days are over makes room.
fn forget(conn: &mut Conn, key: &OnceKey) -> Result<()> {
    diesel::delete(idempotency::table.find((&key.client, &key.method, &key.path, &key.key))).execute(conn)?;
    Ok(())
}

fn keep(conn: &mut Conn, key: &OnceKey, answer: &Answer, now: Instant) -> Result<()> {
    diesel::insert_into(idempotency::table)
        .values((
            idempotency::client.eq(&key.client),
            idempotency::method.eq(&key.method),
            idempotency::path.eq(&key.path),
            idempotency::key.eq(&key.key),
            idempotency::body_sha256.eq(&key.body_sha256),
            idempotency::status.eq(i32::from(answer.status)),
            idempotency::etag.eq(&answer.etag),
            idempotency::location.eq(&answer.location),
            idempotency::body.eq(&answer.body),
            idempotency::recorded_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}
