//! Rows of reports: how far each tender is known to the register of standards. The table stands here and not in `schema.rs`, which is as long as a file may
//! be. Not here: sending, `actions.rs`.

use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use self::tables::citation_report;

mod tables {
    diesel::table! {
        citation_report (tender) {
            tender -> Text,
            version -> BigInt,
            position -> BigInt,
            done -> Bool,
            attempts -> Integer,
            next_at -> Timestamp,
        }
    }
}

/// A tender that the register is to hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which tender.
    pub tender: String,
    /// The newest version that the feed told.
    pub version: i64,
    /// How often it was tried since it was told.
    pub attempts: i32,
}

/// The feed position up to which reports were noted.
///
/// # Errors
/// When the database fails.
pub fn position(conn: &mut Conn) -> Result<i64> {
    let last = citation_report::table.order(citation_report::position.desc()).select(citation_report::position);
    Ok(last.first(conn).optional()?.unwrap_or(0))
}

/// Notes that a version of a tender was told and is to be reported.
///
/// # Errors
/// When the database fails.
pub fn note(conn: &mut Conn, tender: &str, version: i64, position: i64, now: Instant) -> Result<()> {
    let columns = (
        citation_report::version.eq(version),
        citation_report::position.eq(position),
        citation_report::done.eq(false),
        citation_report::attempts.eq(0),
        citation_report::next_at.eq(now.naive_utc()),
    );
    let upsert = diesel::insert_into(citation_report::table)
        .values((citation_report::tender.eq(tender), columns))
        .on_conflict(citation_report::tender)
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
    let rows: Vec<(String, i64, i32)> = citation_report::table
        .filter(citation_report::done.eq(false))
        .filter(citation_report::next_at.le(now.naive_utc()))
        .order((citation_report::next_at.asc(), citation_report::tender.asc()))
        .select((citation_report::tender, citation_report::version, citation_report::attempts))
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(|(tender, version, attempts)| Report { tender, version, attempts }).collect())
}

/// Writes how a try came out; a version that was told meanwhile stays to be reported.
///
/// # Errors
/// When the database fails.
pub fn tried(conn: &mut Conn, report: &Report, done: bool, next_at: Instant) -> Result<()> {
    let same = citation_report::table.find(&report.tender).filter(citation_report::version.eq(report.version));
    diesel::update(same)
        .set((
            citation_report::done.eq(done),
            citation_report::attempts.eq(report.attempts),
            citation_report::next_at.eq(next_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}
