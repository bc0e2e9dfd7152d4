//! Rows of the query log. Not here: when one is written, `actions.rs`.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::{Conn, Tx},
    error::Result,
};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper, dsl::count_star,
};
use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};

use crate::schema::{fact, listing, proceeding, query_log};

/// One look-up, before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// When it was answered.
    pub asked_at: Instant,
    /// The client.
    pub client: String,
    /// Its organisation.
    pub organisation: String,
    /// Its role.
    pub role: String,
    /// Whom it was about.
    pub about: About,
    /// The operation id.
    pub operation: String,
    /// Why, where the reader said so.
    pub purpose: Option<String>,
    /// The trace of the request.
    pub trace_id: String,
    /// What was answered.
    pub status: u16,
}

/// Whom a look-up was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// This enterprise.
    Enterprise(String),
    /// The enterprise of this thing; it is looked up when the entry is written, so that no reader waits for it.
    Thing(String),
    /// These enterprises, asked for at once.
    Enterprises(Arc<[Uscc]>),
}

impl About {
    /// How many entries it becomes at most.
    #[must_use]
    pub fn count(&self) -> usize {
        if let Self::Enterprises(codes) = self { codes.len() } else { 1 }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = query_log)]
pub struct Entry {
    /// `qry_…`.
    pub id: String,
    /// When.
    pub asked_at: NaiveDateTime,
    /// The day in China.
    pub asked_on: NaiveDate,
    /// The client.
    pub client: String,
    /// Its organisation.
    pub organisation: String,
    /// Its role.
    pub role: String,
    /// Whom it was about.
    pub enterprise: String,
    /// The operation id.
    pub operation: String,
    /// Why, where the reader said so.
    pub purpose: Option<String>,
    /// The trace of the request.
    pub trace_id: String,
    /// What was answered.
    pub status: i32,
}

/// Writes entries. A thing that is not there concerns nobody.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, noted: &[Noted]) -> Result<()> {
    for one in noted {
        let enterprises = match &one.about {
            About::Enterprise(uscc) => vec![uscc.clone()],
            About::Thing(id) => enterprise_of(tx.conn, id)?.into_iter().collect(),
            About::Enterprises(codes) => codes.iter().map(ToString::to_string).collect(),
        };
        for enterprise in enterprises {
            diesel::insert_into(query_log::table).values(entry(tx, one, enterprise)).execute(tx.conn)?;
        }
    }
    Ok(())
}

fn entry(tx: &Tx<'_>, noted: &Noted, enterprise: String) -> Entry {
    Entry {
        id: tx.id("qry"),
        asked_at: noted.asked_at.naive_utc(),
        asked_on: noted.asked_at.day(),
        client: noted.client.clone(),
        organisation: noted.organisation.clone(),
        role: noted.role.clone(),
        enterprise,
        operation: noted.operation.clone(),
        purpose: noted.purpose.clone(),
        trace_id: noted.trace_id.clone(),
        status: i32::from(noted.status),
    }
}

/// The things whose enterprise can be found, by the prefix of their ids.
pub const THINGS: [&str; 4] = ["fct", "lst", "obj", "rep"];

fn enterprise_of(conn: &mut Conn, id: &str) -> Result<Option<String>> {
    match id.split_once('_') {
        Some(("lst", _)) => Ok(listing::table.find(id).select(listing::enterprise).first(conn).optional()?),
        Some(("fct", _)) => Ok(fact::table.find(id).select(fact::enterprise).first(conn).optional()?),
        Some(("obj" | "rep", _)) => Ok(proceeding::table.find(id).select(proceeding::enterprise).first(conn).optional()?),
        _ => Ok(None),
    }
}

/// What is asked of the log.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// About this enterprise.
    pub enterprise: Option<String>,
    /// By this client.
    pub client: Option<String>,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// The id before which to go on.
    pub before: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The entries asked for, newest first; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn search(conn: &mut Conn, search: &Search) -> Result<Vec<Entry>> {
    let mut query =
        query_log::table.order(query_log::id.desc()).limit(search.limit.saturating_add(1)).select(Entry::as_select()).into_boxed();
    if let Some(enterprise) = &search.enterprise {
        query = query.filter(query_log::enterprise.eq(enterprise.clone()));
    }
    if let Some(client) = &search.client {
        query = query.filter(query_log::client.eq(client.clone()));
    }
    if let Some(from) = search.from {
        query = query.filter(query_log::asked_on.ge(from));
    }
    if let Some(to) = search.to {
        query = query.filter(query_log::asked_on.le(to));
    }
    if let Some(before) = &search.before {
        query = query.filter(query_log::id.lt(before.clone()));
    }
    Ok(query.load(conn)?)
}

/// Who looked at an enterprise on a day, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Reader {
    /// The day in China.
    pub on: NaiveDate,
    /// The organisation.
    pub organisation: String,
    /// How often.
    pub times: i64,
}

/// Who looked at an enterprise, newest day first, readers of some roles and the enterprise itself left out; one more than the limit.
///
/// # Errors
/// When the database fails.
pub fn readers(conn: &mut Conn, enterprise: &str, not_roles: &[String], after: Option<(Day, String)>, limit: i64) -> Result<Vec<Reader>> {
    use diesel::BoolExpressionMethods;
    let mut query = query_log::table
        .filter(query_log::enterprise.eq(enterprise.to_owned()))
        .filter(query_log::organisation.ne(enterprise.to_owned()))
        .filter(query_log::role.ne_all(not_roles.to_vec()))
        .group_by((query_log::asked_on, query_log::organisation))
        .select((query_log::asked_on, query_log::organisation, count_star()))
        .order((query_log::asked_on.desc(), query_log::organisation.asc()))
        .limit(limit.saturating_add(1))
        .into_boxed();
    if let Some((day, organisation)) = after {
        let later = query_log::asked_on.eq(day).and(query_log::organisation.gt(organisation));
        query = query.filter(query_log::asked_on.lt(day).or(later));
    }
    Ok(query.load(conn)?)
}

/// Removes entries of days before this one, at most so many.
///
/// # Errors
/// When the database fails.
pub fn remove_before(conn: &mut Conn, day: Day, limit: i64) -> Result<usize> {
    let old: Vec<String> = query_log::table.filter(query_log::asked_on.lt(day)).limit(limit).select(query_log::id).load(conn)?;
    Ok(diesel::delete(query_log::table.filter(query_log::id.eq_any(old))).execute(conn)?)
}
