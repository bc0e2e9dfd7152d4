//! Exports and the bounds of their parts. Not here: the bytes, which are made again whenever they are asked for.

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use model::instant::Instant;

use crate::schema::{enterprise, export, export_part};

/// An export.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = export)]
pub struct Export {
    /// `exp_…`.
    pub id: String,
    /// `running` or `ready`.
    pub state: String,
    /// The day on which its facts are public.
    pub as_of: NaiveDate,
    /// What was known at this instant, and nothing later.
    pub known_at: NaiveDateTime,
    /// The last feed position that it holds.
    pub position: i64,
    /// The epoch of the feed.
    pub epoch: String,
    /// When it was asked for.
    pub requested_at: NaiveDateTime,
    /// Until when it is given.
    pub expires_at: NaiveDateTime,
}

/// A part of an export.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = export_part)]
pub struct Part {
    /// The export.
    pub export: String,
    /// Counted from 1.
    pub number: i32,
    /// The code after which it begins.
    pub after: String,
    /// The last code that it holds.
    pub up_to: String,
    /// Entries of the register.
    pub enterprises: i64,
    /// Facts that are no listings.
    pub facts: i64,
    /// Listings.
    pub listings: i64,
    /// Compressed bytes.
    pub bytes: i64,
    /// Their SHA-256.
    pub sha256: String,
}

/// Adds an export.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Export) -> Result<()> {
    diesel::insert_into(export::table).values(made.clone()).execute(conn)?;
    Ok(())
}

/// An export by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Export>> {
    Ok(export::table.find(id).select(Export::as_select()).first(conn).optional()?)
}

/// The oldest export that is not made yet.
///
/// # Errors
/// When the database fails.
pub fn running(conn: &mut Conn) -> Result<Option<Export>> {
    let open = export::table.filter(export::state.eq("running")).order(export::id.asc());
    Ok(open.select(Export::as_select()).first(conn).optional()?)
}

/// The last export that is ready and still given.
///
/// # Errors
/// When the database fails.
pub fn latest(conn: &mut Conn, now: Instant) -> Result<Option<Export>> {
    let ready = export::table.filter(export::state.eq("ready")).filter(export::expires_at.gt(now.naive_utc()));
    Ok(ready.order(export::id.desc()).select(Export::as_select()).first(conn).optional()?)
}

/// Marks an export as ready.
///
/// # Errors
/// When the database fails.
pub fn finish(conn: &mut Conn, id: &str) -> Result<()> {
    diesel::update(export::table.find(id)).set(export::state.eq("ready")).execute(conn)?;
    Ok(())
}

/// Adds a part; another replica may have been faster, and then its part stands.
///
/// # Errors
/// When the database fails.
pub fn insert_part(conn: &mut Conn, part: &Part) -> Result<()> {
    let insert =
        diesel::insert_into(export_part::table).values(part.clone()).on_conflict((export_part::export, export_part::number)).do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// The parts of an export in order.
///
/// # Errors
/// When the database fails.
pub fn parts(conn: &mut Conn, id: &str) -> Result<Vec<Part>> {
    let rows = export_part::table.filter(export_part::export.eq(id)).order(export_part::number.asc());
    Ok(rows.select(Part::as_select()).load(conn)?)
}

/// Codes of the register in their order, after one of them, up to one of them, at most so many.
///
/// # Errors
/// When the database fails.
pub fn codes(conn: &mut Conn, after: &str, up_to: Option<&str>, limit: i64) -> Result<Vec<String>> {
    let mut query =
        enterprise::table.filter(enterprise::uscc.gt(after.to_owned())).order(enterprise::uscc.asc()).select(enterprise::uscc).into_boxed();
    query = match up_to {
        Some(last) => query.filter(enterprise::uscc.le(last.to_owned())),
        None => query.limit(limit),
    };
    Ok(query.load(conn)?)
}

/// Removes exports that are no longer given.
///
/// # Errors
/// When the database fails.
pub fn remove_expired(conn: &mut Conn, now: Instant) -> Result<usize> {
    let old: Vec<String> = export::table.filter(export::expires_at.le(now.naive_utc())).select(export::id).load(conn)?;
    diesel::delete(export_part::table.filter(export_part::export.eq_any(&old))).execute(conn)?;
    Ok(diesel::delete(export::table.filter(export::id.eq_any(&old))).execute(conn)?)
}
