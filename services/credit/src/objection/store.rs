//! Rows of objections. Not here: their steps, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::uscc::Uscc;

use super::rules::{Objection, State};
use crate::schema::objection;

/// An objection with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The objection.
    pub objection: Objection,
    /// Counted from 1.
    pub version: i64,
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let row: Option<(String, i64)> = objection::table.find(id).select((objection::body, objection::version)).first(conn).optional()?;
    row.map(stored).transpose()
}

fn stored((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { objection: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Objection) -> Result<Stored> {
    diesel::insert_into(objection::table)
        .values((
            objection::id.eq(&made.id),
            objection::fact.eq(&made.fact),
            objection::enterprise.eq(made.enterprise.as_str()),
            objection::state.eq(made.state.as_str()),
            objection::version.eq(1_i64),
            objection::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { objection: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: &Objection, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(objection::table.find(&moved.id).filter(objection::version.eq(version)))
        .set((
            objection::state.eq(moved.state.as_str()),
            objection::version.eq(next),
            objection::body.eq(serde_json::to_string(moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { objection: moved.clone(), version: next })
}

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Whose.
    pub enterprise: Option<Uscc>,
    /// In this state.
    pub state: Option<State>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The objections that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, listing: &Listing) -> Result<Vec<Stored>> {
    let mut query = objection::table.select((objection::body, objection::version)).order(objection::id.asc()).into_boxed();
    if let Some(enterprise) = &listing.enterprise {
        query = query.filter(objection::enterprise.eq(enterprise.as_str().to_owned()));
    }
    if let Some(state) = listing.state {
        query = query.filter(objection::state.eq(state.as_str()));
    }
    if let Some(after) = &listing.after {
        query = query.filter(objection::id.gt(after.clone()));
    }
    let rows: Vec<(String, i64)> = query.limit(listing.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(stored).collect()
}
