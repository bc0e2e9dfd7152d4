//! Rows of challenges. Not here: their clocks, `deadline::store`; which step is allowed, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Day;

use super::rules::Challenge;
use crate::{challenge_word::rules::State, deadline, deadline::store::Matter, schema::challenge};

/// A challenge with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The challenge, its clocks included.
    pub challenge: Challenge,
    /// Counted from 1.
    pub version: i64,
}

fn matter(challenge: &Challenge) -> Matter {
    let Challenge { id, tender, lot, buyer, .. } = challenge.clone();
    Matter { id, tender, lot, buyer }
}

fn last_suspended(challenge: &Challenge) -> Option<Day> {
    challenge.suspensions.iter().map(|suspension| suspension.until).max()
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Challenge) -> Result<Stored> {
    diesel::insert_into(challenge::table)
        .values((
            challenge::id.eq(&made.id),
            challenge::tender.eq(&made.tender),
            challenge::lot.eq(&made.lot),
            challenge::supplier.eq(made.supplier.as_str()),
            challenge::buyer.eq(made.buyer.as_str()),
            challenge::state.eq(made.state.as_str()),
            challenge::suspended_until.eq(last_suspended(made)),
            challenge::version.eq(1_i64),
            challenge::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    deadline::store::save(conn, &matter(made), &made.deadlines)?;
    Ok(Stored { challenge: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: &Challenge, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(challenge::table.find(&moved.id).filter(challenge::version.eq(version)))
        .set((
            challenge::state.eq(moved.state.as_str()),
            challenge::suspended_until.eq(last_suspended(moved)),
            challenge::version.eq(next),
            challenge::body.eq(serde_json::to_string(moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    deadline::store::save(conn, &matter(moved), &moved.deadlines)?;
    Ok(Stored { challenge: moved.clone(), version: next })
}

fn with_clocks(conn: &mut Conn, rows: Vec<(String, i64)>) -> Result<Vec<Stored>> {
    let read = |(body, version): (String, i64)| Ok(Stored { challenge: serde_json::from_str(&body).map_err(Error::internal)?, version });
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<Stored>>>()?;
    let ids: Vec<String> = all.iter().map(|stored| stored.challenge.id.clone()).collect();
    let clocks = deadline::store::of(conn, &ids)?;
    for stored in &mut all {
        let own = clocks.iter().filter(|(matter, _)| *matter == stored.challenge.id);
        stored.challenge.deadlines = own.map(|(_, deadline)| deadline.clone()).collect();
    }
    Ok(all)
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let row = challenge::table.find(id).select((challenge::body, challenge::version)).first(conn).optional()?;
    Ok(with_clocks(conn, row.into_iter().collect())?.pop())
}

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Of this tender.
    pub tender: Option<String>,
    /// In this state.
    pub state: Option<State>,
    /// To which this organisation is a party.
    pub party: Option<String>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The challenges that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = challenge::table.select((challenge::body, challenge::version)).order(challenge::id.asc()).into_boxed();
    if let Some(tender) = &search.tender {
        query = query.filter(challenge::tender.eq(tender.clone()));
    }
    if let Some(state) = search.state {
        query = query.filter(challenge::state.eq(state.as_str()));
    }
    if let Some(party) = &search.party {
        query = query.filter(challenge::supplier.eq(party.clone()).or(challenge::buyer.eq(party.clone())));
    }
    if let Some(after) = &search.after {
        query = query.filter(challenge::id.gt(after.clone()));
    }
    let rows = query.limit(search.limit.saturating_add(1)).load(conn)?;
    with_clocks(conn, rows)
}

/// Every challenge of a tender whose procurement may stand still on a day or later.
///
/// # Errors
/// When the database fails.
pub fn suspending(conn: &mut Conn, tender: &str, day: Day) -> Result<Vec<Challenge>> {
    let bodies: Vec<String> = challenge::table
        .filter(challenge::tender.eq(tender))
        .filter(challenge::suspended_until.ge(day))
        .select(challenge::body)
        .load(conn)?;
    bodies.into_iter().map(|body| serde_json::from_str(&body).map_err(Error::internal)).collect()
}

/// Every challenge of a tender that is not closed, by its party and what it is about.
///
/// # Errors
/// When the database fails.
pub fn open_of(conn: &mut Conn, tender: &str, supplier: &str) -> Result<Vec<Challenge>> {
    let closed: Vec<&str> = State::ALL.iter().filter(|state| state.is_closed()).map(|state| state.as_str()).collect();
    let bodies: Vec<String> = challenge::table
        .filter(challenge::tender.eq(tender))
        .filter(challenge::supplier.eq(supplier))
        .filter(challenge::state.ne_all(closed))
        .select(challenge::body)
        .load(conn)?;
    bodies.into_iter().map(|body| serde_json::from_str(&body).map_err(Error::internal)).collect()
}
