//! Rows of evaluations. Not here: how far their reports have come, `performance_report::store`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::uscc::Uscc;

use super::rules::Performance;
use crate::schema::performance;

/// An evaluation with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The evaluation.
    pub performance: Performance,
    /// Counted from 1.
    pub version: i64,
}

fn stored((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { performance: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Performance) -> Result<Stored> {
    diesel::insert_into(performance::table)
        .values((
            performance::id.eq(&made.id),
            performance::tender.eq(&made.tender),
            performance::lot.eq(&made.lot),
            performance::award.eq(&made.award),
            performance::buyer.eq(made.buyer.as_str()),
            performance::supplier.eq(made.supplier.as_str()),
            performance::external_id.eq(&made.external_id),
            performance::withdrawn.eq(false),
            performance::version.eq(1_i64),
            performance::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { performance: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: &Performance, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(performance::table.find(&moved.id).filter(performance::version.eq(version)))
        .set((
            performance::withdrawn.eq(moved.evaluation.is_none()),
            performance::version.eq(next),
            performance::body.eq(serde_json::to_string(moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { performance: moved.clone(), version: next })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let row: Option<(String, i64)> =
        performance::table.find(id).select((performance::body, performance::version)).first(conn).optional()?;
    row.map(stored).transpose()
}

/// The one that a buyer recorded under its own id.
///
/// # Errors
/// When the database fails.
pub fn find_external(conn: &mut Conn, buyer: &Uscc, external_id: &str) -> Result<Option<Stored>> {
    let rows = performance::table.filter(performance::buyer.eq(buyer.as_str())).filter(performance::external_id.eq(external_id));
    let row: Option<(String, i64)> = rows.select((performance::body, performance::version)).first(conn).optional()?;
    row.map(stored).transpose()
}

/// Those of a lot by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, (tender, lot): (&str, &str), party: Option<&str>, after: &str, limit: i64) -> Result<Vec<Stored>> {
    let mut query = performance::table
        .filter(performance::tender.eq(tender.to_owned()))
        .filter(performance::lot.eq(lot.to_owned()))
        .filter(performance::id.gt(after.to_owned()))
        .order(performance::id.asc())
        .select((performance::body, performance::version))
        .limit(limit.saturating_add(1))
        .into_boxed();
    if let Some(party) = party {
        query = query.filter(performance::buyer.eq(party.to_owned()).or(performance::supplier.eq(party.to_owned())));
    }
    let rows: Vec<(String, i64)> = query.load(conn)?;
    rows.into_iter().map(stored).collect()
}
