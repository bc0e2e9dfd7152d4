//! Rows of proceedings of any kind. Not here: what the kinds are, `objection` and `repair`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::{Head, Proceeding};
use crate::schema::proceeding;

/// A proceeding with its version.
#[derive(Clone, Debug)]
pub struct Stored<P> {
    /// The proceeding.
    pub proceeding: P,
    /// Counted from 1.
    pub version: i64,
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find<P: Proceeding>(conn: &mut Conn, id: &str) -> Result<Option<Stored<P>>> {
    let row: Option<(String, i64)> = proceeding::table
        .find(id)
        .filter(proceeding::kind.eq(P::KIND))
        .select((proceeding::body, proceeding::version))
        .first(conn)
        .optional()?;
    row.map(stored).transpose()
}

fn stored<P: Proceeding>((body, version): (String, i64)) -> Result<Stored<P>> {
    Ok(Stored { proceeding: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert<P: Proceeding>(conn: &mut Conn, made: &P) -> Result<Stored<P>> {
    let Head { id, fact, enterprise, state } = made.head();
    diesel::insert_into(proceeding::table)
        .values((
            proceeding::id.eq(id),
            proceeding::kind.eq(P::KIND),
            proceeding::fact.eq(fact),
            proceeding::enterprise.eq(enterprise.as_str()),
            proceeding::state.eq(state),
            proceeding::version.eq(1_i64),
            proceeding::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { proceeding: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save<P: Proceeding>(conn: &mut Conn, moved: &P, version: i64) -> Result<Stored<P>> {
    let next = version.saturating_add(1);
    diesel::update(proceeding::table.find(moved.head().id).filter(proceeding::version.eq(version)))
        .set((
            proceeding::state.eq(moved.head().state),
            proceeding::version.eq(next),
            proceeding::body.eq(serde_json::to_string(moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { proceeding: moved.clone(), version: next })
}

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Whose: the codes of an enterprise and of those that went into it.
    pub enterprises: Option<Vec<String>>,
    /// In the state with this word.
    pub state: Option<&'static str>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The proceedings of a kind that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list<P: Proceeding>(conn: &mut Conn, listing: &Listing) -> Result<Vec<Stored<P>>> {
    let mut query = proceeding::table
        .filter(proceeding::kind.eq(P::KIND))
        .select((proceeding::body, proceeding::version))
        .order(proceeding::id.asc())
        .into_boxed();
    if let Some(enterprises) = &listing.enterprises {
        query = query.filter(proceeding::enterprise.eq_any(enterprises.clone()));
    }
    if let Some(state) = listing.state {
        query = query.filter(proceeding::state.eq(state));
    }
    if let Some(after) = &listing.after {
        query = query.filter(proceeding::id.gt(after.clone()));
    }
    let rows: Vec<(String, i64)> = query.limit(listing.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// The proceeding of a kind about a fact that is in one of these states.
///
/// # Errors
/// When the database fails.
pub fn open<P: Proceeding>(conn: &mut Conn, fact: &str, states: &[&'static str]) -> Result<Option<Stored<P>>> {
    let row: Option<(String, i64)> = proceeding::table
        .filter(proceeding::kind.eq(P::KIND))
        .filter(proceeding::fact.eq(fact))
        .filter(proceeding::state.eq_any(states.to_vec()))
        .select((proceeding::body, proceeding::version))
        .first(conn)
        .optional()?;
    row.map(stored).transpose()
}
