//! Rows of plans. Not here: what a plan must be, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};

use super::rules::{PlanState, RankingPlan};
use crate::schema::{clause_property, edition, ranking_plan};

/// A plan with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The plan.
    pub plan: RankingPlan,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { plan: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &RankingPlan) -> Result<Stored> {
    diesel::insert_into(ranking_plan::table)
        .values((
            ranking_plan::id.eq(&made.id),
            ranking_plan::assessor.eq(&made.assessor),
            ranking_plan::ics.eq(&made.ics),
            ranking_plan::year.eq(made.year),
            ranking_plan::state.eq(made.state.as_str()),
            ranking_plan::version.eq(1_i64),
            ranking_plan::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { plan: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: RankingPlan, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(ranking_plan::table.find(&moved.id).filter(ranking_plan::version.eq(version)))
        .set((
            ranking_plan::state.eq(moved.state.as_str()),
            ranking_plan::version.eq(next),
            ranking_plan::body.eq(serde_json::to_string(&moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(Stored { plan: moved, version: next })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let query = ranking_plan::table.find(id).select((ranking_plan::body, ranking_plan::version));
    query.first(conn).optional()?.map(read).transpose()
}

/// What a list of plans asks for.
#[derive(Clone, Debug)]
pub struct Search {
    /// For products of this class or one below it.
    pub ics: Option<String>,
    /// For this year.
    pub year: Option<i32>,
    /// In this state.
    pub state: Option<PlanState>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The plans that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let columns = (ranking_plan::body, ranking_plan::version);
    let mut query = ranking_plan::table.select(columns).order(ranking_plan::id.asc()).into_boxed();
    if let Some(ics) = &search.ics {
        query = query.filter(ranking_plan::ics.like(format!("{ics}%")));
    }
    if let Some(year) = search.year {
        query = query.filter(ranking_plan::year.eq(year));
    }
    if let Some(state) = search.state {
        query = query.filter(ranking_plan::state.eq(state.as_str()));
    }
    if let Some(after) = &search.after {
        query = query.filter(ranking_plan::id.gt(after.clone()));
    }
    let rows: Vec<(String, i64)> = query.limit(search.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The numbers of the national and industry editions that require something of one of these properties.
///
/// # Errors
/// When the database fails.
pub fn requiring(conn: &mut Conn, properties: &[String]) -> Result<Vec<String>> {
    let those = clause_property::table.filter(clause_property::property.eq_any(properties)).select(clause_property::edition);
    let query = edition::table.filter(edition::level.eq_any(["national", "industry"])).filter(edition::id.eq_any(those));
    Ok(query.select(edition::number).order(edition::number.asc()).load(conn)?)
}
