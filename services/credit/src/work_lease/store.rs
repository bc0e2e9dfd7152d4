//! One row per kind of work. Not here: what is done under it.

use chrono::NaiveDateTime;
use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use crate::schema::work_lease;

/// Takes or keeps the lease until an instant; `false` while another holds it.
///
/// # Errors
/// When the database fails.
pub fn take(conn: &mut Conn, name: &str, holder: &str, now: Instant, until: Instant) -> Result<bool> {
    let free = work_lease::holder.eq(holder).or(work_lease::until.lt(now.naive_utc()));
    let kept = diesel::update(work_lease::table.filter(work_lease::name.eq(name)).filter(free))
        .set((work_lease::holder.eq(holder), work_lease::until.eq(until.naive_utc())))
        .execute(conn)?;
    if kept > 0 {
        return Ok(true);
    }
    let held: Option<NaiveDateTime> = work_lease::table.find(name).select(work_lease::until).first(conn).optional()?;
    if held.is_some() {
        return Ok(false);
    }
    let values = (work_lease::name.eq(name), work_lease::holder.eq(holder), work_lease::until.eq(until.naive_utc()));
    let insert = diesel::insert_into(work_lease::table).values(values).on_conflict(work_lease::name).do_nothing();
    Ok(Portable(insert).execute(conn)? > 0)
}
