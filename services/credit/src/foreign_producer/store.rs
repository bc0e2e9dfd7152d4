//! Rows of producers abroad. Not here: what they must be like, `rules.rs`.

use chrono::NaiveDateTime;
use common::{
    db::{Conn, Portable},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, lei::Lei};

use super::rules::ForeignProducer;
use crate::{
    name_key::{
        self,
        rules::{of_code, of_name},
    },
    schema::foreign_producer,
};

/// An entry with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The entry.
    pub producer: ForeignProducer,
    /// Counted from 1.
    pub version: i64,
    /// When this version was recorded.
    pub recorded_at: Instant,
}

type Row = (String, i64, NaiveDateTime);

fn stored((body, version, at): Row) -> Result<Stored> {
    Ok(Stored { producer: serde_json::from_str(&body).map_err(Error::internal)?, version, recorded_at: Instant::from_naive_utc(at) })
}

/// The present entry.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, lei: &Lei) -> Result<Option<Stored>> {
    let columns = (foreign_producer::body, foreign_producer::version, foreign_producer::recorded_at);
    let row: Option<Row> = foreign_producer::table.find(lei.as_str()).select(columns).first(conn).optional()?;
    row.map(stored).transpose()
}

/// The entries with these identifiers.
///
/// # Errors
/// When the database fails.
pub fn find_all(conn: &mut Conn, codes: &[String]) -> Result<Vec<Stored>> {
    let columns = (foreign_producer::body, foreign_producer::version, foreign_producer::recorded_at);
    let rows: Vec<Row> = foreign_producer::table
        .filter(foreign_producer::lei.eq_any(codes))
        .order(foreign_producer::lei.asc())
        .select(columns)
        .load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// The entries of a country after an identifier; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, country: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let columns = (foreign_producer::body, foreign_producer::version, foreign_producer::recorded_at);
    let mut query = foreign_producer::table.order(foreign_producer::lei.asc()).limit(limit.saturating_add(1)).select(columns).into_boxed();
    if let Some(country) = country {
        query = query.filter(foreign_producer::country.eq(country.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(foreign_producer::lei.gt(after.to_owned()));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// Stores an entry in the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn save(
    conn: &mut Conn,
    producer: &ForeignProducer,
    before: Option<&ForeignProducer>,
    version: i64,
    now: Instant,
    by: &str,
) -> Result<()> {
    let columns = (
        foreign_producer::country.eq(&producer.country),
        foreign_producer::represented_by.eq(producer.represented_by.as_ref().map(model::uscc::Uscc::as_str)),
        foreign_producer::body.eq(serde_json::to_string(producer).map_err(Error::internal)?),
        foreign_producer::version.eq(version),
        foreign_producer::recorded_at.eq(now.naive_utc()),
        foreign_producer::recorded_by.eq(by),
    );
    let upsert = diesel::insert_into(foreign_producer::table)
        .values((foreign_producer::lei.eq(producer.lei.as_str()), columns.clone()))
        .on_conflict(foreign_producer::lei)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    let keys =
        |producer: &ForeignProducer| producer.names().flat_map(|(_, name)| of_name(name)).chain(of_code(producer.lei.as_str())).collect();
    name_key::store::replace(conn, producer.lei.as_str(), &before.map(keys).unwrap_or_default(), &keys(producer))
}
