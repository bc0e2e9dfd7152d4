//! Rows of standards, editions and their relations. Not here: what their days mean, `rules.rs`.

use common::{
    db::{Conn, Portable, Tx},
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};
use model::{
    instant::{Day, Instant},
    standard_no::StandardNo,
};
use serde::{Deserialize, Serialize};

use super::rules::{Degree, Ended, Entry, Relation, RelationKind, Status, Windows};
use crate::schema::{edition, edition_class, edition_version, relation, standard};

/// An edition as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// `edn_…`.
    pub id: String,
    /// The standard that it is an edition of, `std_…`.
    pub standard: String,
    /// What is said of it.
    pub entry: Entry,
    /// The windows of its life.
    pub windows: Windows,
    /// Counted from 1.
    pub version: i64,
    /// When this version was recorded.
    pub recorded_at: Instant,
}

#[derive(Serialize, Deserialize)]
struct Body {
    entry: Entry,
    windows: Windows,
}

/// A standard: what its undated number names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    /// `std_…`.
    pub id: String,
    /// The undated number.
    pub number: String,
    /// National, industry and so on, as the number says.
    pub level: String,
}

type Row = (String, String, String, i64, chrono::NaiveDateTime);

fn read((id, standard, body, version, recorded_at): Row) -> Result<Stored> {
    let Body { entry, windows } = serde_json::from_str(&body).map_err(Error::internal)?;
    Ok(Stored { id, standard, entry, windows, version, recorded_at: Instant::from_naive_utc(recorded_at) })
}

type Columns = (edition::id, edition::standard, edition::body, edition::version, edition::recorded_at);

const fn columns() -> Columns {
    (edition::id, edition::standard, edition::body, edition::version, edition::recorded_at)
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    edition::table.find(id).select(columns()).first(conn).optional()?.map(read).transpose()
}

/// One by its number.
///
/// # Errors
/// When the database fails.
pub fn by_number(conn: &mut Conn, number: &str) -> Result<Option<Stored>> {
    edition::table.filter(edition::number.eq(number)).select(columns()).first(conn).optional()?.map(read).transpose()
}

/// Those of these numbers that there are.
///
/// # Errors
/// When the database fails.
pub fn by_numbers(conn: &mut Conn, numbers: &[String]) -> Result<Vec<Stored>> {
    let rows: Vec<Row> =
        edition::table.filter(edition::number.eq_any(numbers)).select(columns()).order(edition::number.asc()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// All editions of a standard, by number.
///
/// # Errors
/// When the database fails.
pub fn of_standard(conn: &mut Conn, id: &str) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = edition::table.filter(edition::standard.eq(id)).select(columns()).order(edition::number.asc()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The versions of what was said of an edition, oldest first: version, when, by whom, what.
///
/// # Errors
/// When the database fails.
pub fn versions(conn: &mut Conn, id: &str) -> Result<Vec<(i64, Instant, String, Entry)>> {
    let rows: Vec<(i64, chrono::NaiveDateTime, String, String)> = edition_version::table
        .filter(edition_version::edition.eq(id))
        .select((edition_version::version, edition_version::recorded_at, edition_version::recorded_by, edition_version::body))
        .order(edition_version::version.asc())
        .load(conn)?;
    let read = |(version, at, by, body): (i64, chrono::NaiveDateTime, String, String)| {
        let body: Body = serde_json::from_str(&body).map_err(Error::internal)?;
        Ok((version, Instant::from_naive_utc(at), by, body.entry))
    };
    rows.into_iter().map(read).collect()
}

/// A standard by its id.
///
/// # Errors
/// When the database fails.
pub fn standard(conn: &mut Conn, id: &str) -> Result<Option<Standard>> {
    let found = standard::table.find(id).select((standard::id, standard::number, standard::level)).first(conn).optional()?;
    Ok(found.map(|(id, number, level)| Standard { id, number, level }))
}

/// A standard by its undated number.
///
/// # Errors
/// When the database fails.
pub fn standard_numbered(conn: &mut Conn, number: &str) -> Result<Option<Standard>> {
    let query = standard::table.filter(standard::number.eq(number)).select((standard::id, standard::number, standard::level));
    Ok(query.first(conn).optional()?.map(|(id, number, level)| Standard { id, number, level }))
}

/// The standards whose maker and sequence are these, whatever their marks: `GB` and `20223` for GB, GB/T and GB/Z 20223 and their parts.
///
/// # Errors
/// When the database fails.
pub fn namesakes(conn: &mut Conn, body: &str, sequence: &str) -> Result<Vec<Standard>> {
    let rows: Vec<(String, String, String)> = standard::table
        .filter(standard::body.eq(body))
        .filter(standard::sequence.eq(sequence))
        .select((standard::id, standard::number, standard::level))
        .order(standard::number.asc())
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, number, level)| Standard { id, number, level }).collect())
}

/// The word of a level.
#[must_use]
pub fn level_of(number: &StandardNo) -> String {
    serde_json::to_value(number.level()).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The standard of a number; one that is new is added.
///
/// # Errors
/// When the database fails.
pub fn standard_of(tx: &mut Tx<'_>, number: &StandardNo) -> Result<Standard> {
    if let Some(found) = standard_numbered(tx.conn, number.undated())? {
        return Ok(found);
    }
    let made = Standard { id: tx.id("std"), number: number.undated().to_owned(), level: level_of(number) };
    diesel::insert_into(standard::table)
        .values((
            standard::id.eq(&made.id),
            standard::number.eq(&made.number),
            standard::level.eq(&made.level),
            standard::body.eq(number.body()),
            standard::sequence.eq(number.number()),
            standard::recorded_at.eq(tx.now().naive_utc()),
        ))
        .execute(tx.conn)?;
    Ok(made)
}

/// Puts an edition in the place of what stood, with its next version.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, stored: &Stored, folded: &str, by: &str) -> Result<()> {
    let Stored { entry, windows, .. } = stored;
    let body = serde_json::to_string(&Body { entry: entry.clone(), windows: windows.clone() }).map_err(Error::internal)?;
    let ended = windows.ended.map(|ended| if ended == Ended::Replaced { "replaced" } else { "withdrawn" });
    let values = (
        edition::id.eq(&stored.id),
        edition::standard.eq(&stored.standard),
        edition::number.eq(entry.number.as_str()),
        edition::year.eq(entry.number.year().map(i32::from)),
        edition::level.eq(level_of(&entry.number)),
        edition::publisher.eq(&entry.publisher),
        edition::folded.eq(folded),
        edition::current_from.eq(windows.current_from),
        edition::superseded_from.eq(windows.superseded_from),
        edition::ended_from.eq(windows.ended_from),
        edition::ended.eq(ended),
        edition::version.eq(stored.version),
        edition::recorded_at.eq(stored.recorded_at.naive_utc()),
        edition::body.eq(&body),
    );
    if stored.version == 1 {
        diesel::insert_into(edition::table).values(values).execute(tx.conn)?;
    } else {
        diesel::update(edition::table.find(&stored.id)).set(values).execute(tx.conn)?;
        diesel::delete(edition_class::table.filter(edition_class::edition.eq(&stored.id))).execute(tx.conn)?;
    }
    diesel::insert_into(edition_version::table)
        .values((
            edition_version::edition.eq(&stored.id),
            edition_version::version.eq(stored.version),
            edition_version::recorded_at.eq(stored.recorded_at.naive_utc()),
            edition_version::recorded_by.eq(by),
            edition_version::body.eq(&body),
        ))
        .execute(tx.conn)?;
    let classes = entry.ics.iter().map(|code| ("ics", code)).chain(entry.ccs.iter().map(|code| ("ccs", code)));
    for (scheme, code) in classes {
        let row = (edition_class::edition.eq(&stored.id), edition_class::scheme.eq(scheme), edition_class::code.eq(code));
        Portable(diesel::insert_into(edition_class::table).values(row).on_conflict_do_nothing()).execute(tx.conn)?;
    }
    Ok(())
}

type RelationRow = (String, String, String, Option<String>, String, Option<String>);

fn relation_of((from, kind, to, degree, source, note): RelationRow) -> Option<Relation> {
    let kind = RelationKind::ALL.into_iter().find(|(word, _)| *word == kind).map(|(_, kind)| kind)?;
    let degree = degree.and_then(|word| [Degree::Idt, Degree::Mod, Degree::Neq].into_iter().find(|degree| degree.as_str() == word));
    Some(Relation { from, kind, to, degree, source, note })
}

/// The relations of a number, what it says of others and what others say of it.
///
/// # Errors
/// When the database fails.
pub fn relations(conn: &mut Conn, number: &str) -> Result<Vec<Relation>> {
    let rows: Vec<RelationRow> = relation::table
        .filter(relation::from_number.eq(number).or(relation::to_number.eq(number)))
        .select((relation::from_number, relation::kind, relation::to_number, relation::degree, relation::source, relation::note))
        .order((relation::kind.asc(), relation::from_number.asc(), relation::to_number.asc()))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(relation_of).collect())
}

/// The numbers to which these stand in a relation.
///
/// # Errors
/// When the database fails.
pub fn targets(conn: &mut Conn, from: &[String], kind: RelationKind) -> Result<Vec<String>> {
    let query = relation::table.filter(relation::from_number.eq_any(from)).filter(relation::kind.eq(kind.as_str()));
    Ok(query.select(relation::to_number).order(relation::to_number.asc()).load(conn)?)
}

/// The numbers that stand in a relation to these.
///
/// # Errors
/// When the database fails.
pub fn origins(conn: &mut Conn, to: &[String], kind: RelationKind) -> Result<Vec<String>> {
    let query = relation::table.filter(relation::to_number.eq_any(to)).filter(relation::kind.eq(kind.as_str()));
    Ok(query.select(relation::from_number).order(relation::from_number.asc()).load(conn)?)
}

/// Adds a relation, or replaces its degree, source and note; tells whether anything changed.
///
/// # Errors
/// When the database fails.
pub fn relate(tx: &mut Tx<'_>, new: &Relation) -> Result<bool> {
    let key = (new.from.as_str(), new.kind.as_str(), new.to.as_str());
    let columns = (relation::from_number, relation::kind, relation::to_number, relation::degree, relation::source, relation::note);
    let known: Option<RelationRow> = relation::table.find(key).select(columns).first(tx.conn).optional()?;
    if known.and_then(relation_of).as_ref() == Some(new) {
        return Ok(false);
    }
    diesel::delete(relation::table.find(key)).execute(tx.conn)?;
    diesel::insert_into(relation::table)
        .values((
            relation::from_number.eq(&new.from),
            relation::kind.eq(new.kind.as_str()),
            relation::to_number.eq(&new.to),
            relation::degree.eq(new.degree.map(Degree::as_str)),
            relation::source.eq(&new.source),
            relation::note.eq(&new.note),
            relation::recorded_at.eq(tx.now().naive_utc()),
        ))
        .execute(tx.conn)?;
    Ok(true)
}

/// What a source says of a number's relations to others.
///
/// # Errors
/// When the database fails.
pub fn said_by(conn: &mut Conn, from: &str, source: &str) -> Result<Vec<(RelationKind, String)>> {
    let rows: Vec<(String, String)> = relation::table
        .filter(relation::from_number.eq(from))
        .filter(relation::source.eq(source))
        .select((relation::kind, relation::to_number))
        .load(conn)?;
    let kind = |word: &str| RelationKind::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, kind)| kind);
    Ok(rows.into_iter().filter_map(|(word, to)| Some((kind(&word)?, to))).collect())
}

/// Takes a relation back; tells whether it stood.
///
/// # Errors
/// When the database fails.
pub fn unrelate(conn: &mut Conn, from: &str, kind: RelationKind, to: &str) -> Result<bool> {
    Ok(diesel::delete(relation::table.find((from, kind.as_str(), to))).execute(conn)? > 0)
}

/// What a list of editions asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// This number, dated or undated.
    pub number: Option<String>,
    /// This class of the ICS or one below it.
    pub ics: Option<String>,
    /// This class of the CCS.
    pub ccs: Option<String>,
    /// Issued by whom.
    pub publisher: Option<String>,
    /// Of this level.
    pub level: Option<String>,
    /// With this status on the day.
    pub status: Option<(Status, Day)>,
    /// With these words, folded, in title or number.
    pub folded: Option<String>,
    /// After this number.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The editions that a list asks for, by number; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = edition::table.select(columns()).order(edition::number.asc()).into_boxed();
    if let Some(number) = &search.number {
        let of = standard::table.filter(standard::number.eq(number.clone())).select(standard::id);
        query = query.filter(edition::number.eq(number.clone()).or(edition::standard.eq_any(of)));
    }
    let class = |scheme: &'static str| edition_class::table.filter(edition_class::scheme.eq(scheme)).select(edition_class::edition);
    if let Some(code) = &search.ics {
        let below = edition_class::code.eq(code.clone()).or(edition_class::code.like(format!("{code}.%")));
        query = query.filter(edition::id.eq_any(class("ics").filter(below)));
    }
    if let Some(code) = &search.ccs {
        query = query.filter(edition::id.eq_any(class("ccs").filter(edition_class::code.like(format!("{code}%")))));
    }
    if let Some(publisher) = &search.publisher {
        query = query.filter(edition::publisher.eq(publisher.clone()));
    }
    if let Some(level) = &search.level {
        query = query.filter(edition::level.eq(level.clone()));
    }
    if let Some(folded) = &search.folded {
        query = query.filter(edition::folded.like(format!("%{folded}%")));
    }
    if let Some((status, day)) = search.status {
        let runs = edition::ended_from.is_null().or(edition::ended_from.gt(day));
        let has_begun = edition::current_from.le(day);
        let is_superseded = edition::superseded_from.le(day);
        query = match status {
            Status::Replaced => query.filter(edition::ended_from.le(day)).filter(edition::ended.eq("replaced")),
            Status::Withdrawn => query.filter(edition::ended_from.le(day)).filter(edition::ended.eq("withdrawn")),
            Status::Upcoming => query.filter(runs).filter(edition::current_from.is_null().or(edition::current_from.gt(day))),
            Status::CurrentTransitional => query.filter(runs).filter(has_begun).filter(is_superseded),
            Status::Current => {
                query.filter(runs).filter(has_begun).filter(edition::superseded_from.is_null().or(edition::superseded_from.gt(day)))
            }
        };
    }
    if let Some(after) = &search.after {
        query = query.filter(edition::number.gt(after.clone()));
    }
    let rows: Vec<Row> = query.limit(search.limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
