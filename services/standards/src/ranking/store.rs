//! Rows of rankings; which declarations are in a field. Not here: what they are ranked by, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::Ranking;
use crate::{
    declaration,
    declaration_check::rules::{CheckOutcome, CheckState},
    schema::{declaration_check, ranking},
};

/// A ranking with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The ranking.
    pub ranking: Ranking,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { ranking: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Ranking) -> Result<Stored> {
    diesel::insert_into(ranking::table)
        .values((
            ranking::id.eq(&made.id),
            ranking::plan.eq(&made.plan),
            ranking::version.eq(1_i64),
            ranking::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { ranking: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: Ranking, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    let body = serde_json::to_string(&moved).map_err(Error::internal)?;
    diesel::update(ranking::table.find(&moved.id).filter(ranking::version.eq(version)))
        .set((ranking::version.eq(next), ranking::body.eq(body)))
        .execute(conn)?;
    Ok(Stored { ranking: moved, version: next })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    ranking::table.find(id).select((ranking::body, ranking::version)).first(conn).optional()?.map(read).transpose()
}

/// Those of a plan, or all, after an id, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, plan: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = ranking::table.select((ranking::body, ranking::version)).order(ranking::id.asc()).into_boxed();
    if let Some(plan) = plan {
        query = query.filter(ranking::plan.eq(plan.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(ranking::id.gt(after.to_owned()));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The newest ranking by a plan; ids grow with time.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, plan: &str) -> Result<Option<String>> {
    let query = ranking::table.filter(ranking::plan.eq(plan)).select(ranking::id);
    Ok(query.order(ranking::id.desc()).first(conn).optional()?)
}

/// The declarations of products of a class or one below it, whether they stand or not.
///
/// # Errors
/// When the database fails.
pub fn in_field(conn: &mut Conn, ics: &str) -> Result<Vec<String>> {
    declaration::store::of_class(conn, ics, None, i64::MAX)
}

/// The checks that a declaration did not pass, unless they were annulled or the enterprise put right what they found.
///
/// # Errors
/// When the database fails.
pub fn failed_checks(conn: &mut Conn, declaration: &str) -> Result<Vec<String>> {
    let failed = [CheckOutcome::Untrue, CheckOutcome::BelowMandatory].map(CheckOutcome::as_str);
    let over = [CheckState::Corrected, CheckState::Annulled].map(CheckState::as_str);
    let query = declaration_check::table
        .filter(declaration_check::declaration.eq(declaration.to_owned()))
        .filter(declaration_check::outcome.eq_any(failed))
        .filter(declaration_check::state.ne_all(over));
    Ok(query.select(declaration_check::id).order(declaration_check::id.asc()).load(conn)?)
}

/// Whether a check should never have stood.
///
/// # Errors
/// When the database fails.
pub fn is_annulled(conn: &mut Conn, id: &str) -> Result<bool> {
    let state: Option<String> = declaration_check::table.find(id).select(declaration_check::state).first(conn).optional()?;
    Ok(state.is_none_or(|state| state == CheckState::Annulled.as_str()))
}
