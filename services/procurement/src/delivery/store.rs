//! Rows of messages and of the attempts to deliver them. Not here: endpoints, `webhook::store`.

use chrono::NaiveDateTime;
use common::{db::Conn, error::Result};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};
use model::instant::Instant;

use super::rules::State;
use crate::schema::{delivery, delivery_attempt};

diesel::allow_tables_to_appear_in_same_query!(delivery, delivery_attempt);

/// A message to an endpoint.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery)]
pub struct Delivery {
    /// `msg_…`, the same in every attempt.
    pub id: String,
    /// To which endpoint.
    pub webhook: String,
    /// The type of what it tells.
    pub kind: String,
    /// What is sent, byte for byte.
    pub body: String,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    /// Attempts since it last began to wait.
    pub tries: i32,
    /// When it is tried next.
    pub due_at: Option<NaiveDateTime>,
    /// Until when somebody is trying.
    pub leased_until: Option<NaiveDateTime>,
    /// Who.
    pub lease: Option<String>,
    /// When it was told.
    pub recorded_at: NaiveDateTime,
    /// When it was taken or given up.
    pub ended_at: Option<NaiveDateTime>,
}

/// An attempt.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery_attempt)]
pub struct Attempt {
    /// Of which message.
    pub delivery: String,
    /// Counted from 1.
    pub number: i32,
    /// When it began.
    pub at: NaiveDateTime,
    /// How long it took.
    pub latency_ms: i64,
    /// What was answered.
    pub status: Option<i32>,
    /// Why it was not taken.
    pub error: Option<String>,
    /// When it is tried again.
    pub next_at: Option<NaiveDateTime>,
}

/// Adds a message that waits from now on.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, (id, webhook, kind): (&str, &str, &str), body: &str, now: Instant) -> Result<()> {
    let row = Delivery {
        id: id.to_owned(),
        webhook: webhook.to_owned(),
        kind: kind.to_owned(),
        body: body.to_owned(),
        state: State::Waiting.as_str().to_owned(),
        tries: 0,
        due_at: Some(now.naive_utc()),
        leased_until: None,
        lease: None,
        recorded_at: now.naive_utc(),
        ended_at: None,
    };
    diesel::insert_into(delivery::table).values(row).execute(conn)?;
    Ok(())
}

/// A message of an endpoint.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, webhook: &str, id: &str) -> Result<Option<Delivery>> {
    Ok(delivery::table.find(id).filter(delivery::webhook.eq(webhook)).select(Delivery::as_select()).first(conn).optional()?)
}

/// Messages of an endpoint, the newest first, before an id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, webhook: &str, before: Option<&str>, limit: i64) -> Result<Vec<Delivery>> {
    let mut rows =
        delivery::table.filter(delivery::webhook.eq(webhook)).order(delivery::id.desc()).select(Delivery::as_select()).into_boxed();
    if let Some(before) = before {
        rows = rows.filter(delivery::id.lt(before.to_owned()));
    }
    Ok(rows.limit(limit.saturating_add(1)).load(conn)?)
}

/// The attempts of messages, in their order.
///
/// # Errors
/// When the database fails.
pub fn attempts(conn: &mut Conn, ids: &[String]) -> Result<Vec<Attempt>> {
    let rows = delivery_attempt::table.filter(delivery_attempt::delivery.eq_any(ids.to_vec()));
    Ok(rows.order((delivery_attempt::delivery.asc(), delivery_attempt::number.asc())).select(Attempt::as_select()).load(conn)?)
}

/// Messages that wait and are due, and that nobody is trying, the longest due first; none of endpoints that have enough under way.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, now: Instant, limit: i64, full: Vec<String>) -> Result<Vec<Delivery>> {
    let free = delivery::leased_until.is_null().or(delivery::leased_until.le(now.naive_utc()));
    let rows =
        delivery::table.filter(delivery::state.eq(State::Waiting.as_str())).filter(delivery::due_at.le(now.naive_utc())).filter(free);
    let rows = rows.filter(delivery::webhook.ne_all(full));
    Ok(rows.order((delivery::due_at.asc(), delivery::id.asc())).limit(limit).select(Delivery::as_select()).load(conn)?)
}

/// The endpoints to which somebody is sending right now, one for each message.
///
/// # Errors
/// When the database fails.
pub fn busy(conn: &mut Conn, now: Instant) -> Result<Vec<String>> {
    Ok(delivery::table.filter(delivery::leased_until.gt(now.naive_utc())).select(delivery::webhook).load(conn)?)
}

/// How many messages wait.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &mut Conn) -> Result<i64> {
    // Only what waits has a time; the index knows those.
    Ok(delivery::table.filter(delivery::due_at.is_not_null()).count().get_result(conn)?)
}

/// Leases a message.
///
/// # Errors
/// When the database fails.
pub fn lease(conn: &mut Conn, id: &str, lease: &str, until: Instant) -> Result<()> {
    let set = (delivery::lease.eq(lease), delivery::leased_until.eq(until.naive_utc()));
    diesel::update(delivery::table.find(id)).set(set).execute(conn)?;
    Ok(())
}

/// Writes how a message stands, leased by nobody.
///
/// # Errors
/// When the database fails.
pub fn stand(conn: &mut Conn, id: &str, state: State, (tries, due_at): (i32, Option<Instant>), now: Instant) -> Result<()> {
    let ended_at = (state != State::Waiting).then(|| now.naive_utc());
    diesel::update(delivery::table.find(id))
        .set((
            delivery::state.eq(state.as_str()),
            delivery::tries.eq(tries),
            delivery::due_at.eq(due_at.map(Instant::naive_utc)),
            delivery::leased_until.eq(None::<NaiveDateTime>),
            delivery::lease.eq(None::<String>),
            delivery::ended_at.eq(ended_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Adds an attempt as the next one of its message.
///
/// # Errors
/// When the database fails.
pub fn note(conn: &mut Conn, attempt: Attempt) -> Result<()> {
    let made: i64 = delivery_attempt::table.filter(delivery_attempt::delivery.eq(&attempt.delivery)).count().get_result(conn)?;
    let number = i32::try_from(made.saturating_add(1)).unwrap_or(i32::MAX);
    diesel::insert_into(delivery_attempt::table).values(Attempt { number, ..attempt }).execute(conn)?;
    Ok(())
}

/// Gives up what waits for an endpoint.
///
/// # Errors
/// When the database fails.
pub fn give_up(conn: &mut Conn, webhook: &str, now: Instant) -> Result<()> {
    let waiting = delivery::table.filter(delivery::webhook.eq(webhook)).filter(delivery::state.eq(State::Waiting.as_str()));
    diesel::update(waiting)
        .set((
            delivery::state.eq(State::Failed.as_str()),
            delivery::due_at.eq(None::<NaiveDateTime>),
            delivery::leased_until.eq(None::<NaiveDateTime>),
            delivery::lease.eq(None::<String>),
            delivery::ended_at.eq(Some(now.naive_utc())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets what was sent to an endpoint.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, webhook: &str) -> Result<()> {
    let own = delivery::table.filter(delivery::webhook.eq(webhook)).select(delivery::id);
    diesel::delete(delivery_attempt::table.filter(delivery_attempt::delivery.eq_any(own))).execute(conn)?;
    diesel::delete(delivery::table.filter(delivery::webhook.eq(webhook))).execute(conn)?;
    Ok(())
}
