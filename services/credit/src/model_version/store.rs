//! Rows of the versions. Not here: those in force, `model_book`.

use chrono::NaiveDateTime;
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, dsl::max};
use model::instant::Instant;

use super::rules::State;
use crate::schema::scoring_model;
use crate::scoring_model::rules::ScoringModel;

/// A version with its state.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The model.
    pub model: ScoringModel,
    /// Draft or published.
    pub state: State,
    /// Counted from 1 with every change of the draft.
    pub revision: i64,
    /// When it was published.
    pub published_at: Option<Instant>,
}

/// A version, draft or published.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str, version: u32) -> Result<Option<Stored>> {
    let row: Option<(String, i64, String, Option<NaiveDateTime>)> = scoring_model::table
        .find((id, number(version)?))
        .select((scoring_model::state, scoring_model::revision, scoring_model::body, scoring_model::published_at))
        .first(conn)
        .optional()?;
    row.map(stored).transpose()
}

/// The drafts of a model, by version.
///
/// # Errors
/// When the database fails.
pub fn drafts(conn: &mut Conn, id: &str) -> Result<Vec<Stored>> {
    let rows: Vec<(String, i64, String, Option<NaiveDateTime>)> = scoring_model::table
        .filter(scoring_model::id.eq(id))
        .filter(scoring_model::state.eq("draft"))
        .order(scoring_model::version.asc())
        .select((scoring_model::state, scoring_model::revision, scoring_model::body, scoring_model::published_at))
        .load(conn)?;
    rows.into_iter().map(stored).collect()
}

fn stored((state, revision, body, published_at): (String, i64, String, Option<NaiveDateTime>)) -> Result<Stored> {
    Ok(Stored {
        model: serde_json::from_str(&body).map_err(Error::internal)?,
        state: if state == State::Published.as_str() { State::Published } else { State::Draft },
        revision,
        published_at: published_at.map(Instant::from_naive_utc),
    })
}

/// The highest version that was ever drafted here.
///
/// # Errors
/// When the database fails.
pub fn highest(conn: &mut Conn, id: &str) -> Result<Option<u32>> {
    let found: Option<i32> = scoring_model::table.filter(scoring_model::id.eq(id)).select(max(scoring_model::version)).first(conn)?;
    found.map(|version| u32::try_from(version).map_err(Error::internal)).transpose()
}

/// Adds a draft.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, model: &ScoringModel, now: Instant, by: &str) -> Result<()> {
    diesel::insert_into(scoring_model::table)
        .values((
            scoring_model::id.eq(&model.id),
            scoring_model::version.eq(number(model.version)?),
            scoring_model::state.eq(State::Draft.as_str()),
            scoring_model::revision.eq(1_i64),
            scoring_model::effective_from.eq(model.effective_from),
            scoring_model::body.eq(serde_json::to_string(model).map_err(Error::internal)?),
            scoring_model::recorded_at.eq(now.naive_utc()),
            scoring_model::recorded_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Puts another model in the place of a draft.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut Conn, model: &ScoringModel, revision: i64, now: Instant, by: &str) -> Result<()> {
    diesel::update(scoring_model::table.find((&model.id, number(model.version)?)).filter(scoring_model::state.eq(State::Draft.as_str())))
        .set((
            scoring_model::revision.eq(revision),
            scoring_model::effective_from.eq(model.effective_from),
            scoring_model::body.eq(serde_json::to_string(model).map_err(Error::internal)?),
            scoring_model::recorded_at.eq(now.naive_utc()),
            scoring_model::recorded_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Freezes a draft.
///
/// # Errors
/// When the database fails.
pub fn publish(conn: &mut Conn, id: &str, version: u32, revision: i64, now: Instant, by: &str) -> Result<()> {
    diesel::update(scoring_model::table.find((id, number(version)?)))
        .set((
            scoring_model::state.eq(State::Published.as_str()),
            scoring_model::revision.eq(revision),
            scoring_model::published_at.eq(now.naive_utc()),
            scoring_model::published_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

fn number(version: u32) -> Result<i32> {
    i32::try_from(version).map_err(Error::internal)
}
