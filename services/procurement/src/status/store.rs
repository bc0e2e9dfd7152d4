//! Rows of statuses. Not here: what they mean, `rules.rs`.

use common::{
    db::{Conn, Portable},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::{Mark, Purpose};
use crate::schema::{status_block, status_mark};

/// A mark to be stored.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The decision or the batch.
    pub id: &'a str,
    /// What is said.
    pub mark: &'a Mark,
    /// List and bit, where it is signed.
    pub place: Option<(u64, u64)>,
    /// The client who said it.
    pub by: &'a str,
}

fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(Error::internal)
}

/// How many places are taken.
///
/// # Errors
/// When the database fails.
pub fn taken(conn: &mut Conn) -> Result<u64> {
    let next: Option<i64> = status_block::table.find(1).select(status_block::next).first(conn).optional()?;
    u64::try_from(next.unwrap_or(0)).map_err(Error::internal)
}

/// Takes all places below this one.
///
/// # Errors
/// When the database fails.
pub fn take(conn: &mut Conn, next: u64) -> Result<()> {
    let next = status_block::next.eq(signed(next)?);
    let upsert = diesel::insert_into(status_block::table)
        .values((status_block::one.eq(1), next))
        .on_conflict(status_block::one)
        .do_update()
        .set(next);
    Portable(upsert).execute(conn)?;
    Ok(())
}

/// Puts a mark in the place of the one of its purpose.
///
/// # Errors
/// When the database fails.
pub fn put(conn: &mut Conn, row: &Row<'_>) -> Result<()> {
    remove(conn, row.id, row.mark.purpose)?;
    let (list, bit) = row.place.map_or((None, None), |(list, bit)| (Some(list), Some(bit)));
    diesel::insert_into(status_mark::table)
        .values((
            status_mark::id.eq(row.id),
            status_mark::purpose.eq(row.mark.purpose.as_str()),
            status_mark::list.eq(list.map(signed).transpose()?),
            status_mark::bit.eq(bit.map(signed).transpose()?),
            status_mark::reason.eq(&row.mark.reason),
            status_mark::outcome.eq(&row.mark.outcome),
            status_mark::recorded_at.eq(row.mark.recorded_at.naive_utc()),
            status_mark::recorded_by.eq(row.by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes a mark away.
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, id: &str, purpose: Purpose) -> Result<()> {
    let stands = status_mark::table.filter(status_mark::id.eq(id)).filter(status_mark::purpose.eq(purpose.as_str()));
    diesel::delete(stands).execute(conn)?;
    Ok(())
}

/// What is said of a decision.
///
/// # Errors
/// When the database fails.
pub fn marks(conn: &mut Conn, id: &str) -> Result<Vec<Mark>> {
    let columns = (status_mark::purpose, status_mark::reason, status_mark::outcome, status_mark::recorded_at);
    let rows: Vec<(String, String, Option<String>, chrono::NaiveDateTime)> =
        status_mark::table.filter(status_mark::id.eq(id)).order(status_mark::purpose.asc()).select(columns).load(conn)?;
    let mark = |(purpose, reason, outcome, at): (String, String, Option<String>, chrono::NaiveDateTime)| Mark {
        purpose: if purpose == Purpose::Message.as_str() { Purpose::Message } else { Purpose::Revocation },
        reason,
        outcome,
        recorded_at: Instant::from_naive_utc(at),
    };
    Ok(rows.into_iter().map(mark).collect())
}

/// The bits of a list that are set.
///
/// # Errors
/// When the database fails.
pub fn bits(conn: &mut Conn, purpose: Purpose, list: u64) -> Result<Vec<u64>> {
    let rows: Vec<Option<i64>> = status_mark::table
        .filter(status_mark::purpose.eq(purpose.as_str()))
        .filter(status_mark::list.eq(signed(list)?))
        .order(status_mark::bit.asc())
        .select(status_mark::bit)
        .load(conn)?;
    Ok(rows.into_iter().flatten().filter_map(|bit| u64::try_from(bit).ok()).collect())
}
