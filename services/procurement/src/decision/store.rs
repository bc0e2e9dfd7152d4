//! Rows of decisions: append-only, each the answer as it was given. Not here: making one, `actions.rs`.

use common::{db::Conn, error::Result};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use crate::schema::decision;

/// A decision to be stored.
#[derive(Clone, Debug)]
pub struct Record {
    /// `dec_…`.
    pub id: String,
    /// About whom.
    pub supplier: String,
    /// By which ruleset.
    pub ruleset: String,
    /// And its version.
    pub ruleset_version: u32,
    /// How it came out.
    pub outcome: &'static str,
    /// When.
    pub decided_at: Instant,
    /// For whom.
    pub client: String,
    /// The organisation behind that client.
    pub organisation: String,
    /// For which tender.
    pub tender: Option<String>,
    /// The answer, verbatim.
    pub body: String,
}

/// Adds a decision.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, record: &Record) -> Result<()> {
    diesel::insert_into(decision::table)
        .values((
            decision::id.eq(&record.id),
            decision::supplier.eq(&record.supplier),
            decision::ruleset.eq(&record.ruleset),
            decision::ruleset_version.eq(i32::try_from(record.ruleset_version).unwrap_or(i32::MAX)),
            decision::outcome.eq(record.outcome),
            decision::decided_at.eq(record.decided_at.naive_utc()),
            decision::client.eq(&record.client),
            decision::organisation.eq(&record.organisation),
            decision::tender.eq(&record.tender),
            decision::body.eq(&record.body),
        ))
        .execute(conn)?;
    Ok(())
}

/// The answer as it was given, and the client it was given to.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<(String, String)>> {
    Ok(decision::table.find(id).select((decision::body, decision::client)).first(conn).optional()?)
}

/// Whom a decision is about, and the client it was given to.
///
/// # Errors
/// When the database fails.
pub fn subject(conn: &mut Conn, id: &str) -> Result<Option<(String, String)>> {
    Ok(decision::table.find(id).select((decision::supplier, decision::client)).first(conn).optional()?)
}
