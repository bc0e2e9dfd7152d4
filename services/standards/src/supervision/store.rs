//! Rows of cases. Not here: which step is allowed, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Day, uscc::Uscc};

use super::rules::{Case, State};
use crate::schema::supervision as row;

/// A case with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The case.
    pub case: Case,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { case: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    row::table.find(id).select((row::body, row::version)).first(conn).optional()?.map(read).transpose()
}

/// Puts a case in the place of what stood, with its next version.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, stored: &Stored) -> Result<()> {
    let Stored { case, version } = stored;
    let values = (
        row::id.eq(&case.id),
        row::number.eq(&case.number),
        row::association.eq(case.association.as_ref().map(Uscc::as_str)),
        row::complainant.eq(case.complainant.as_ref().map(Uscc::as_str)),
        row::state.eq(case.state.as_str()),
        row::is_public.eq(case.state.is_public()),
        row::due_on.eq(case.next_due_on()),
        row::version.eq(version),
        row::body.eq(serde_json::to_string(case).map_err(Error::internal)?),
    );
    if *version == 1 {
        diesel::insert_into(row::table).values(values).execute(conn)?;
    } else {
        diesel::update(row::table.find(&case.id)).set(values).execute(conn)?;
    }
    Ok(())
}

/// The case that a complainant has open about a number.
///
/// # Errors
/// When the database fails.
pub fn open_of(conn: &mut Conn, number: &str, complainant: &str) -> Result<Option<String>> {
    let closed: Vec<&str> = State::ALL.iter().filter(|state| state.allowed().is_empty()).map(|state| state.as_str()).collect();
    let query = row::table.filter(row::number.eq(number)).filter(row::complainant.eq(complainant)).filter(row::state.ne_all(closed));
    Ok(query.select(row::id).first(conn).optional()?)
}

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// About this number.
    pub number: Option<String>,
    /// In this state.
    pub state: Option<State>,
    /// In which this organisation complained, or is concerned by now.
    pub party: Option<String>,
    /// With an outcome that everybody is told.
    pub public_only: bool,
    /// In which somebody should have acted before this day.
    pub overdue_on: Option<Day>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The cases that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = row::table.select((row::body, row::version)).order(row::id.asc()).into_boxed();
    if let Some(number) = &search.number {
        query = query.filter(row::number.eq(number.clone()));
    }
    if let Some(state) = search.state {
        query = query.filter(row::state.eq(state.as_str()));
    }
    if let Some(party) = &search.party {
        let hidden: Vec<&str> = State::ALL.iter().filter(|state| !state.concerns_association()).map(|state| state.as_str()).collect();
        let concerned = row::association.eq(party.clone()).and(row::state.ne_all(hidden));
        query = query.filter(row::complainant.eq(party.clone()).or(concerned));
    }
    if search.public_only {
        query = query.filter(row::is_public.eq(true));
    }
    if let Some(day) = search.overdue_on {
        query = query.filter(row::due_on.lt(day));
    }
    if let Some(after) = &search.after {
        query = query.filter(row::id.gt(after.clone()));
    }
    let rows: Vec<(String, i64)> = query.limit(search.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
