//! Rows of watches and of the flips that they saw. Not here: which of them are due, `reconsideration::store`.

use chrono::NaiveDateTime;
use common::{db::Conn, error::Result};
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};
use model::instant::Instant;

use super::rules::Because;
use crate::schema::{watch, watch_flip, watch_supplier};

/// A watch.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = watch, treat_none_as_null = true)]
pub struct Watch {
    /// `wch_…`.
    pub id: String,
    /// Whose.
    pub client: String,
    /// Of which organisation.
    pub org: String,
    /// Which decision.
    pub decision: String,
    /// About whom.
    pub supplier: String,
    /// For which tender.
    pub tender: Option<String>,
    /// Until when.
    pub until_at: Option<NaiveDateTime>,
    /// Whether it is asked as of now every time.
    pub moving: bool,
    /// Which endpoint is told; none means all of the client.
    pub webhook: Option<String>,
    /// `active` or `ended`.
    pub state: String,
    /// Why it has ended.
    pub ended_because: Option<String>,
    /// When.
    pub ended_at: Option<NaiveDateTime>,
    /// How it came out last.
    pub outcome: String,
    /// What was found last, as JSON.
    pub findings: String,
    /// The position of credit's feed that this rests on.
    pub position: i64,
    /// When it was last asked again.
    pub considered_at: Option<NaiveDateTime>,
    /// How many flips were seen.
    pub flips: i64,
    /// Whether there is reason to ask again.
    pub due: bool,
    /// Up to which position the asking must know.
    pub due_position: i64,
    /// Rises with every reason.
    pub turn: i64,
    /// Until when somebody is asking.
    pub leased_until: Option<NaiveDateTime>,
    /// Counted from 1 with everything that its client sees.
    pub version: i64,
    /// When it was made.
    pub recorded_at: NaiveDateTime,
}

/// The word for a watch that goes on.
pub const ACTIVE: &str = "active";
/// The word for one that does not.
pub const ENDED: &str = "ended";

/// A watch.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Watch>> {
    Ok(watch::table.find(id).select(Watch::as_select()).first(conn).optional()?)
}

/// Which watches.
#[derive(Clone, Debug)]
pub struct Search {
    /// Only of this client.
    pub client: Option<String>,
    /// Only in this state.
    pub state: Option<&'static str>,
    /// Behind this id.
    pub after: Option<String>,
    /// At most so many, and one more.
    pub limit: i64,
}

/// Watches by id.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Watch>> {
    let mut rows = watch::table.order(watch::id.asc()).select(Watch::as_select()).into_boxed();
    if let Some(client) = &search.client {
        rows = rows.filter(watch::client.eq(client.clone()));
    }
    if let Some(state) = search.state {
        rows = rows.filter(watch::state.eq(state));
    }
    if let Some(after) = &search.after {
        rows = rows.filter(watch::id.gt(after.clone()));
    }
    Ok(rows.limit(search.limit.saturating_add(1)).load(conn)?)
}

/// Adds a watch over these suppliers.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Watch, suppliers: &[String]) -> Result<()> {
    diesel::insert_into(watch::table).values(row).execute(conn)?;
    for uscc in suppliers {
        diesel::insert_into(watch_supplier::table)
            .values((watch_supplier::uscc.eq(uscc), watch_supplier::watch.eq(&row.id)))
            .execute(conn)?;
    }
    Ok(())
}

/// Writes a watch as it stands now.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, row: &Watch) -> Result<()> {
    diesel::update(watch::table.find(&row.id)).set(row).execute(conn)?;
    Ok(())
}

/// The suppliers of a watch.
///
/// # Errors
/// When the database fails.
pub fn suppliers(conn: &mut Conn, id: &str) -> Result<Vec<String>> {
    let rows = watch_supplier::table.filter(watch_supplier::watch.eq(id)).order(watch_supplier::uscc.asc());
    Ok(rows.select(watch_supplier::uscc).load(conn)?)
}

/// Ends a watch.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, row: &Watch, because: Because, now: Instant) -> Result<Watch> {
    let ended = Watch {
        state: ENDED.to_owned(),
        ended_because: Some(because.as_str().to_owned()),
        ended_at: Some(now.naive_utc()),
        due: false,
        leased_until: None,
        version: row.version.saturating_add(1),
        ..row.clone()
    };
    save(conn, &ended)?;
    diesel::delete(watch_supplier::table.filter(watch_supplier::watch.eq(&row.id))).execute(conn)?;
    Ok(ended)
}

/// Adds a flip.
///
/// # Errors
/// When the database fails.
pub fn note(conn: &mut Conn, id: &str, number: i64, at: Instant, body: &str) -> Result<()> {
    let row = (watch_flip::watch.eq(id), watch_flip::number.eq(number), watch_flip::at.eq(at.naive_utc()), watch_flip::body.eq(body));
    diesel::insert_into(watch_flip::table).values(row).execute(conn)?;
    Ok(())
}

/// The flips of a watch after a number: number, when, what; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn flips(conn: &mut Conn, id: &str, after: i64, limit: i64) -> Result<Vec<(i64, NaiveDateTime, String)>> {
    let rows = watch_flip::table.filter(watch_flip::watch.eq(id)).filter(watch_flip::number.gt(after)).order(watch_flip::number.asc());
    Ok(rows.limit(limit.saturating_add(1)).select((watch_flip::number, watch_flip::at, watch_flip::body)).load(conn)?)
}
