//! Rows of reports: how far each evaluation is known in credit. Not here: what is sent, `rules.rs`.

use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::ReportState;
use crate::schema::performance_report;

/// How far the report of an evaluation has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of which evaluation.
    pub performance: String,
    /// The newest version that the feed told.
    pub version: i64,
    /// The version that credit knows; 0 for none.
    pub sent: i64,
    /// Whether it is done.
    pub state: ReportState,
    /// The fact in credit.
    pub fact: Option<String>,
    /// How often it was tried since it was told.
    pub attempts: i32,
    /// Why it was not taken.
    pub failure: Option<String>,
}

type Row = (String, i64, i64, String, Option<String>, i32, Option<String>);

fn report((performance, version, sent, state, fact, attempts, failure): Row) -> Report {
    Report { performance, version, sent, state: ReportState::named(&state), fact, attempts, failure }
}

type Columns = (
    performance_report::performance,
    performance_report::version,
    performance_report::sent,
    performance_report::state,
    performance_report::fact,
    performance_report::attempts,
    performance_report::failure,
);

const COLUMNS: Columns = (
    performance_report::performance,
    performance_report::version,
    performance_report::sent,
    performance_report::state,
    performance_report::fact,
    performance_report::attempts,
    performance_report::failure,
);

/// The feed position up to which reports were noted.
///
/// # Errors
/// When the database fails.
pub fn position(conn: &mut Conn) -> Result<i64> {
    let last = performance_report::table.order(performance_report::position.desc()).select(performance_report::position);
    Ok(last.first(conn).optional()?.unwrap_or(0))
}

/// Notes that a version was told and is to be reported.
///
/// # Errors
/// When the database fails.
pub fn note(conn: &mut Conn, performance: &str, version: i64, position: i64, now: Instant) -> Result<()> {
    let columns = (
        performance_report::position.eq(position),
        performance_report::version.eq(version),
        performance_report::state.eq(ReportState::Pending.as_str()),
        performance_report::attempts.eq(0),
        performance_report::next_at.eq(now.naive_utc()),
    );
    let upsert = diesel::insert_into(performance_report::table)
        .values((performance_report::performance.eq(performance), performance_report::sent.eq(0_i64), columns))
        .on_conflict(performance_report::performance)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    Ok(())
}

/// Reports that are to be tried now, at most so many.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<Report>> {
    let rows: Vec<Row> = performance_report::table
        .filter(performance_report::state.eq(ReportState::Pending.as_str()))
        .filter(performance_report::next_at.le(now.naive_utc()))
        .order((performance_report::next_at.asc(), performance_report::performance.asc()))
        .select(COLUMNS)
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(report).collect())
}

/// The report of an evaluation.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, performance: &str) -> Result<Option<Report>> {
    let row: Option<Row> = performance_report::table.find(performance).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(report))
}

/// Writes how a try came out; a version that was told meanwhile stays to be reported.
///
/// # Errors
/// When the database fails.
pub fn tried(conn: &mut Conn, tried: &Report, next_at: Instant) -> Result<()> {
    let stands = find(conn, &tried.performance)?.map_or(tried.version, |report| report.version);
    let state = if stands > tried.version { ReportState::Pending } else { tried.state };
    diesel::update(performance_report::table.find(&tried.performance))
        .set((
            performance_report::sent.eq(tried.sent),
            performance_report::state.eq(state.as_str()),
            performance_report::fact.eq(&tried.fact),
            performance_report::attempts.eq(tried.attempts),
            performance_report::next_at.eq(next_at.naive_utc()),
            performance_report::failure.eq(&tried.failure),
        ))
        .execute(conn)?;
    Ok(())
}
