//! Rows of plans. Not here: what they fix, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::Plan;
use crate::schema::check_plan;

/// A plan with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The plan.
    pub plan: Plan,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { plan: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// One by its id, with its urn.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let query = check_plan::table.find(id).select((check_plan::body, check_plan::version, check_plan::urn));
    let Some((body, version, urn)) = query.first::<(String, i64, String)>(conn).optional()? else { return Ok(None) };
    let Stored { plan, version } = read((body, version))?;
    let population = serde_json::from_str(&urn).map_err(Error::internal)?;
    Ok(Some(Stored { plan: Plan { population, ..plan }, version }))
}

/// Plans by id without their urns, after one; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let query = check_plan::table.filter(check_plan::id.gt(after.unwrap_or_default())).order(check_plan::id.asc());
    let rows: Vec<(String, i64)> = query.select((check_plan::body, check_plan::version)).limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, made: Plan) -> Result<Stored> {
    diesel::insert_into(check_plan::table)
        .values((
            check_plan::id.eq(&made.id),
            check_plan::state.eq(made.state.as_str()),
            check_plan::version.eq(1_i64),
            check_plan::recorded_at.eq(tx.now().naive_utc()),
            check_plan::body.eq(serde_json::to_string(&made).map_err(Error::internal)?),
            check_plan::urn.eq(serde_json::to_string(&made.population).map_err(Error::internal)?),
        ))
        .execute(tx.conn)?;
    Ok(Stored { plan: made, version: 1 })
}

/// Puts the next version in the place of one; its urn never changes.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, moved: Plan, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(check_plan::table.find(&moved.id).filter(check_plan::version.eq(version)))
        .set((
            check_plan::state.eq(moved.state.as_str()),
            check_plan::version.eq(next),
            check_plan::recorded_at.eq(tx.now().naive_utc()),
            check_plan::body.eq(serde_json::to_string(&moved).map_err(Error::internal)?),
        ))
        .execute(tx.conn)?;
    Ok(Stored { plan: moved, version: next })
}
