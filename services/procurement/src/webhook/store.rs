//! Rows of endpoints. Not here: what is sent to them, `delivery::store`.

use chrono::NaiveDateTime;
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use crate::schema::webhook;

/// An endpoint.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook, treat_none_as_null = true)]
pub struct Webhook {
    /// `whk_…`.
    pub id: String,
    /// Whose.
    pub client: String,
    /// Of which organisation.
    pub org: String,
    /// Where it is.
    pub url: String,
    /// What it is told, as a JSON list; none means everything.
    pub events: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What signs.
    pub secret: String,
    /// What signed before.
    pub old_secret: Option<String>,
    /// Until when that signs too.
    pub old_until: Option<NaiveDateTime>,
    /// Whether it is told anything.
    pub active: bool,
    /// Why not.
    pub disabled_because: Option<String>,
    /// Since when it has taken nothing.
    pub failing_since: Option<NaiveDateTime>,
    /// Counted from 1.
    pub version: i64,
    /// When it was made.
    pub recorded_at: NaiveDateTime,
    /// When this version was made.
    pub updated_at: NaiveDateTime,
}

impl Webhook {
    /// What it is told; none means everything.
    ///
    /// # Errors
    /// When the row was not written by this service.
    pub fn chosen(&self) -> Result<Option<Vec<String>>> {
        self.events.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)
    }
}

/// An endpoint.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Webhook>> {
    Ok(webhook::table.find(id).select(Webhook::as_select()).first(conn).optional()?)
}

/// The endpoints of a client after an id, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, client: &str, after: &str, limit: i64) -> Result<Vec<Webhook>> {
    let rows = webhook::table.filter(webhook::client.eq(client)).filter(webhook::id.gt(after)).order(webhook::id.asc());
    Ok(rows.limit(limit.saturating_add(1)).select(Webhook::as_select()).load(conn)?)
}

/// How many endpoints a client has.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, client: &str) -> Result<i64> {
    Ok(webhook::table.filter(webhook::client.eq(client)).count().get_result(conn)?)
}

/// Adds an endpoint.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Webhook) -> Result<()> {
    diesel::insert_into(webhook::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes an endpoint as it stands now.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, row: &Webhook) -> Result<()> {
    diesel::update(webhook::table.find(&row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Notes since when an endpoint has taken nothing; that is no new version of it.
///
/// # Errors
/// When the database fails.
pub fn note_failing(conn: &mut Conn, id: &str, since: Option<NaiveDateTime>) -> Result<()> {
    diesel::update(webhook::table.find(id)).set(webhook::failing_since.eq(since)).execute(conn)?;
    Ok(())
}

/// Removes an endpoint.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, id: &str) -> Result<()> {
    diesel::delete(webhook::table.find(id)).execute(conn)?;
    Ok(())
}
