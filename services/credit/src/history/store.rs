//! The versions of an entry by their number. Not here: how one is saved, `enterprise::store`.

use chrono::NaiveDateTime;
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::{instant::Instant, uscc::Uscc};

use crate::{enterprise::rules::Enterprise, schema::enterprise_version};

/// A version as it was recorded.
#[derive(Clone, Debug)]
pub struct Version {
    /// The entry.
    pub enterprise: Enterprise,
    /// Counted from 1.
    pub version: i64,
    /// When.
    pub recorded_at: Instant,
    /// By which client.
    pub recorded_by: String,
}

/// The versions from a number on, the oldest first, at most so many.
///
/// # Errors
/// When the database fails.
pub fn versions(conn: &mut Conn, uscc: &Uscc, from: i64, limit: i64) -> Result<Vec<Version>> {
    let rows: Vec<(i64, String, NaiveDateTime, String)> = enterprise_version::table
        .filter(enterprise_version::uscc.eq(uscc.as_str()))
        .filter(enterprise_version::version.ge(from))
        .order(enterprise_version::version.asc())
        .limit(limit)
        .select((enterprise_version::version, enterprise_version::body, enterprise_version::recorded_at, enterprise_version::recorded_by))
        .load(conn)?;
    let read = rows.into_iter().map(|(version, body, at, recorded_by)| {
        let enterprise = serde_json::from_str(&body).map_err(Error::internal)?;
        Ok(Version { enterprise, version, recorded_at: Instant::from_naive_utc(at), recorded_by })
    });
    read.collect()
}
