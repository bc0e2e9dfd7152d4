//! Rows of the comparisons. Not here: what is compared.

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use model::instant::Instant;

use super::rules::Report;
use crate::schema::{enterprise, shadow_run};

/// One comparison.
#[derive(Clone, Debug, Queryable, Selectable, diesel::Insertable)]
#[diesel(table_name = shadow_run)]
pub struct Run {
    /// `shd_…`.
    pub id: String,
    /// The model.
    pub model: String,
    /// The version of the draft.
    pub version: i32,
    /// The state of the draft when it began.
    pub revision: i64,
    /// The day on which everyone is compared.
    pub as_of: NaiveDate,
    /// One of so many enterprises is compared, in the order of the codes.
    pub one_in: i64,
    /// `running`, `done` or `abandoned`.
    pub state: String,
    /// The code up to which it is done.
    pub last: String,
    /// How many enterprises it has passed.
    pub done: i64,
    /// How many there were when it began.
    pub total: i64,
    /// What was found so far.
    pub report: String,
    /// When it began.
    pub started_at: NaiveDateTime,
    /// When it ended.
    pub finished_at: Option<NaiveDateTime>,
}

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The model.
    pub model: String,
    /// The version of the draft.
    pub version: u32,
    /// Its state.
    pub revision: i64,
    /// The day.
    pub as_of: NaiveDate,
    /// One of so many.
    pub one_in: i64,
}

/// Adds a comparison; one of the same draft that is under way has no purpose any more.
///
/// # Errors
/// When the database fails.
pub fn begin(conn: &mut Conn, id: String, new: &NewRun, now: Instant) -> Result<Run> {
    let version = i32::try_from(new.version).map_err(Error::internal)?;
    let same = shadow_run::table
        .filter(shadow_run::model.eq(&new.model))
        .filter(shadow_run::version.eq(version))
        .filter(shadow_run::state.eq("running"));
    diesel::update(same).set((shadow_run::state.eq("abandoned"), shadow_run::finished_at.eq(now.naive_utc()))).execute(conn)?;
    let run = Run {
        id,
        model: new.model.clone(),
        version,
        revision: new.revision,
        as_of: new.as_of,
        one_in: new.one_in,
        state: "running".to_owned(),
        last: String::new(),
        done: 0,
        total: enterprise::table.filter(enterprise::merged_into.is_null()).count().get_result(conn)?,
        report: text(&Report::default())?,
        started_at: now.naive_utc(),
        finished_at: None,
    };
    diesel::insert_into(shadow_run::table).values(&run).execute(conn)?;
    Ok(run)
}

/// A report as it is stored.
///
/// # Errors
/// Never in practice: a report is plain data.
pub fn text(report: &Report) -> Result<String> {
    serde_json::to_string(report).map_err(Error::internal)
}

/// A stored report.
///
/// # Errors
/// When it cannot be read.
pub fn report(run: &Run) -> Result<Report> {
    serde_json::from_str(&run.report).map_err(Error::internal)
}

/// The oldest comparison that is under way.
///
/// # Errors
/// When the database fails.
pub fn running(conn: &mut Conn) -> Result<Option<Run>> {
    let query = shadow_run::table.filter(shadow_run::state.eq("running")).order(shadow_run::id.asc()).select(Run::as_select());
    Ok(query.first(conn).optional()?)
}

/// The last comparison of a draft.
///
/// # Errors
/// When the database fails.
pub fn last(conn: &mut Conn, model: &str, version: u32) -> Result<Option<Run>> {
    let query = shadow_run::table
        .filter(shadow_run::model.eq(model))
        .filter(shadow_run::version.eq(i32::try_from(version).map_err(Error::internal)?))
        .order(shadow_run::id.desc())
        .select(Run::as_select());
    Ok(query.first(conn).optional()?)
}

/// Writes how far a comparison is, where it still stands as it was read.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, before: &Run, after: &Run) -> Result<usize> {
    let stands = shadow_run::table.find(&before.id).filter(shadow_run::state.eq("running")).filter(shadow_run::last.eq(&before.last));
    Ok(diesel::update(stands)
        .set((
            shadow_run::state.eq(&after.state),
            shadow_run::last.eq(&after.last),
            shadow_run::done.eq(after.done),
            shadow_run::report.eq(&after.report),
            shadow_run::finished_at.eq(after.finished_at),
        ))
        .execute(conn)?)
}
