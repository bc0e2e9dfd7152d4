//! Rows of the integrity file. Not here: which facts may stand, `rules.rs`.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::Conn,
    error::{Error, Result},
};
use contracts::credit::{Degree, Detail, Fact, FactKind, FactSource, Mark, Origin};
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use model::{instant::Instant, uscc::Uscc};

use crate::{
    deadline::{self, rules::Deadline},
    enterprise, mark,
    schema::fact,
};

/// A fact with its second axis: when the platform knew it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it says.
    pub fact: Fact,
    /// The asserting organisation's own id for it.
    pub external_id: Option<String>,
    /// When it stopped being what the platform knows.
    pub superseded_at: Option<Instant>,
    /// The version that took its place.
    pub superseded_by: Option<String>,
    /// Whether it was annulled.
    pub annulled: bool,
    /// Why it ended.
    pub ended_because: Option<String>,
    /// The version it took the place of.
    pub supersedes: Option<String>,
    /// The deadlines it sets.
    pub deadlines: Vec<Deadline>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fact)]
struct Row {
    id: String,
    enterprise: String,
    kind: String,
    external_id: Option<String>,
    asserted_by: String,
    asserted_through: String,
    self_declared: bool,
    authority: String,
    document_no: Option<String>,
    decided_on: Option<NaiveDate>,
    published_on: Option<NaiveDate>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    degree: Option<String>,
    detail: String,
    recorded_at: NaiveDateTime,
    superseded_at: Option<NaiveDateTime>,
    superseded_by: Option<String>,
    annulled: bool,
    ended_because: Option<String>,
    supersedes: Option<String>,
    publicity: Option<String>,
    public_until: Option<NaiveDate>,
    origin_region: Option<String>,
    origin_fact: Option<String>,
    origin_position: Option<i64>,
}

/// Adds a fact.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, stored: &Stored, through: &str) -> Result<()> {
    diesel::insert_into(fact::table).values(row(stored, through)?).execute(conn)?;
    deadline::store::insert(conn, &stored.fact.id, &stored.deadlines)
}

/// One fact by its id, whatever became of it.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let found: Option<Row> = fact::table.find(id).select(Row::as_select()).first(conn).optional()?;
    Ok(whole(conn, found.into_iter().collect())?.pop())
}

/// The last fact of an organisation under its own id, whatever became of it: an id once used is used for ever.
///
/// # Errors
/// When the database fails.
pub fn find_external(conn: &mut Conn, asserted_by: &Uscc, external_id: &str) -> Result<Option<Stored>> {
    let found: Option<Row> = fact::table
        .filter(fact::asserted_by.eq(asserted_by.as_str()))
        .filter(fact::external_id.eq(external_id))
        .order(fact::id.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(whole(conn, found.into_iter().collect())?.pop())
}

/// Ends a fact's time on the second axis.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: &str, now: Instant, by: Option<&str>, annulled: bool, because: &str) -> Result<usize> {
    Ok(diesel::update(fact::table.find(id).filter(fact::superseded_at.is_null()))
        .set((
            fact::superseded_at.eq(now.naive_utc()),
            fact::superseded_by.eq(by),
            fact::annulled.eq(annulled),
            fact::ended_because.eq(because),
        ))
        .execute(conn)?)
}

/// What a listing asks for.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Whose facts, with those of enterprises that went into it.
    pub enterprise: Uscc,
    /// Of this kind.
    pub kind: Option<FactKind>,
    /// Holding on this day.
    pub holding_on: Option<NaiveDate>,
    /// As the platform knew them at this instant.
    pub known_at: Instant,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: Option<i64>,
}

/// The facts that a listing asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, listing: &Listing) -> Result<Vec<Stored>> {
    use diesel::BoolExpressionMethods;
    let known = listing.known_at.naive_utc();
    let whose = enterprise::store::with_absorbed(conn, &listing.enterprise, listing.known_at)?;
    let mut query = fact::table
        .filter(fact::recorded_at.le(known))
        .filter(fact::superseded_at.is_null().or(fact::superseded_at.gt(known)))
        .order(fact::id.asc())
        .select(Row::as_select())
        .into_boxed();
    query = match whose.as_slice() {
        // A statement with a list is prepared anew each time.
        [only] => query.filter(fact::enterprise.eq(only.clone())),
        _ => query.filter(fact::enterprise.eq_any(whose)),
    };
    if let Some(kind) = listing.kind {
        query = query.filter(fact::kind.eq(kind.as_str()));
    }
    if let Some(day) = listing.holding_on {
        query = query.filter(fact::valid_from.le(day)).filter(fact::valid_to.is_null().or(fact::valid_to.ge(day)));
    }
    if let Some(after) = &listing.after {
        query = query.filter(fact::id.gt(after.clone()));
    }
    if let Some(limit) = listing.limit {
        query = query.limit(limit.saturating_add(1));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let facts = rows.into_iter().map(stored).collect::<Result<Vec<_>>>()?;
    attach_marks(conn, facts, Some(listing.known_at))
}

/// The same with the deadlines of each.
///
/// # Errors
/// When the database fails.
pub fn list_with_deadlines(conn: &mut Conn, listing: &Listing) -> Result<Vec<Stored>> {
    let facts = list(conn, listing)?;
    attach_deadlines(conn, facts)
}

/// Facts with all that belongs to them now.
fn whole(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Stored>> {
    let facts = rows.into_iter().map(stored).collect::<Result<Vec<_>>>()?;
    let facts = attach_marks(conn, facts, None)?;
    attach_deadlines(conn, facts)
}

fn attach_marks(conn: &mut Conn, mut facts: Vec<Stored>, known_at: Option<Instant>) -> Result<Vec<Stored>> {
    let ids: Vec<String> = facts.iter().map(|stored| stored.fact.id.clone()).collect();
    for kept in mark::store::of_facts(conn, &ids, known_at)? {
        if let Some(stored) = facts.iter_mut().find(|stored| stored.fact.id == kept.fact) {
            stored.fact.marks.push(kept.mark);
        }
    }
    Ok(facts)
}

fn attach_deadlines(conn: &mut Conn, mut facts: Vec<Stored>) -> Result<Vec<Stored>> {
    let ids: Vec<String> = facts.iter().map(|stored| stored.fact.id.clone()).collect();
    for (id, deadline) in deadline::store::of_facts(conn, &ids)? {
        if let Some(stored) = facts.iter_mut().find(|stored| stored.fact.id == id) {
            stored.deadlines.push(deadline);
        }
    }
    Ok(facts)
}

/// All facts that count for an enterprise as known at an instant, those of enterprises that went into it included.
///
/// # Errors
/// When the database fails.
pub fn known(conn: &mut Conn, enterprise: &Uscc, known_at: Instant) -> Result<Vec<Fact>> {
    let all = Listing { enterprise: enterprise.clone(), kind: None, holding_on: None, known_at, after: None, limit: None };
    Ok(list(conn, &all)?.into_iter().map(|stored| stored.fact).collect())
}

/// All facts of many enterprises as known at an instant, by code: in one query, but for those that others went into.
///
/// # Errors
/// When the database fails.
pub fn known_of(conn: &mut Conn, enterprises: &[String], known_at: Instant) -> Result<BTreeMap<String, Vec<Fact>>> {
    use diesel::BoolExpressionMethods;
    let known_then = known_at.naive_utc();
    let rows: Vec<Row> = fact::table
        .filter(fact::enterprise.eq_any(enterprises))
        .filter(fact::recorded_at.le(known_then))
        .filter(fact::superseded_at.is_null().or(fact::superseded_at.gt(known_then)))
        .order((fact::enterprise.asc(), fact::id.asc()))
        .select(Row::as_select())
        .load(conn)?;
    let mut marks: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for kept in mark::store::of_enterprises(conn, enterprises, known_at)? {
        marks.entry(kept.fact).or_default().push(kept.mark);
    }
    let mut facts: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for row in rows {
        let fact = stored(row)?.fact;
        let whole = Fact { marks: marks.remove(&fact.id).unwrap_or_default(), ..fact };
        facts.entry(whole.enterprise.to_string()).or_default().push(whole);
    }
    // Few enterprises have taken over others, and then the facts of those count as well (Civil Code Art 67).
    for survivor in enterprise::store::survivors_among(conn, enterprises)? {
        let whole = known(conn, &survivor, known_at)?;
        facts.insert(survivor.to_string(), whole);
    }
    Ok(facts)
}

fn row(stored: &Stored, through: &str) -> Result<Row> {
    let fact = &stored.fact;
    // The kind stands in its own column; the detail is kept as it is told.
    let told = serde_json::to_value(&fact.detail).map_err(Error::internal)?;
    let detail = told.get("detail").map(ToString::to_string).unwrap_or_default();
    Ok(Row {
        id: fact.id.clone(),
        enterprise: fact.enterprise.as_str().to_owned(),
        kind: fact.kind().as_str().to_owned(),
        external_id: stored.external_id.clone(),
        asserted_by: fact.asserted_by.as_str().to_owned(),
        asserted_through: through.to_owned(),
        self_declared: fact.self_declared,
        authority: fact.source.authority.clone(),
        document_no: fact.source.document_no.clone(),
        decided_on: fact.decided_on,
        published_on: fact.published_on,
        valid_from: fact.valid_from,
        valid_to: fact.valid_to,
        degree: fact.degree.map(|degree| degree_word(degree).to_owned()),
        detail,
        recorded_at: fact.recorded_at.naive_utc(),
        superseded_at: stored.superseded_at.map(Instant::naive_utc),
        superseded_by: stored.superseded_by.clone(),
        annulled: stored.annulled,
        ended_because: stored.ended_because.clone(),
        supersedes: stored.supersedes.clone(),
        publicity: (!fact.publicity.is_empty()).then(|| serde_json::to_string(&fact.publicity)).transpose().map_err(Error::internal)?,
        public_until: fact.publicity.first().and_then(|window| window.until),
        origin_region: fact.origin.as_ref().map(|origin| origin.region.clone()),
        origin_fact: fact.origin.as_ref().map(|origin| origin.fact_id.clone()),
        origin_position: fact.origin.as_ref().map(|origin| origin.position),
    })
}

fn stored(row: Row) -> Result<Stored> {
    let told = format!(r#"{{"kind":"{}","detail":{}}}"#, row.kind, row.detail);
    let detail: Detail = serde_json::from_str(&told).map_err(Error::internal)?;
    let degree = row.degree.as_deref().and_then(degree_of);
    let publicity = row.publicity.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
    let origin = match (row.origin_region, row.origin_fact, row.origin_position) {
        (Some(region), Some(fact_id), Some(position)) => Some(Origin { region, fact_id, position }),
        _ => None,
    };
    let fact = Fact {
        id: row.id,
        enterprise: Uscc::parse(&row.enterprise)?,
        detail,
        source: FactSource { authority: row.authority, document_no: row.document_no },
        asserted_by: Uscc::parse(&row.asserted_by)?,
        decided_on: row.decided_on,
        published_on: row.published_on,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        degree,
        self_declared: row.self_declared,
        recorded_at: Instant::from_naive_utc(row.recorded_at),
        publicity: publicity.unwrap_or_default(),
        marks: Vec::new(),
        origin,
    };
    Ok(Stored {
        fact,
        external_id: row.external_id,
        superseded_at: row.superseded_at.map(Instant::from_naive_utc),
        superseded_by: row.superseded_by,
        annulled: row.annulled,
        ended_because: row.ended_because,
        supersedes: row.supersedes,
        deadlines: Vec::new(),
    })
}

const fn degree_word(degree: Degree) -> &'static str {
    match degree {
        Degree::Minor => "minor",
        Degree::General => "general",
        Degree::Serious => "serious",
    }
}

fn degree_of(word: &str) -> Option<Degree> {
    [Degree::Minor, Degree::General, Degree::Serious].into_iter().find(|degree| degree_word(*degree) == word)
}
