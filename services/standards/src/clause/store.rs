//! Rows of clause sets. Not here: which clauses are mandatory for whom, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::{Clause, ClauseSet};
use crate::schema::{clause_property, clause_set, clause_set_version, edition};

type Row = (String, i64, chrono::NaiveDateTime, String);

fn read((edition, version, recorded_at, body): Row) -> Result<ClauseSet> {
    let clauses: Vec<Clause> = serde_json::from_str(&body).map_err(Error::internal)?;
    Ok(ClauseSet { edition, version, clauses, recorded_at: Instant::from_naive_utc(recorded_at) })
}

type Columns = (clause_set::edition, clause_set::version, clause_set::recorded_at, clause_set::body);

const fn columns() -> Columns {
    (clause_set::edition, clause_set::version, clause_set::recorded_at, clause_set::body)
}

/// The clauses of an edition as they stand, where they are known.
///
/// # Errors
/// When the database fails.
pub fn of_edition(conn: &mut Conn, edition: &str) -> Result<Option<ClauseSet>> {
    clause_set::table.find(edition).select(columns()).first(conn).optional()?.map(read).transpose()
}

/// The clauses of these editions, of those whose clauses are known.
///
/// # Errors
/// When the database fails.
pub fn of_editions(conn: &mut Conn, editions: &[String]) -> Result<Vec<ClauseSet>> {
    let rows: Vec<Row> = clause_set::table.filter(clause_set::edition.eq_any(editions)).select(columns()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The numbers of the national editions that require something of one of these properties.
///
/// # Errors
/// When the database fails.
pub fn national_with(conn: &mut Conn, properties: &[String]) -> Result<Vec<String>> {
    let those = clause_property::table.filter(clause_property::property.eq_any(properties)).select(clause_property::edition);
    let query = edition::table.filter(edition::level.eq("national")).filter(edition::id.eq_any(those));
    Ok(query.select(edition::number).order(edition::number.asc()).load(conn)?)
}

/// Puts the next version of a set in the place of what stood.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, set: &ClauseSet, by: &str) -> Result<()> {
    let body = serde_json::to_string(&set.clauses).map_err(Error::internal)?;
    let recorded_at = set.recorded_at.naive_utc();
    let values = (
        clause_set::edition.eq(&set.edition),
        clause_set::version.eq(set.version),
        clause_set::recorded_at.eq(recorded_at),
        clause_set::body.eq(&body),
    );
    if set.version == 1 {
        diesel::insert_into(clause_set::table).values(values).execute(tx.conn)?;
    } else {
        diesel::update(clause_set::table.find(&set.edition)).set(values).execute(tx.conn)?;
        diesel::delete(clause_property::table.filter(clause_property::edition.eq(&set.edition))).execute(tx.conn)?;
    }
    diesel::insert_into(clause_set_version::table)
        .values((
            clause_set_version::edition.eq(&set.edition),
            clause_set_version::version.eq(set.version),
            clause_set_version::recorded_at.eq(recorded_at),
            clause_set_version::recorded_by.eq(by),
            clause_set_version::body.eq(&body),
        ))
        .execute(tx.conn)?;
    let mut properties: Vec<&str> = set.clauses.iter().map(|clause| clause.indicator.property.as_str()).collect();
    properties.sort_unstable();
    properties.dedup();
    for property in properties {
        let row = (clause_property::edition.eq(&set.edition), clause_property::property.eq(property));
        diesel::insert_into(clause_property::table).values(row).execute(tx.conn)?;
    }
    Ok(())
}
