//! What was taken back, how far the job has come, and when something was told of a fact. Not here: why it is taken back, `rules.rs`.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::{Day, Instant};

use crate::schema::{fact, fact_mark, fact_withdrawal, withdrawal_cursor};

/// The facts of an enterprise that are taken back, each with whether it is for good.
///
/// # Errors
/// When the database fails.
pub fn taken_back(conn: &mut Conn, enterprise: &str) -> Result<Vec<(String, bool)>> {
    let rows = fact_withdrawal::table.filter(fact_withdrawal::enterprise.eq(enterprise));
    Ok(rows.select((fact_withdrawal::fact, fact_withdrawal::for_good)).load(conn)?)
}

/// Remembers that a fact is taken back; `false` where that is known already.
///
/// # Errors
/// When the database fails.
pub fn remember(conn: &mut Conn, (fact, enterprise): (&str, &str), for_good: bool, now: Instant) -> Result<bool> {
    let values = (
        fact_withdrawal::fact.eq(fact),
        fact_withdrawal::enterprise.eq(enterprise),
        fact_withdrawal::for_good.eq(for_good),
        fact_withdrawal::withdrawn_at.eq(now.naive_utc()),
    );
    let insert = diesel::insert_into(fact_withdrawal::table).values(values).on_conflict(fact_withdrawal::fact).do_nothing();
    Ok(Portable(insert).execute(conn)? > 0)
}

/// Forgets that a fact was taken back: it is public again, and may end again.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, fact: &str) -> Result<()> {
    diesel::delete(fact_withdrawal::table.find(fact)).execute(conn)?;
    Ok(())
}

/// The versions of an enterprise's facts that were corrected or annulled.
///
/// # Errors
/// When the database fails.
pub fn ended(conn: &mut Conn, enterprise: &str) -> Result<Vec<String>> {
    let rows = fact::table.filter(fact::enterprise.eq(enterprise)).filter(fact::superseded_at.is_not_null());
    Ok(rows.order(fact::id.asc()).select(fact::id).load(conn)?)
}

/// The instants at which the whole of a fact was told: when it was recorded, and whenever its marks changed.
///
/// # Errors
/// When the database fails.
pub fn told_at(conn: &mut Conn, id: &str) -> Result<BTreeSet<Instant>> {
    let recorded: Option<NaiveDateTime> = fact::table.find(id).select(fact::recorded_at).first(conn).optional()?;
    let marks: Vec<(NaiveDateTime, Option<NaiveDateTime>)> =
        fact_mark::table.filter(fact_mark::fact.eq(id)).select((fact_mark::recorded_at, fact_mark::ended_at)).load(conn)?;
    let marked = marks.into_iter().flat_map(|(recorded, ended)| [Some(recorded), ended]);
    Ok(marked.chain([recorded]).flatten().map(Instant::from_naive_utc).collect())
}

/// The enterprises with a fact whose window or mark changes something between two days, the first included, after a code; at most so many.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, (from, to): (Day, Day), after: &str, limit: i64) -> Result<Vec<String>> {
    // A window ends the day after its last one, and so does a mark.
    let windows = fact::table
        .filter(fact::public_until.ge(from.pred_opt().unwrap_or(from)))
        .filter(fact::public_until.lt(to))
        .filter(fact::enterprise.gt(after))
        .order(fact::enterprise.asc())
        .select(fact::enterprise)
        .distinct()
        .limit(limit);
    let mut found: BTreeSet<String> = windows.load(conn)?.into_iter().collect();
    let begins = fact_mark::from_on.ge(from).and(fact_mark::from_on.le(to));
    let ends = fact_mark::to_on.ge(from.pred_opt().unwrap_or(from)).and(fact_mark::to_on.lt(to));
    let marks = fact_mark::table
        .filter(fact_mark::enterprise.gt(after))
        .filter(begins.or(ends))
        .order(fact_mark::enterprise.asc())
        .select(fact_mark::enterprise)
        .distinct()
        .limit(limit);
    found.extend(marks.load::<String>(conn)?);
    Ok(found.into_iter().take(usize::try_from(limit).unwrap_or(0)).collect())
}

/// How far the job has come: the feed position and the day.
///
/// # Errors
/// When the database fails.
pub fn cursor(conn: &mut Conn) -> Result<Option<(i64, Day)>> {
    let row: Option<(i64, NaiveDate)> =
        withdrawal_cursor::table.select((withdrawal_cursor::position, withdrawal_cursor::day)).first(conn).optional()?;
    Ok(row)
}

/// Remembers how far the job has come.
///
/// # Errors
/// When the database fails.
pub fn save_cursor(conn: &mut Conn, position: i64, day: Day) -> Result<()> {
    let columns = (withdrawal_cursor::position.eq(position), withdrawal_cursor::day.eq(day));
    let upsert = diesel::insert_into(withdrawal_cursor::table)
        .values((withdrawal_cursor::one.eq(1), columns))
        .on_conflict(withdrawal_cursor::one)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    Ok(())
}
