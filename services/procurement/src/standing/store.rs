//! Rows of the standing, each with the feed positions between which it stood. Not here: what they mean, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use contracts::credit::MeasuresChanged;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use model::uscc::Uscc;
use serde::Serialize;

use super::rules::Standing;
use crate::schema::{standing_merger, standing_row};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// The register entry.
    Enterprise,
    /// A fact.
    Fact,
    /// The score timeline.
    Timeline,
    /// The measures of every day.
    Measures,
}

impl RowKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::Fact => "fact",
            Self::Timeline => "timeline",
            Self::Measures => "measures",
        }
    }
}

/// Which row.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The service that told it.
    pub source: &'a str,
    /// About whom.
    pub uscc: &'a Uscc,
    /// What it is.
    pub kind: RowKind,
    /// Which one of its kind: the fact's id, else empty.
    pub item: &'a str,
}

/// Ends the row that stands at a place, from this position on.
///
/// # Errors
/// When the database fails.
pub fn end(tx: &mut Tx<'_>, place: Place<'_>, position: i64) -> Result<()> {
    let stands = standing_row::table
        .filter(standing_row::source.eq(place.source))
        .filter(standing_row::uscc.eq(place.uscc.as_str()))
        .filter(standing_row::kind.eq(place.kind.as_str()))
        .filter(standing_row::item.eq(place.item))
        .filter(standing_row::to_position.is_null());
    diesel::update(stands).set(standing_row::to_position.eq(position)).execute(tx.conn)?;
    Ok(())
}

/// Puts a row in the place of the one that stands there.
///
/// # Errors
/// When the database fails.
pub fn put(tx: &mut Tx<'_>, place: Place<'_>, position: i64, body: &impl Serialize) -> Result<()> {
    end(tx, place, position)?;
    diesel::insert_into(standing_row::table)
        .values((
            standing_row::source.eq(place.source),
            standing_row::uscc.eq(place.uscc.as_str()),
            standing_row::kind.eq(place.kind.as_str()),
            standing_row::item.eq(place.item),
            standing_row::from_position.eq(position),
            standing_row::body.eq(serde_json::to_string(body).map_err(Error::internal)?),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Notes that an enterprise went into another.
///
/// # Errors
/// When the database fails.
pub fn merge(tx: &mut Tx<'_>, absorbed: &Uscc, survivor: &Uscc, position: i64) -> Result<()> {
    diesel::insert_into(standing_merger::table)
        .values((
            standing_merger::absorbed.eq(absorbed.as_str()),
            standing_merger::survivor.eq(survivor.as_str()),
            standing_merger::from_position.eq(position),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// A supplier and everyone who went into it: their rights and duties, and so their facts, pass on (Civil Code Art 67).
fn with_absorbed(conn: &mut Conn, uscc: &Uscc, at: Option<i64>) -> Result<Vec<String>> {
    let mut all = vec![uscc.as_str().to_owned()];
    let mut last = all.clone();
    while !last.is_empty() {
        last = standing_merger::table
            .filter(standing_merger::survivor.eq_any(&last))
            .filter(standing_merger::from_position.le(at.unwrap_or(i64::MAX)))
            .order(standing_merger::absorbed.asc())
            .select(standing_merger::absorbed)
            .load(conn)?;
        all.extend(last.iter().cloned());
    }
    Ok(all)
}

/// The standing as it stands now, or as it stood at a feed position. Sources are left empty: the caller knows how far it read.
///
/// # Errors
/// When the database fails.
pub fn load(conn: &mut Conn, uscc: &Uscc, at: Option<i64>) -> Result<Standing> {
    let whose = with_absorbed(conn, uscc, at)?;
    let mut query = standing_row::table
        .filter(standing_row::uscc.eq_any(whose))
        .select((standing_row::uscc, standing_row::kind, standing_row::body))
        .order((standing_row::kind.asc(), standing_row::item.asc(), standing_row::from_position.asc()))
        .into_boxed();
    query = match at {
        None => query.filter(standing_row::to_position.is_null()),
        Some(position) => query
            .filter(standing_row::from_position.le(position))
            .filter(standing_row::to_position.is_null().or(standing_row::to_position.gt(position))),
    };
    let rows: Vec<(String, String, String)> = query.load(conn)?;
    let mut standing =
        Standing { uscc: uscc.clone(), enterprise: None, facts: Vec::new(), timeline: None, measures: Vec::new(), sources: Vec::new() };
    for (whose, kind, body) in rows {
        match kind.as_str() {
            // Of an absorbed enterprise only the facts pass on.
            "enterprise" | "timeline" | "measures" if whose != uscc.as_str() => {}
            "enterprise" => standing.enterprise = Some(serde_json::from_str(&body).map_err(Error::internal)?),
            "timeline" => standing.timeline = Some(serde_json::from_str(&body).map_err(Error::internal)?),
            "measures" => standing.measures = serde_json::from_str::<MeasuresChanged>(&body).map_err(Error::internal)?.intervals,
            _ => standing.facts.push(serde_json::from_str(&body).map_err(Error::internal)?),
        }
    }
    Ok(standing)
}

/// Who changed after one position and up to another; with an absorbed enterprise its survivor changes.
///
/// # Errors
/// When the database fails.
pub fn changed(conn: &mut Conn, source: &str, after: i64, upto: i64) -> Result<Vec<String>> {
    // Two questions and no `or`: each then walks only its own stretch of an index, however many rows there are.
    let began = standing_row::from_position.gt(after).and(standing_row::from_position.le(upto));
    let ended = standing_row::to_position.gt(after).and(standing_row::to_position.le(upto));
    let rows = || standing_row::table.filter(standing_row::source.eq(source)).select(standing_row::uscc).distinct();
    let mut all: Vec<String> = rows().filter(began).load(conn)?;
    all.extend(rows().filter(ended).load::<String>(conn)?);
    let told = standing_merger::table.filter(standing_merger::from_position.gt(after)).filter(standing_merger::from_position.le(upto));
    all.extend(told.select(standing_merger::absorbed).load::<String>(conn)?);
    let mut last = all.clone();
    while !last.is_empty() {
        last = standing_merger::table.filter(standing_merger::absorbed.eq_any(&last)).select(standing_merger::survivor).load(conn)?;
        all.extend(last.iter().cloned());
    }
    Ok(all)
}
