//! Rows of marks. Not here: who may set one, `actions.rs`.

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::Conn,
    error::{Error, Result},
};
use contracts::credit::{Fact, Mark, MarkKind};
use diesel::{BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use model::instant::Instant;

use crate::schema::{fact, fact_mark};

/// A mark as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// `mrk_…`.
    pub id: String,
    /// The marked fact.
    pub fact: String,
    /// The mark.
    pub mark: Mark,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fact_mark)]
struct Row {
    id: String,
    fact: String,
    enterprise: String,
    kind: String,
    from_on: NaiveDate,
    to_on: Option<NaiveDate>,
    ground: String,
    recorded_at: NaiveDateTime,
    recorded_by: String,
    ended_at: Option<NaiveDateTime>,
}

/// Adds a mark to a fact.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, id: String, fact: &Fact, mark: &Mark, now: Instant, by: &str) -> Result<()> {
    let row = Row {
        id,
        fact: fact.id.clone(),
        enterprise: fact.enterprise.as_str().to_owned(),
        kind: kind_word(mark.kind).to_owned(),
        from_on: mark.from,
        to_on: mark.to,
        ground: mark.ground.clone(),
        recorded_at: now.naive_utc(),
        recorded_by: by.to_owned(),
        ended_at: None,
    };
    diesel::insert_into(fact_mark::table).values(row).execute(conn)?;
    Ok(())
}

/// Ends a mark's time on the second axis.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: &str, now: Instant) -> Result<()> {
    diesel::update(fact_mark::table.find(id).filter(fact_mark::ended_at.is_null()))
        .set(fact_mark::ended_at.eq(now.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// The marks that stand on these facts, as known at an instant; now where none is said. In the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn of_facts(conn: &mut Conn, facts: &[String], known_at: Option<Instant>) -> Result<Vec<Kept>> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = fact_mark::table.filter(fact_mark::fact.eq_any(facts)).order(fact_mark::id.asc()).select(Row::as_select()).into_boxed();
    query = match known_at.map(Instant::naive_utc) {
        Some(known) => {
            query.filter(fact_mark::recorded_at.le(known)).filter(fact_mark::ended_at.is_null().or(fact_mark::ended_at.gt(known)))
        }
        None => query.filter(fact_mark::ended_at.is_null()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(kept).collect()
}

/// The marks on all facts of many enterprises, as known at an instant, in one query. In the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn of_enterprises(conn: &mut Conn, enterprises: &[String], known_at: Instant) -> Result<Vec<Kept>> {
    let known = known_at.naive_utc();
    let facts = fact::table.filter(fact::enterprise.eq_any(enterprises)).select(fact::id);
    let rows: Vec<Row> = fact_mark::table
        .filter(fact_mark::fact.eq_any(facts))
        .filter(fact_mark::recorded_at.le(known))
        .filter(fact_mark::ended_at.is_null().or(fact_mark::ended_at.gt(known)))
        .order(fact_mark::id.asc())
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(kept).collect()
}

fn kept(row: Row) -> Result<Kept> {
    let kind = kind_of(&row.kind).ok_or_else(|| Error::internal(format!("no kind of mark: {}", row.kind)))?;
    Ok(Kept { id: row.id, fact: row.fact, mark: Mark { kind, from: row.from_on, to: row.to_on, ground: row.ground } })
}

const fn kind_word(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::UnderObjection => "under_objection",
        MarkKind::Stayed => "stayed",
        MarkKind::Repaired => "repaired",
        MarkKind::Masked => "masked",
    }
}

fn kind_of(word: &str) -> Option<MarkKind> {
    [MarkKind::UnderObjection, MarkKind::Stayed, MarkKind::Repaired, MarkKind::Masked].into_iter().find(|kind| kind_word(*kind) == word)
}
