//! Rows of the log. Not here: when something is appended, `actions.rs`.

use common::{
    db::{Conn, Portable},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::Stretch;
use crate::schema::{log_entry, log_head, log_node};

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 0.
    pub number: u64,
    /// `dec_…`, `bat_…` or `evl_…`.
    pub id: String,
    /// `sha256:…` of the answer as it was given.
    pub digest: String,
}

fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(Error::internal)
}

fn unsigned(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(Error::internal)
}

fn height(level: u32) -> Result<i32> {
    i32::try_from(level).map_err(Error::internal)
}

/// How many entries there are, and the feed position of the last.
///
/// # Errors
/// When the database fails.
pub fn last(conn: &mut Conn) -> Result<(u64, i64)> {
    let row: Option<(i64, i64)> =
        log_entry::table.order(log_entry::number.desc()).select((log_entry::number, log_entry::position)).first(conn).optional()?;
    row.map_or(Ok((0, 0)), |(number, position)| Ok((unsigned(number)?.saturating_add(1), position)))
}

/// Adds an entry with its hash.
///
/// # Errors
/// When the database fails, or the entry is not new.
pub fn insert(conn: &mut Conn, entry: &Entry, position: i64, leaf: &str) -> Result<()> {
    diesel::insert_into(log_entry::table)
        .values((
            log_entry::number.eq(signed(entry.number)?),
            log_entry::id.eq(&entry.id),
            log_entry::digest.eq(&entry.digest),
            log_entry::position.eq(position),
            log_entry::leaf.eq(leaf),
        ))
        .execute(conn)?;
    Ok(())
}

/// The entry of a decision or a batch.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Entry>> {
    let columns = (log_entry::number, log_entry::id, log_entry::digest);
    let row: Option<(i64, String, String)> = log_entry::table.filter(log_entry::id.eq(id)).select(columns).first(conn).optional()?;
    row.map(|(number, id, digest)| Ok(Entry { number: unsigned(number)?, id, digest })).transpose()
}

/// Keeps the hash of a complete subtree.
///
/// # Errors
/// When the database fails, or it is kept already.
pub fn keep(conn: &mut Conn, level: u32, number: u64, hash: &str) -> Result<()> {
    diesel::insert_into(log_node::table)
        .values((log_node::level.eq(height(level)?), log_node::number.eq(signed(number)?), log_node::hash.eq(hash)))
        .execute(conn)?;
    Ok(())
}

/// The hashes of a stretch, in order, as far as they are kept.
///
/// # Errors
/// When the database fails.
pub fn hashes(conn: &mut Conn, stretch: Stretch) -> Result<Vec<String>> {
    let (from, to) = (signed(stretch.from)?, signed(stretch.from.saturating_add(stretch.count))?);
    if stretch.level == 0 {
        let entries = log_entry::table.filter(log_entry::number.ge(from)).filter(log_entry::number.lt(to));
        return Ok(entries.order(log_entry::number.asc()).select(log_entry::leaf).load(conn)?);
    }
    let nodes = log_node::table.filter(log_node::level.eq(height(stretch.level)?));
    let nodes = nodes.filter(log_node::number.ge(from)).filter(log_node::number.lt(to));
    Ok(nodes.order(log_node::number.asc()).select(log_node::hash).load(conn)?)
}

/// The size and the note of the newest checkpoint.
///
/// # Errors
/// When the database fails.
pub fn head(conn: &mut Conn) -> Result<Option<(u64, String)>> {
    let row: Option<(i64, String)> = log_head::table.find(1).select((log_head::size, log_head::note)).first(conn).optional()?;
    row.map(|(size, note)| Ok((unsigned(size)?, note))).transpose()
}

/// Puts the newest checkpoint in the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn publish(conn: &mut Conn, size: u64, note: &str, now: Instant) -> Result<()> {
    let columns = (log_head::size.eq(signed(size)?), log_head::note.eq(note), log_head::recorded_at.eq(now.naive_utc()));
    let upsert =
        diesel::insert_into(log_head::table).values((log_head::one.eq(1), columns)).on_conflict(log_head::one).do_update().set(columns);
    Portable(upsert).execute(conn)?;
    Ok(())
}
