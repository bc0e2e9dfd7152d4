//! Rows of the runs, and the enterprises by the chunk. Not here: what is computed for them.

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::Conn,
    error::{Error, Result},
};
use contracts::credit::{EnterpriseStatus, ModelRef};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use model::{instant::Instant, uscc::Uscc};

use crate::{
    evaluation::rules::EnterpriseView,
    schema::{enterprise, score_run},
};

/// One run.
#[derive(Clone, Debug, Queryable, Selectable, diesel::Insertable)]
#[diesel(table_name = score_run)]
pub struct Run {
    /// `run_…`.
    pub id: String,
    /// The model whose publication began it.
    pub model: String,
    /// Its version.
    pub version: i32,
    /// `running`, `done` or `superseded`.
    pub state: String,
    /// The code up to which everyone is scored.
    pub last: String,
    /// How many enterprises are scored.
    pub done: i64,
    /// How many of them have another timeline than before.
    pub told: i64,
    /// How many there were when it began.
    pub total: i64,
    /// When it began.
    pub started_at: NaiveDateTime,
    /// When the last chunk was done.
    pub moved_at: NaiveDateTime,
    /// When it ended.
    pub finished_at: Option<NaiveDateTime>,
}

/// What a score needs of an enterprise's register entry, and what scores are counted by.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its code.
    pub uscc: Uscc,
    /// What a score needs.
    pub view: EnterpriseView,
    /// Its division.
    pub division: String,
    /// Its industry.
    pub industry: Option<String>,
}

/// Adds a run for a model; those before it have no purpose any more.
///
/// # Errors
/// When the database fails.
pub fn begin(conn: &mut Conn, id: String, model: &ModelRef, now: Instant) -> Result<()> {
    diesel::update(score_run::table.filter(score_run::state.eq("running")))
        .set((score_run::state.eq("superseded"), score_run::finished_at.eq(now.naive_utc())))
        .execute(conn)?;
    let at = now.naive_utc();
    let run = Run {
        id,
        model: model.id.clone(),
        version: i32::try_from(model.version).map_err(Error::internal)?,
        state: "running".to_owned(),
        last: String::new(),
        done: 0,
        told: 0,
        total: enterprise::table.filter(enterprise::merged_into.is_null()).count().get_result(conn)?,
        started_at: at,
        moved_at: at,
        finished_at: None,
    };
    diesel::insert_into(score_run::table).values(run).execute(conn)?;
    Ok(())
}

/// The run that is under way.
///
/// # Errors
/// When the database fails.
pub fn running(conn: &mut Conn) -> Result<Option<Run>> {
    let query = score_run::table.filter(score_run::state.eq("running")).order(score_run::id.desc()).select(Run::as_select());
    Ok(query.first(conn).optional()?)
}

/// One run.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Run>> {
    Ok(score_run::table.find(id).select(Run::as_select()).first(conn).optional()?)
}

/// The runs, latest first; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, before: Option<String>, limit: i64) -> Result<Vec<Run>> {
    let mut query = score_run::table.order(score_run::id.desc()).limit(limit.saturating_add(1)).select(Run::as_select()).into_boxed();
    if let Some(before) = before {
        query = query.filter(score_run::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// Moves a run on from where it stood; 0 where somebody else did already.
///
/// # Errors
/// When the database fails.
pub fn advance(conn: &mut Conn, run: &Run, last: &str, done: i64, told: i64, now: Instant) -> Result<usize> {
    let at = now.naive_utc();
    let ends = last.is_empty();
    let stands = score_run::table.find(&run.id).filter(score_run::state.eq("running")).filter(score_run::last.eq(&run.last));
    Ok(diesel::update(stands)
        .set((
            score_run::last.eq(if ends { &run.last } else { last }),
            score_run::state.eq(if ends { "done" } else { "running" }),
            score_run::done.eq(run.done.saturating_add(done)),
            score_run::told.eq(run.told.saturating_add(told)),
            score_run::moved_at.eq(at),
            score_run::finished_at.eq(ends.then_some(at)),
        ))
        .execute(conn)?)
}

type Row = (String, NaiveDate, String, String, Option<String>);

/// The enterprises after a code, in the order of their codes.
///
/// # Errors
/// When the database fails.
pub fn enterprises_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Known>> {
    let rows: Vec<Row> = enterprise::table
        .filter(enterprise::uscc.gt(after))
        .filter(enterprise::merged_into.is_null())
        .order(enterprise::uscc.asc())
        .limit(limit)
        .select((enterprise::uscc, enterprise::established_on, enterprise::status, enterprise::division, enterprise::industry))
        .load(conn)?;
    rows.into_iter().map(known).collect()
}

/// Those of these enterprises that are registered, in the order of their codes.
///
/// # Errors
/// When the database fails.
pub fn enterprises_of(conn: &mut Conn, codes: &[String]) -> Result<Vec<Known>> {
    let rows: Vec<Row> = enterprise::table
        .filter(enterprise::uscc.eq_any(codes))
        .filter(enterprise::merged_into.is_null())
        .order(enterprise::uscc.asc())
        .select((enterprise::uscc, enterprise::established_on, enterprise::status, enterprise::division, enterprise::industry))
        .load(conn)?;
    rows.into_iter().map(known).collect()
}

fn known((uscc, established_on, status, division, industry): Row) -> Result<Known> {
    let status: EnterpriseStatus = serde_json::from_value(serde_json::Value::String(status)).map_err(Error::internal)?;
    Ok(Known { uscc: Uscc::parse(&uscc)?, view: EnterpriseView { established_on, status }, division, industry })
}
