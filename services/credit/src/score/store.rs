//! The timeline told last for each enterprise. Not here: how it is computed, `timeline`.

use std::collections::HashMap;

use common::{
    db::{Conn, Portable},
    error::{Error, Result},
};
use contracts::credit::ScoreTimeline;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::uscc::Uscc;

use crate::schema::score_timeline;

/// The timeline told last.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, uscc: &Uscc) -> Result<Option<String>> {
    Ok(score_timeline::table.find(uscc.as_str()).select(score_timeline::segments).first(conn).optional()?)
}

/// The timelines told last of many enterprises, by code.
///
/// # Errors
/// When the database fails.
pub fn told_of(conn: &mut Conn, enterprises: &[String]) -> Result<HashMap<String, String>> {
    let told: Vec<(String, String)> = score_timeline::table
        .filter(score_timeline::enterprise.eq_any(enterprises))
        .select((score_timeline::enterprise, score_timeline::segments))
        .load(conn)?;
    Ok(told.into_iter().collect())
}

/// The form in which two timelines are compared: model and segments.
///
/// # Errors
/// Never in practice: a timeline is plain data.
pub fn form(timeline: &ScoreTimeline) -> Result<String> {
    serde_json::to_string(&(&timeline.model, &timeline.segments)).map_err(Error::internal)
}

/// Remembers what was told.
///
/// # Errors
/// When the database fails.
pub fn remember(conn: &mut Conn, timeline: &ScoreTimeline, form: &str, position: i64) -> Result<()> {
    let columns = (
        score_timeline::model.eq(&timeline.model.id),
        score_timeline::model_version.eq(i32::try_from(timeline.model.version).unwrap_or(i32::MAX)),
        score_timeline::segments.eq(form),
        score_timeline::position.eq(position),
    );
    let upsert = diesel::insert_into(score_timeline::table)
        .values((score_timeline::enterprise.eq(timeline.uscc.as_str()), columns))
        .on_conflict(score_timeline::enterprise)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    Ok(())
}
