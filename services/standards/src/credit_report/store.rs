//! Rows of reports: how far the outcome of each check is known in credit. Not here: what is sent, `rules.rs`.

use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::{Day, Instant};

use super::rules::ReportState;
use crate::schema::credit_report;

/// How far the report of an outcome has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of which check.
    pub check: String,
    /// The newest version that the feed told.
    pub version: i64,
    /// The version that credit knows; 0 for none.
    pub sent: i64,
    /// Whether it is done.
    pub state: ReportState,
    /// The fact in credit.
    pub fact: Option<String>,
    /// Whether credit may have recorded it without its answer having come back.
    pub in_doubt: bool,
    /// How often it was tried since it was told.
    pub attempts: i32,
    /// Why it was not taken.
    pub failure: Option<String>,
    /// Of which standard.
    pub standard: Option<String>,
    /// Until when the fact counts, as credit knows it.
    pub valid_to: Option<Day>,
}

type Row = (String, i64, i64, String, Option<String>, bool, i32, Option<String>, Option<String>, Option<Day>);

fn report((check, version, sent, state, fact, in_doubt, attempts, failure, standard, valid_to): Row) -> Report {
    Report { check, version, sent, state: ReportState::named(&state), fact, in_doubt, attempts, failure, standard, valid_to }
}

type Columns = (
    credit_report::declaration_check,
    credit_report::version,
    credit_report::sent,
    credit_report::state,
    credit_report::fact,
    credit_report::in_doubt,
    credit_report::attempts,
    credit_report::failure,
    credit_report::standard,
    credit_report::valid_to,
);

const COLUMNS: Columns = (
    credit_report::declaration_check,
    credit_report::version,
    credit_report::sent,
    credit_report::state,
    credit_report::fact,
    credit_report::in_doubt,
    credit_report::attempts,
    credit_report::failure,
    credit_report::standard,
    credit_report::valid_to,
);

/// The feed position up to which reports were noted.
///
/// # Errors
/// When the database fails.
pub fn position(conn: &mut Conn) -> Result<i64> {
    let last = credit_report::table.order(credit_report::position.desc()).select(credit_report::position);
    Ok(last.first(conn).optional()?.unwrap_or(0))
}

/// Notes that a version was told and is to be reported.
///
/// # Errors
/// When the database fails.
pub fn note(conn: &mut Conn, check: &str, version: i64, position: i64, now: Instant) -> Result<()> {
    let columns = (
        credit_report::position.eq(position),
        credit_report::version.eq(version),
        credit_report::state.eq(ReportState::Pending.as_str()),
        credit_report::attempts.eq(0),
        credit_report::next_at.eq(now.naive_utc()),
    );
    let upsert = diesel::insert_into(credit_report::table)
        .values((credit_report::declaration_check.eq(check), credit_report::sent.eq(0_i64), credit_report::in_doubt.eq(false), columns))
        .on_conflict(credit_report::declaration_check)
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
    let rows: Vec<Row> = credit_report::table
        .filter(credit_report::state.eq(ReportState::Pending.as_str()))
        .filter(credit_report::next_at.le(now.naive_utc()))
        .order((credit_report::next_at.asc(), credit_report::declaration_check.asc()))
        .select(COLUMNS)
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(report).collect())
}

/// The report of a check.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, check: &str) -> Result<Option<Report>> {
    let row: Option<Row> = credit_report::table.find(check).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(report))
}

/// Notes that the days of an edition have changed: what credit knows of goods that conform to it is looked at again.
///
/// # Errors
/// When the database fails.
pub fn look_again(conn: &mut Conn, standard: &str, now: Instant) -> Result<()> {
    let known = credit_report::table.filter(credit_report::standard.eq(standard)).filter(credit_report::fact.is_not_null());
    diesel::update(known.filter(credit_report::state.eq(ReportState::Acknowledged.as_str())))
        .set((
            credit_report::state.eq(ReportState::Pending.as_str()),
            credit_report::attempts.eq(0),
            credit_report::next_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes before an outcome is sent that credit may have it from now on, whatever becomes of the answer.
///
/// # Errors
/// When the database fails.
pub fn doubt(conn: &mut Conn, check: &str) -> Result<()> {
    diesel::update(credit_report::table.find(check)).set(credit_report::in_doubt.eq(true)).execute(conn)?;
    Ok(())
}

/// Writes how a try came out; a version that was told meanwhile stays to be reported.
///
/// # Errors
/// When the database fails.
pub fn tried(conn: &mut Conn, tried: &Report, next_at: Instant) -> Result<()> {
    let stands = find(conn, &tried.check)?;
    let is_newer = stands.as_ref().is_some_and(|stands| stands.version > tried.version);
    let state = if is_newer { ReportState::Pending } else { tried.state };
    // A fact that another try learned of is not forgotten.
    let fact = tried.fact.clone().or_else(|| stands.and_then(|stands| stands.fact));
    diesel::update(credit_report::table.find(&tried.check))
        .set((
            credit_report::sent.eq(tried.sent),
            credit_report::state.eq(state.as_str()),
            credit_report::fact.eq(fact),
            credit_report::in_doubt.eq(tried.in_doubt),
            credit_report::attempts.eq(tried.attempts),
            credit_report::next_at.eq(next_at.naive_utc()),
            credit_report::failure.eq(&tried.failure),
            credit_report::standard.eq(&tried.standard),
            credit_report::valid_to.eq(tried.valid_to),
        ))
        .execute(conn)?;
    Ok(())
}
