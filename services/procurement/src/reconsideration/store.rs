//! Which watches are due, and how far was looked. Not here: watches as such, `watch::store`.

use chrono::NaiveDateTime;
use common::{db::Conn, error::Result};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper,
    dsl::{exists, select},
};
use model::instant::{Day, Instant};

use crate::{
    schema::{tender, watch, watch_cursor, watch_supplier},
    watch::store::{ACTIVE, Watch},
};

/// How many codes one statement names.
const CODES: usize = 400;

/// How far was looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The position of credit's feed up to which changes were noted.
    pub position: i64,
    /// The last local day that was noted.
    pub day: Day,
}

/// How far was looked; none before the first look.
///
/// # Errors
/// When the database fails.
pub fn cursor(conn: &mut Conn) -> Result<Option<Cursor>> {
    let row: Option<(i64, Day)> = watch_cursor::table.find(1).select((watch_cursor::position, watch_cursor::day)).first(conn).optional()?;
    Ok(row.map(|(position, day)| Cursor { position, day }))
}

/// Writes how far was looked.
///
/// # Errors
/// When the database fails.
pub fn advance(conn: &mut Conn, to: Cursor) -> Result<()> {
    let set = (watch_cursor::position.eq(to.position), watch_cursor::day.eq(to.day));
    if diesel::update(watch_cursor::table.find(1)).set(set).execute(conn)? == 0 {
        diesel::insert_into(watch_cursor::table).values((watch_cursor::one.eq(1), set.0, set.1)).execute(conn)?;
    }
    Ok(())
}

/// Whether anything is watched.
///
/// # Errors
/// When the database fails.
pub fn any(conn: &mut Conn) -> Result<bool> {
    Ok(select(exists(watch::table.filter(watch::state.eq(ACTIVE)))).get_result(conn)?)
}

/// Notes that these suppliers have changed up to a position.
///
/// # Errors
/// When the database fails.
pub fn mark_changed(conn: &mut Conn, suppliers: &[String], position: i64) -> Result<()> {
    for some in suppliers.chunks(CODES) {
        let concerned = watch_supplier::table.filter(watch_supplier::uscc.eq_any(some.to_vec())).select(watch_supplier::watch);
        diesel::update(watch::table.filter(watch::id.eq_any(concerned)).filter(watch::state.eq(ACTIVE)))
            .set((
                watch::due.eq(true),
                watch::due_position.eq(position),
                watch::turn.eq(watch::turn + 1),
                watch::leased_until.eq(None::<NaiveDateTime>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Notes that these watches are to be asked again, with what is known up to a position of credit.
///
/// # Errors
/// When the database fails.
pub fn mark_these(conn: &mut Conn, watches: &[String], position: i64) -> Result<()> {
    for some in watches.chunks(CODES) {
        diesel::update(watch::table.filter(watch::state.eq(ACTIVE)).filter(watch::id.eq_any(some.to_vec())))
            .set((
                watch::due.eq(true),
                watch::due_position.eq(position),
                watch::turn.eq(watch::turn + 1),
                watch::leased_until.eq(None::<NaiveDateTime>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Notes that another day has begun.
///
/// # Errors
/// When the database fails.
pub fn mark_moving(conn: &mut Conn) -> Result<()> {
    diesel::update(watch::table.filter(watch::state.eq(ACTIVE)).filter(watch::moving.eq(true)))
        .set((watch::due.eq(true), watch::turn.eq(watch::turn + 1)))
        .execute(conn)?;
    Ok(())
}

/// Watches whose time is over, at most so many.
///
/// # Errors
/// When the database fails.
pub fn over(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<Watch>> {
    let rows = watch::table.filter(watch::state.eq(ACTIVE)).filter(watch::until_at.le(now.naive_utc()));
    Ok(rows.order(watch::id.asc()).limit(limit).select(Watch::as_select()).load(conn)?)
}

/// Watches whose tender is in one of these states, with that state; at most so many.
///
/// # Errors
/// When the database fails.
pub fn of_tenders(conn: &mut Conn, states: &[&str], limit: i64) -> Result<Vec<(Watch, String)>> {
    let rows = watch::table.inner_join(tender::table.on(watch::tender.eq(tender::id.nullable())));
    let rows = rows.filter(watch::state.eq(ACTIVE)).filter(tender::state.eq_any(states.to_vec()));
    Ok(rows.order(watch::id.asc()).limit(limit).select((Watch::as_select(), tender::state)).load(conn)?)
}

/// Watches that are due and that nobody is asking, at most so many.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<Watch>> {
    let free = watch::leased_until.is_null().or(watch::leased_until.le(now.naive_utc()));
    let rows = watch::table.filter(watch::due.eq(true)).filter(free).order(watch::id.asc());
    Ok(rows.limit(limit).select(Watch::as_select()).load(conn)?)
}

/// Leases watches.
///
/// # Errors
/// When the database fails.
pub fn lease(conn: &mut Conn, ids: &[String], until: Instant) -> Result<()> {
    diesel::update(watch::table.filter(watch::id.eq_any(ids.to_vec()))).set(watch::leased_until.eq(until.naive_utc())).execute(conn)?;
    Ok(())
}
