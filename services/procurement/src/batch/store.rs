//! Rows of batches. Not here: the lines, they are recomputed.

use common::{db::Conn, error::Result};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use crate::schema::decision_batch;

/// A batch to be stored.
#[derive(Clone, Debug)]
pub struct Record {
    /// `bat_…`.
    pub id: String,
    /// By which ruleset.
    pub ruleset: String,
    /// And its version.
    pub ruleset_version: u32,
    /// How many suppliers were asked.
    pub suppliers: usize,
    /// When.
    pub decided_at: Instant,
    /// For whom.
    pub client: String,
    /// `sha256:…` of the answered lines.
    pub digest: String,
    /// Request and tally.
    pub body: String,
}

/// The client that a batch was given to.
///
/// # Errors
/// When the database fails.
pub fn asked_by(conn: &mut Conn, id: &str) -> Result<Option<String>> {
    Ok(decision_batch::table.find(id).select(decision_batch::client).first(conn).optional()?)
}

/// Adds a batch.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, record: &Record) -> Result<()> {
    diesel::insert_into(decision_batch::table)
        .values((
            decision_batch::id.eq(&record.id),
            decision_batch::ruleset.eq(&record.ruleset),
            decision_batch::ruleset_version.eq(i32::try_from(record.ruleset_version).unwrap_or(i32::MAX)),
            decision_batch::suppliers.eq(i64::try_from(record.suppliers).unwrap_or(i64::MAX)),
            decision_batch::decided_at.eq(record.decided_at.naive_utc()),
            decision_batch::client.eq(&record.client),
            decision_batch::digest.eq(&record.digest),
            decision_batch::body.eq(&record.body),
        ))
        .execute(conn)?;
    Ok(())
}

/// A batch as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// By which ruleset.
    pub ruleset: String,
    /// And its version.
    pub ruleset_version: i32,
    /// For whom.
    pub client: String,
    /// `sha256:…` of the answered lines.
    pub digest: String,
    /// Request, positions and hashes.
    pub body: String,
}

/// A batch.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let columns =
        (decision_batch::ruleset, decision_batch::ruleset_version, decision_batch::client, decision_batch::digest, decision_batch::body);
    let row: Option<(String, i32, String, String, String)> = decision_batch::table.find(id).select(columns).first(conn).optional()?;
    Ok(row.map(|(ruleset, ruleset_version, client, digest, body)| Stored { ruleset, ruleset_version, client, digest, body }))
}
