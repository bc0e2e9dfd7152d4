//! Which signed decisions are asked again, about whom they are, and how far was read. Not here: the statuses, `status::store`.

use chrono::NaiveDateTime;
use common::{db::Conn, error::Result};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use crate::schema::{recheck, recheck_cursor, recheck_supplier};

diesel::allow_tables_to_appear_in_same_query!(recheck, recheck_supplier);

/// How many codes one statement names.
const CODES: usize = 400;

/// How far credit's feed was noted; none before the first look.
///
/// # Errors
/// When the database fails.
pub fn cursor(conn: &mut Conn) -> Result<Option<i64>> {
    Ok(recheck_cursor::table.find(1).select(recheck_cursor::position).first(conn).optional()?)
}

/// Writes how far it was noted.
///
/// # Errors
/// When the database fails.
pub fn advance(conn: &mut Conn, to: i64) -> Result<()> {
    if diesel::update(recheck_cursor::table.find(1)).set(recheck_cursor::position.eq(to)).execute(conn)? == 0 {
        diesel::insert_into(recheck_cursor::table).values((recheck_cursor::one.eq(1), recheck_cursor::position.eq(to))).execute(conn)?;
    }
    Ok(())
}

/// Adds a signed decision about these suppliers; one that is due is asked at once.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, decision: &str, decided_at: Instant, suppliers: &[String], (due, position): (bool, i64)) -> Result<()> {
    diesel::insert_into(recheck::table)
        .values((
            recheck::decision.eq(decision),
            recheck::decided_at.eq(decided_at.naive_utc()),
            recheck::due.eq(due),
            recheck::due_position.eq(position),
        ))
        .execute(conn)?;
    for uscc in suppliers {
        diesel::insert_into(recheck_supplier::table)
            .values((recheck_supplier::uscc.eq(uscc), recheck_supplier::decision.eq(decision)))
            .execute(conn)?;
    }
    Ok(())
}

/// Notes that these suppliers have changed up to a position.
///
/// # Errors
/// When the database fails.
pub fn mark(conn: &mut Conn, suppliers: &[String], position: i64) -> Result<()> {
    for some in suppliers.chunks(CODES) {
        let concerned = recheck_supplier::table.filter(recheck_supplier::uscc.eq_any(some.to_vec())).select(recheck_supplier::decision);
        diesel::update(recheck::table.filter(recheck::decision.eq_any(concerned)))
            .set((recheck::due.eq(true), recheck::due_position.eq(position), recheck::leased_until.eq(None::<NaiveDateTime>)))
            .execute(conn)?;
    }
    Ok(())
}

/// Notes that these decisions are to be asked again; gives those that are kept no more.
///
/// # Errors
/// When the database fails.
pub fn mark_these(conn: &mut Conn, decisions: &[String], position: i64) -> Result<Vec<String>> {
    let mut gone = Vec::new();
    for some in decisions.chunks(CODES) {
        let kept: Vec<String> = recheck::table.filter(recheck::decision.eq_any(some.to_vec())).select(recheck::decision).load(conn)?;
        diesel::update(recheck::table.filter(recheck::decision.eq_any(&kept)))
            .set((recheck::due.eq(true), recheck::due_position.eq(position), recheck::leased_until.eq(None::<NaiveDateTime>)))
            .execute(conn)?;
        gone.extend(some.iter().filter(|id| !kept.contains(id)).cloned());
    }
    Ok(gone)
}

/// Decisions that are due and that nobody is asking, each with the position that must be known; at most so many.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<(String, i64)>> {
    let free = recheck::leased_until.is_null().or(recheck::leased_until.le(now.naive_utc()));
    let rows = recheck::table.filter(recheck::due.eq(true)).filter(free).order(recheck::decision.asc());
    Ok(rows.limit(limit).select((recheck::decision, recheck::due_position)).load(conn)?)
}

/// Leases decisions.
///
/// # Errors
/// When the database fails.
pub fn lease(conn: &mut Conn, ids: &[String], until: Instant) -> Result<()> {
    let leased = recheck::table.filter(recheck::decision.eq_any(ids.to_vec()));
    diesel::update(leased).set(recheck::leased_until.eq(until.naive_utc())).execute(conn)?;
    Ok(())
}

/// Notes that a decision was asked, unless something has changed after what was known then; says whether it was so noted.
///
/// # Errors
/// When the database fails.
pub fn asked(conn: &mut Conn, decision: &str, position: i64) -> Result<bool> {
    let noted = diesel::update(recheck::table.find(decision).filter(recheck::due_position.le(position)))
        .set((recheck::due.eq(false), recheck::leased_until.eq(None::<NaiveDateTime>)))
        .execute(conn)?;
    Ok(noted > 0)
}

/// Forgets decisions that were made before an instant, at most so many; says how many those were.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, before: Instant, limit: i64) -> Result<usize> {
    let old = recheck::table.filter(recheck::decided_at.lt(before.naive_utc())).limit(limit).select(recheck::decision);
    let ids: Vec<String> = old.load(conn)?;
    diesel::delete(recheck_supplier::table.filter(recheck_supplier::decision.eq_any(ids.clone()))).execute(conn)?;
    Ok(diesel::delete(recheck::table.filter(recheck::decision.eq_any(ids))).execute(conn)?)
}
