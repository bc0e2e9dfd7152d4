//! Rows of checks. Not here: which step is allowed, `rules.rs`.

use std::collections::BTreeMap;

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::{Check, CheckOutcome, CheckState};
use crate::schema::declaration_check;

/// A check with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The check.
    pub check: Check,
    /// Counted from 1.
    pub version: i64,
    /// When this version was recorded.
    pub recorded_at: Instant,
}

type Row = (String, i64, chrono::NaiveDateTime);

fn read((body, version, at): Row) -> Result<Stored> {
    let check = serde_json::from_str(&body).map_err(Error::internal)?;
    Ok(Stored { check, version, recorded_at: Instant::from_naive_utc(at) })
}

const COLUMNS: (declaration_check::body, declaration_check::version, declaration_check::recorded_at) =
    (declaration_check::body, declaration_check::version, declaration_check::recorded_at);

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    declaration_check::table.find(id).select(COLUMNS).first(conn).optional()?.map(read).transpose()
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, made: Check) -> Result<Stored> {
    let at = tx.now();
    diesel::insert_into(declaration_check::table)
        .values((
            declaration_check::id.eq(&made.id),
            declaration_check::plan.eq(&made.plan),
            declaration_check::declaration.eq(made.declaration.as_ref().map(|(id, _)| id)),
            declaration_check::enterprise.eq(made.enterprise.as_str()),
            declaration_check::state.eq(made.state.as_str()),
            declaration_check::outcome.eq(outcome(&made)),
            declaration_check::found_on.eq(made.finding.as_ref().map(|finding| finding.found_on)),
            declaration_check::publicised_on.eq(made.publicised_on),
            declaration_check::version.eq(1_i64),
            declaration_check::recorded_at.eq(at.naive_utc()),
            declaration_check::body.eq(serde_json::to_string(&made).map_err(Error::internal)?),
        ))
        .execute(tx.conn)?;
    Ok(Stored { check: made, version: 1, recorded_at: at })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, moved: Check, version: i64) -> Result<Stored> {
    let (at, next) = (tx.now(), version.saturating_add(1));
    diesel::update(declaration_check::table.find(&moved.id).filter(declaration_check::version.eq(version)))
        .set((
            declaration_check::state.eq(moved.state.as_str()),
            declaration_check::outcome.eq(outcome(&moved)),
            declaration_check::found_on.eq(moved.finding.as_ref().map(|finding| finding.found_on)),
            declaration_check::publicised_on.eq(moved.publicised_on),
            declaration_check::version.eq(next),
            declaration_check::recorded_at.eq(at.naive_utc()),
            declaration_check::body.eq(serde_json::to_string(&moved).map_err(Error::internal)?),
        ))
        .execute(tx.conn)?;
    Ok(Stored { check: moved, version: next, recorded_at: at })
}

/// The outcome that stands.
fn outcome(check: &Check) -> Option<&'static str> {
    let finding = check.finding.as_ref().filter(|_| check.state != CheckState::Annulled);
    finding.map(|finding| finding.outcome.as_str())
}

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Drawn by this plan.
    pub plan: Option<String>,
    /// Of this enterprise.
    pub enterprise: Option<String>,
    /// In this state.
    pub state: Option<CheckState>,
    /// Without those of which nothing is known but that they were drawn.
    pub hides_drawn: bool,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The checks that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = declaration_check::table.select(COLUMNS).order(declaration_check::id.asc()).into_boxed();
    if let Some(plan) = &search.plan {
        query = query.filter(declaration_check::plan.eq(plan.clone()));
    }
    if let Some(enterprise) = &search.enterprise {
        query = query.filter(declaration_check::enterprise.eq(enterprise.clone()));
    }
    if let Some(state) = search.state {
        query = query.filter(declaration_check::state.eq(state.as_str()));
    }
    if search.hides_drawn {
        query = query.filter(declaration_check::state.ne(CheckState::Drawn.as_str()));
    }
    if let Some(after) = &search.after {
        query = query.filter(declaration_check::id.gt(after.clone()));
    }
    let rows: Vec<Row> = query.limit(search.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// A statement names at most so many ids: databases bound their number.
const CHUNK: usize = 10_000;

/// Whether the outcome of each of these declarations that was found last was good; those that were never checked are not among them.
///
/// # Errors
/// When the database fails.
pub fn passed(conn: &mut Conn, declarations: &[String]) -> Result<BTreeMap<String, bool>> {
    let good = CheckOutcome::Conforms.as_str();
    let mut all = BTreeMap::new();
    for some in declarations.chunks(CHUNK) {
        let rows: Vec<(Option<String>, Option<String>)> = declaration_check::table
            .filter(declaration_check::declaration.eq_any(some))
            .filter(declaration_check::outcome.is_not_null())
            .order((declaration_check::found_on.asc(), declaration_check::id.asc()))
            .select((declaration_check::declaration, declaration_check::outcome))
            .load(conn)?;
        all.extend(rows.into_iter().filter_map(|(declaration, outcome)| Some((declaration?, outcome? == good))));
    }
    Ok(all)
}
