//! Rows of leaders. Not here: which step is allowed, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Day;

use super::rules::Leader;
use crate::{
    leader_word::rules::{LeaderState, State},
    schema::{edition, leader},
};

/// A leader with its version, and the day from which its edition is without effect.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The leader.
    pub leader: Leader,
    /// Counted from 1.
    pub version: i64,
    /// From when the edition of its title is without effect.
    pub edition_ends: Option<Day>,
}

fn ends(conn: &mut Conn, id: &str) -> Result<Option<Day>> {
    let found: Option<Option<Day>> = edition::table.find(id).select(edition::ended_from).first(conn).optional()?;
    Ok(found.flatten())
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Leader) -> Result<Stored> {
    let claim = &made.claim;
    diesel::insert_into(leader::table)
        .values((
            leader::id.eq(&made.id),
            leader::ranking.eq(&claim.ranking),
            leader::declaration.eq(&claim.declaration),
            leader::enterprise.eq(claim.enterprise.as_str()),
            leader::edition.eq(&claim.edition),
            leader::state.eq(made.state.as_str()),
            leader::valid_until.eq(None::<Day>),
            leader::version.eq(1_i64),
            leader::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { edition_ends: ends(conn, &claim.edition)?, leader: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: Leader, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(leader::table.find(&moved.id).filter(leader::version.eq(version)))
        .set((
            leader::state.eq(moved.state.as_str()),
            leader::valid_until.eq(moved.title.as_ref().map(|title| title.until)),
            leader::version.eq(next),
            leader::body.eq(serde_json::to_string(&moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { edition_ends: ends(conn, &moved.claim.edition)?, leader: moved, version: next })
}

type Row = (String, i64, Option<Day>);

fn read((body, version, edition_ends): Row) -> Result<Stored> {
    Ok(Stored { leader: serde_json::from_str(&body).map_err(Error::internal)?, version, edition_ends })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let row: Option<(String, i64, String)> =
        leader::table.find(id).select((leader::body, leader::version, leader::edition)).first(conn).optional()?;
    let Some((body, version, edition)) = row else { return Ok(None) };
    let edition_ends = ends(conn, &edition)?;
    read((body, version, edition_ends)).map(Some)
}

/// The candidate of a ranking for a declaration.
///
/// # Errors
/// When the database fails.
pub fn of_declaration(conn: &mut Conn, ranking: &str, declaration: &str) -> Result<Option<String>> {
    let query = leader::table.filter(leader::ranking.eq(ranking)).filter(leader::declaration.eq(declaration));
    Ok(query.select(leader::id).first(conn).optional()?)
}

/// What a list of leaders asks for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Who stand so on the day.
    pub state: Option<LeaderState>,
    /// The day.
    pub day: Day,
    /// Of this enterprise.
    pub enterprise: Option<String>,
    /// Of this ranking.
    pub ranking: Option<String>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The leaders that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = leader::table.left_join(edition::table.on(edition::id.eq(leader::edition))).into_boxed();
    let day = search.day;
    if let Some(state) = search.state {
        let is = |state: State| leader::state.eq(state.as_str());
        let has_ended = edition::ended_from.is_not_null().and(edition::ended_from.le(day));
        let runs = edition::ended_from.is_null().or(edition::ended_from.gt(day));
        query = match state {
            LeaderState::Publicised => query.filter(is(State::Publicised)),
            LeaderState::Refused => query.filter(is(State::Refused)),
            LeaderState::Withdrawn => query.filter(is(State::Withdrawn)),
            LeaderState::Removed => query.filter(is(State::Removed)),
            LeaderState::Expired => query.filter(is(State::Named)).filter(leader::valid_until.lt(day)),
            LeaderState::Lapsed => query.filter(is(State::Named)).filter(leader::valid_until.ge(day)).filter(has_ended),
            LeaderState::Named => query.filter(is(State::Named)).filter(leader::valid_until.ge(day)).filter(runs),
        };
    }
    if let Some(enterprise) = &search.enterprise {
        query = query.filter(leader::enterprise.eq(enterprise.clone()));
    }
    if let Some(ranking) = &search.ranking {
        query = query.filter(leader::ranking.eq(ranking.clone()));
    }
    if let Some(after) = &search.after {
        query = query.filter(leader::id.gt(after.clone()));
    }
    let columns = (leader::body, leader::version, edition::ended_from.nullable());
    let rows: Vec<Row> = query.select(columns).order(leader::id.asc()).limit(search.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
