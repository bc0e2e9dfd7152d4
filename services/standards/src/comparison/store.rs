//! Rows of comparisons. Not here: what is found, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::Comparison;
use crate::schema::{clause_property, comparison, comparison_version};

/// A comparison with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The comparison.
    pub comparison: Comparison,
    /// Counted from 1.
    pub version: i64,
    /// When it was judged.
    pub recorded_at: Instant,
}

type Row = (String, i64, chrono::NaiveDateTime);
type Columns = (comparison::body, comparison::version, comparison::recorded_at);

const fn columns() -> Columns {
    (comparison::body, comparison::version, comparison::recorded_at)
}

fn read((body, version, recorded_at): Row) -> Result<Stored> {
    let comparison = serde_json::from_str(&body).map_err(Error::internal)?;
    Ok(Stored { comparison, version, recorded_at: Instant::from_naive_utc(recorded_at) })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    comparison::table.find(id).select(columns()).first(conn).optional()?.map(read).transpose()
}

/// The one of two editions, this way round.
///
/// # Errors
/// When the database fails.
pub fn between(conn: &mut Conn, ours: &str, theirs: &str) -> Result<Option<Stored>> {
    let query = comparison::table.filter(comparison::ours.eq(ours)).filter(comparison::theirs.eq(theirs));
    query.select(columns()).first(conn).optional()?.map(read).transpose()
}

/// All in which one of these editions stands, on either side.
///
/// # Errors
/// When the database fails.
pub fn of_editions(conn: &mut Conn, editions: &[String]) -> Result<Vec<Stored>> {
    let query = comparison::table.filter(comparison::ours.eq_any(editions).or(comparison::theirs.eq_any(editions)));
    let rows: Vec<Row> = query.select(columns()).order(comparison::id.asc()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// All whose editions both require something of a property.
///
/// # Errors
/// When the database fails.
pub fn with_property(conn: &mut Conn, property: &str) -> Result<Vec<Stored>> {
    let those = || clause_property::table.filter(clause_property::property.eq(property.to_owned())).select(clause_property::edition);
    let query = comparison::table.filter(comparison::ours.eq_any(those())).filter(comparison::theirs.eq_any(those()));
    let rows: Vec<Row> = query.select(columns()).order(comparison::id.asc()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Puts the next version of a comparison in the place of what stood.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, stored: &Stored, by: &str) -> Result<()> {
    let Stored { comparison: made, version, recorded_at } = stored;
    let body = serde_json::to_string(made).map_err(Error::internal)?;
    let values = (
        comparison::id.eq(&made.id),
        comparison::ours.eq(&made.ours.edition),
        comparison::theirs.eq(&made.theirs.edition),
        comparison::version.eq(*version),
        comparison::recorded_at.eq(recorded_at.naive_utc()),
        comparison::body.eq(&body),
    );
    if *version == 1 {
        diesel::insert_into(comparison::table).values(values).execute(tx.conn)?;
    } else {
        diesel::update(comparison::table.find(&made.id)).set(values).execute(tx.conn)?;
    }
    diesel::insert_into(comparison_version::table)
        .values((
            comparison_version::comparison.eq(&made.id),
            comparison_version::version.eq(*version),
            comparison_version::recorded_at.eq(recorded_at.naive_utc()),
            comparison_version::recorded_by.eq(by),
            comparison_version::body.eq(&body),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Those that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, edition: Option<String>, after: Option<String>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = comparison::table.select(columns()).order(comparison::id.asc()).into_boxed();
    if let Some(edition) = edition {
        query = query.filter(comparison::ours.eq(edition.clone()).or(comparison::theirs.eq(edition)));
    }
    if let Some(after) = after {
        query = query.filter(comparison::id.gt(after));
    }
    let rows: Vec<Row> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
