//! Rows of the standing, each with the feed positions between which it stood. Not here: what they mean, `rules.rs`.

use std::collections::BTreeMap;

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
    let mut standing = nothing_of(uscc.clone());
    for row in query.load::<Row>(conn)? {
        enter(&mut standing, row)?;
    }
    Ok(standing)
}

/// Whose, what kind, and what it says.
type Row = (String, String, String);

const fn nothing_of(uscc: Uscc) -> Standing {
    Standing { uscc, enterprise: None, facts: Vec::new(), timeline: None, measures: Vec::new(), sources: Vec::new() }
}

fn enter(standing: &mut Standing, (whose, kind, body): Row) -> Result<()> {
    match kind.as_str() {
        // Of an absorbed enterprise only the facts pass on.
        "enterprise" | "timeline" | "measures" if whose != standing.uscc.as_str() => {}
        "enterprise" => standing.enterprise = Some(serde_json::from_str(&body).map_err(Error::internal)?),
        "timeline" => standing.timeline = Some(serde_json::from_str(&body).map_err(Error::internal)?),
        "measures" => standing.measures = serde_json::from_str::<MeasuresChanged>(&body).map_err(Error::internal)?.intervals,
        _ => standing.facts.push(serde_json::from_str(&body).map_err(Error::internal)?),
    }
    Ok(())
}

/// So many codes in one question: SQLite counts every one as a variable.
const CODES_IN_ONE: usize = 500;

/// The standings of many as they stand now, in the order asked: two questions for every 500 codes, and one more where enterprises went into others.
///
/// # Errors
/// When the database fails.
pub fn load_many(conn: &mut Conn, codes: &[Uscc]) -> Result<Vec<Standing>> {
    let mut all: Vec<Standing> = codes.iter().cloned().map(nothing_of).collect();
    // One code may be asked for twice, and who was absorbed counts for each survivor above.
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, code) in codes.iter().enumerate() {
        wanted.entry(code.as_str().to_owned()).or_default().push(place);
    }
    let mut last: Vec<String> = wanted.keys().cloned().collect();
    while !last.is_empty() {
        let mut next = Vec::new();
        for some in last.chunks(CODES_IN_ONE) {
            let went = standing_merger::table.filter(standing_merger::survivor.eq_any(some));
            for (absorbed, survivor) in
                went.select((standing_merger::absorbed, standing_merger::survivor)).load::<(String, String)>(conn)?
            {
                let above = wanted.get(&survivor).cloned().unwrap_or_default();
                wanted.entry(absorbed.clone()).or_default().extend(above);
                next.push(absorbed);
            }
        }
        last = next;
    }
    let whose: Vec<&String> = wanted.keys().collect();
    for some in whose.chunks(CODES_IN_ONE) {
        let rows = standing_row::table
            .filter(standing_row::uscc.eq_any(some.iter().copied()))
            .filter(standing_row::to_position.is_null())
            .select((standing_row::uscc, standing_row::kind, standing_row::body))
            .order((standing_row::kind.asc(), standing_row::item.asc(), standing_row::from_position.asc()));
        for row in rows.load::<Row>(conn)? {
            for place in wanted.get(&row.0).into_iter().flatten() {
                if let Some(standing) = all.get_mut(*place) {
                    enter(standing, row.clone())?;
                }
            }
        }
    }
    Ok(all)
}

/// Codes of the suppliers that the register knows, in their order, behind one of them; so many are passed over first.
///
/// # Errors
/// When the database fails.
pub fn codes(conn: &mut Conn, after: &str, skip: i64, limit: i64) -> Result<Vec<Uscc>> {
    let known = standing_row::table
        .filter(standing_row::kind.eq(RowKind::Enterprise.as_str()))
        .filter(standing_row::to_position.is_null())
        .filter(standing_row::uscc.gt(after))
        .order(standing_row::uscc.asc())
        .offset(skip)
        .limit(limit)
        .select(standing_row::uscc);
    known.load::<String>(conn)?.iter().map(|code| Uscc::parse(code).map_err(Error::internal)).collect()
}

/// How many suppliers the register knows.
///
/// # Errors
/// When the database fails.
pub fn population(conn: &mut Conn) -> Result<i64> {
    let known = standing_row::table.filter(standing_row::kind.eq(RowKind::Enterprise.as_str())).filter(standing_row::to_position.is_null());
    Ok(known.count().get_result(conn)?)
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
