//! Rows of exclusions. Not here: on which days they hold, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::RankingExclusion;
use crate::schema::ranking_exclusion;

/// An exclusion with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The exclusion.
    pub exclusion: RankingExclusion,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { exclusion: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &RankingExclusion) -> Result<Stored> {
    diesel::insert_into(ranking_exclusion::table)
        .values((
            ranking_exclusion::id.eq(&made.id),
            ranking_exclusion::enterprise.eq(made.enterprise.as_str()),
            ranking_exclusion::declaration.eq(&made.declaration),
            ranking_exclusion::ground.eq(made.ground.as_str()),
            ranking_exclusion::version.eq(1_i64),
            ranking_exclusion::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { exclusion: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: RankingExclusion, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    let body = serde_json::to_string(&moved).map_err(Error::internal)?;
    diesel::update(ranking_exclusion::table.find(&moved.id).filter(ranking_exclusion::version.eq(version)))
        .set((ranking_exclusion::version.eq(next), ranking_exclusion::body.eq(body)))
        .execute(conn)?;
    Ok(Stored { exclusion: moved, version: next })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let query = ranking_exclusion::table.find(id).select((ranking_exclusion::body, ranking_exclusion::version));
    query.first(conn).optional()?.map(read).transpose()
}

/// All of an enterprise, by id.
///
/// # Errors
/// When the database fails.
pub fn of_enterprise(conn: &mut Conn, enterprise: &str) -> Result<Vec<Stored>> {
    let query = ranking_exclusion::table.filter(ranking_exclusion::enterprise.eq(enterprise)).order(ranking_exclusion::id.asc());
    let rows: Vec<(String, i64)> = query.select((ranking_exclusion::body, ranking_exclusion::version)).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Those after an id, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, enterprise: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let columns = (ranking_exclusion::body, ranking_exclusion::version);
    let mut query = ranking_exclusion::table.select(columns).order(ranking_exclusion::id.asc()).into_boxed();
    if let Some(enterprise) = enterprise {
        query = query.filter(ranking_exclusion::enterprise.eq(enterprise.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(ranking_exclusion::id.gt(after.to_owned()));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
