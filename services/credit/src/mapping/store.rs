//! Rows of mappings. Not here: what one may say, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, uscc::Uscc};

use super::rules::Mapping;
use crate::schema::import_mapping;

/// A mapping of an organisation with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// Counted from 1; 0 is shipped.
    pub version: i64,
    /// What it says.
    pub mapping: Mapping,
    /// When this version was recorded; none where it is shipped.
    pub recorded_at: Option<Instant>,
}

/// The present version of a mapping.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, organisation: &Uscc, name: &str) -> Result<Option<Stored>> {
    let row: Option<(i64, String, chrono::NaiveDateTime)> = import_mapping::table
        .filter(import_mapping::organisation.eq(organisation.as_str()))
        .filter(import_mapping::name.eq(name))
        .order(import_mapping::version.desc())
        .select((import_mapping::version, import_mapping::body, import_mapping::recorded_at))
        .first(conn)
        .optional()?;
    row.map(|(version, body, at)| {
        let mapping = serde_json::from_str(&body).map_err(Error::internal)?;
        Ok(Stored { name: name.to_owned(), version, mapping, recorded_at: Some(Instant::from_naive_utc(at)) })
    })
    .transpose()
}

/// The names of an organisation's mappings after one, at most so many.
///
/// # Errors
/// When the database fails.
pub fn names(conn: &mut Conn, organisation: &Uscc, after: &str, limit: i64) -> Result<Vec<String>> {
    Ok(import_mapping::table
        .filter(import_mapping::organisation.eq(organisation.as_str()))
        .filter(import_mapping::version.eq(1))
        .filter(import_mapping::name.gt(after))
        .order(import_mapping::name.asc())
        .select(import_mapping::name)
        .limit(limit)
        .load(conn)?)
}

/// Adds a version.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, organisation: &Uscc, stored: &Stored, now: Instant, by: &str) -> Result<()> {
    diesel::insert_into(import_mapping::table)
        .values((
            import_mapping::organisation.eq(organisation.as_str()),
            import_mapping::name.eq(&stored.name),
            import_mapping::version.eq(stored.version),
            import_mapping::body.eq(serde_json::to_string(&stored.mapping).map_err(Error::internal)?),
            import_mapping::recorded_at.eq(now.naive_utc()),
            import_mapping::recorded_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}
