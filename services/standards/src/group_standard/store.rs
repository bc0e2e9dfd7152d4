//! Rows of group standards. Not here: which step is allowed, `rules.rs`; comments, `consultation`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Day;

use super::rules::GroupStandard;
use crate::{group_standard_word::rules::State, schema::group_standard};

/// A group standard with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The standard.
    pub standard: GroupStandard,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { standard: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    group_standard::table.find(id).select((group_standard::body, group_standard::version)).first(conn).optional()?.map(read).transpose()
}

/// The one whose publication has a number.
///
/// # Errors
/// When the database fails.
pub fn by_number(conn: &mut Conn, number: &str) -> Result<Option<Stored>> {
    let query = group_standard::table.filter(group_standard::number.eq(number));
    query.select((group_standard::body, group_standard::version)).first(conn).optional()?.map(read).transpose()
}

/// Every project of an association with a sequence number that was not given up.
///
/// # Errors
/// When the database fails.
pub fn of_sequence(conn: &mut Conn, association: &str, sequence: &str) -> Result<Vec<Stored>> {
    let rows: Vec<(String, i64)> = group_standard::table
        .filter(group_standard::association.eq(association))
        .filter(group_standard::sequence.eq(sequence))
        .filter(group_standard::state.ne(State::Abandoned.as_str()))
        .select((group_standard::body, group_standard::version))
        .order(group_standard::id.asc())
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Puts a standard in the place of what stood, with its next version.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, stored: &Stored) -> Result<()> {
    let Stored { standard, version } = stored;
    let values = (
        group_standard::id.eq(&standard.id),
        group_standard::association.eq(&standard.association),
        group_standard::sequence.eq(&standard.proposal.sequence),
        group_standard::number.eq(standard.publication.as_ref().map(|publication| publication.number.clone())),
        group_standard::state.eq(standard.state.as_str()),
        group_standard::is_open.eq(standard.is_open()),
        group_standard::consult_until.eq(standard.consultation.as_ref().map(|window| window.until)),
        group_standard::review_due_on.eq(standard.review_due_on.filter(|_| standard.state.is_in_force())),
        group_standard::version.eq(version),
        group_standard::body.eq(serde_json::to_string(standard).map_err(Error::internal)?),
    );
    if *version == 1 {
        diesel::insert_into(group_standard::table).values(values).execute(conn)?;
    } else {
        diesel::update(group_standard::table.find(&standard.id)).set(values).execute(conn)?;
    }
    Ok(())
}

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Of this association.
    pub association: Option<String>,
    /// In this state.
    pub state: Option<State>,
    /// Only those that everybody may see.
    pub open_only: bool,
    /// Only those about which comments are asked for on this day.
    pub asks_on: Option<Day>,
    /// Only those whose review was due before this day.
    pub overdue_on: Option<Day>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The standards that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let columns = (group_standard::body, group_standard::version);
    let mut query = group_standard::table.select(columns).order(group_standard::id.asc()).into_boxed();
    if let Some(association) = &search.association {
        query = query.filter(group_standard::association.eq(association.clone()));
    }
    if let Some(state) = search.state {
        query = query.filter(group_standard::state.eq(state.as_str()));
    }
    if search.open_only {
        query = query.filter(group_standard::is_open.eq(true));
    }
    if let Some(day) = search.asks_on {
        query = query.filter(group_standard::state.eq(State::Consultation.as_str())).filter(group_standard::consult_until.ge(day));
    }
    if let Some(day) = search.overdue_on {
        query = query.filter(group_standard::review_due_on.lt(day));
    }
    if let Some(after) = &search.after {
        query = query.filter(group_standard::id.gt(after.clone()));
    }
    let rows: Vec<(String, i64)> = query.limit(search.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
