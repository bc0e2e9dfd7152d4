//! Rows of applications for repair. Not here: their steps, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::uscc::Uscc;

use super::rules::{Repair, State};
use crate::schema::repair;

/// A repair with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The repair.
    pub repair: Repair,
    /// Counted from 1.
    pub version: i64,
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let row: Option<(String, i64)> = repair::table.find(id).select((repair::body, repair::version)).first(conn).optional()?;
    row.map(stored).transpose()
}

fn stored((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { repair: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Repair) -> Result<Stored> {
    diesel::insert_into(repair::table)
        .values((
            repair::id.eq(&made.id),
            repair::fact.eq(&made.fact),
            repair::enterprise.eq(made.enterprise.as_str()),
            repair::state.eq(made.state.as_str()),
            repair::version.eq(1_i64),
            repair::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { repair: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: &Repair, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(repair::table.find(&moved.id).filter(repair::version.eq(version)))
        .set((
            repair::state.eq(moved.state.as_str()),
            repair::version.eq(next),
            repair::body.eq(serde_json::to_string(moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { repair: moved.clone(), version: next })
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

/// The repairs that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, listing: &Listing) -> Result<Vec<Stored>> {
    let mut query = repair::table.select((repair::body, repair::version)).order(repair::id.asc()).into_boxed();
    if let Some(enterprise) = &listing.enterprise {
        query = query.filter(repair::enterprise.eq(enterprise.as_str().to_owned()));
    }
    if let Some(state) = listing.state {
        query = query.filter(repair::state.eq(state.as_str()));
    }
    if let Some(after) = &listing.after {
        query = query.filter(repair::id.gt(after.clone()));
    }
    let rows: Vec<(String, i64)> = query.limit(listing.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// The application about a fact that is neither decided nor closed.
///
/// # Errors
/// When the database fails.
pub fn open(conn: &mut Conn, fact: &str) -> Result<Option<Stored>> {
    let states = [State::Applied, State::Accepted].map(State::as_str);
    let row: Option<(String, i64)> = repair::table
        .filter(repair::fact.eq(fact))
        .filter(repair::state.eq_any(states))
        .select((repair::body, repair::version))
        .first(conn)
        .optional()?;
    row.map(stored).transpose()
}
