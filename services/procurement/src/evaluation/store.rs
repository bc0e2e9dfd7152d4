//! Rows of evaluations: append-only, each the answer as it was given. Not here: making one, `actions.rs`.

use common::{db::Conn, error::Result};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, dsl::count_star};
use model::instant::Instant;

use crate::schema::evaluation;

/// An evaluation to be stored.
#[derive(Clone, Debug)]
pub struct Record {
    /// `evl_…`.
    pub id: String,
    /// Of which tender.
    pub tender: String,
    /// Of which lot; empty where it has none.
    pub lot: String,
    /// Counted from 1 for each lot.
    pub number: i64,
    /// Whose tender.
    pub organisation: String,
    /// How it came out.
    pub outcome: &'static str,
    /// Whether the buyer means to act on it.
    pub conclusive: bool,
    /// When.
    pub recorded_at: Instant,
    /// For whom.
    pub client: String,
    /// `sha256:…` of the answer.
    pub digest: String,
    /// What it was made from.
    pub inputs: String,
    /// The answer, verbatim.
    pub body: String,
}

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Head {
    /// `evl_…`.
    pub id: String,
    /// Of which lot; empty where the tender has none.
    pub lot: String,
    /// Counted from 1 for each lot.
    pub number: i64,
    /// How it came out.
    pub outcome: String,
    /// Whether the buyer means to act on it.
    pub conclusive: bool,
    /// When.
    pub recorded_at: Instant,
    /// `sha256:…` of the answer.
    pub digest: String,
}

/// Adds an evaluation.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, record: &Record) -> Result<()> {
    diesel::insert_into(evaluation::table)
        .values((
            evaluation::id.eq(&record.id),
            evaluation::tender.eq(&record.tender),
            evaluation::lot.eq(&record.lot),
            evaluation::number.eq(record.number),
            evaluation::organisation.eq(&record.organisation),
            evaluation::outcome.eq(record.outcome),
            evaluation::conclusive.eq(record.conclusive),
            evaluation::recorded_at.eq(record.recorded_at.naive_utc()),
            evaluation::client.eq(&record.client),
            evaluation::digest.eq(&record.digest),
            evaluation::inputs.eq(&record.inputs),
            evaluation::body.eq(&record.body),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many evaluations a lot has.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, tender: &str, lot: &str) -> Result<i64> {
    let of_lot = evaluation::table.filter(evaluation::tender.eq(tender)).filter(evaluation::lot.eq(lot));
    Ok(of_lot.select(count_star()).first(conn)?)
}

/// The lots whose newest conclusive evaluation came out like this.
///
/// # Errors
/// When the database fails.
pub fn concluded(conn: &mut Conn, tender: &str, outcome: &str) -> Result<Vec<String>> {
    let rows: Vec<(String, String)> = evaluation::table
        .filter(evaluation::tender.eq(tender))
        .filter(evaluation::conclusive.eq(true))
        .order((evaluation::lot.asc(), evaluation::number.desc()))
        .select((evaluation::lot, evaluation::outcome))
        .load(conn)?;
    let mut last = None;
    let mut found = Vec::new();
    for (lot, how) in rows {
        if last.as_ref() != Some(&lot) && how == outcome {
            found.push(lot.clone());
        }
        last = Some(lot);
    }
    Ok(found)
}

/// The answer of the newest conclusive evaluation of a lot, with its id.
///
/// # Errors
/// When the database fails.
pub fn conclusive(conn: &mut Conn, tender: &str, lot: &str) -> Result<Option<(String, String)>> {
    let of_lot = evaluation::table.filter(evaluation::tender.eq(tender)).filter(evaluation::lot.eq(lot));
    let newest = of_lot.filter(evaluation::conclusive.eq(true)).order(evaluation::number.desc());
    Ok(newest.select((evaluation::id, evaluation::body)).first(conn).optional()?)
}

/// What an evaluation of a tender was made from, and its answer.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, tender: &str, id: &str) -> Result<Option<(String, String)>> {
    let one = evaluation::table.find(id).filter(evaluation::tender.eq(tender));
    Ok(one.select((evaluation::inputs, evaluation::body)).first(conn).optional()?)
}

/// For which client an evaluation was made.
///
/// # Errors
/// When the database fails.
pub fn asked_by(conn: &mut Conn, id: &str) -> Result<Option<String>> {
    Ok(evaluation::table.find(id).select(evaluation::client).first(conn).optional()?)
}

/// The evaluations of a tender after an id, oldest first: at most so many, and one more.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, tender: &str, after: &str, limit: i64) -> Result<Vec<Head>> {
    type Row = (String, String, i64, String, bool, chrono::NaiveDateTime, String);
    let rows: Vec<Row> = evaluation::table
        .filter(evaluation::tender.eq(tender))
        .filter(evaluation::id.gt(after))
        .order(evaluation::id.asc())
        .limit(limit.saturating_add(1))
        .select((
            evaluation::id,
            evaluation::lot,
            evaluation::number,
            evaluation::outcome,
            evaluation::conclusive,
            evaluation::recorded_at,
            evaluation::digest,
        ))
        .load(conn)?;
    let heads = rows.into_iter().map(|(id, lot, number, outcome, conclusive, recorded_at, digest)| Head {
        id,
        lot,
        number,
        outcome,
        conclusive,
        recorded_at: Instant::from_naive_utc(recorded_at),
        digest,
    });
    Ok(heads.collect())
}
