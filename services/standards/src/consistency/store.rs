//! The international editions in force, what takes them over, and the marks of applicability. Not here: what counts, `rules.rs`; editions, `edition`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};
use model::instant::Day;

use super::rules::{Adoption, ApplicabilityMark, International};
use crate::{
    edition::rules::{Degree, RelationKind},
    schema::{edition, edition_applicability, edition_class, relation},
};

const INTERNATIONAL: &str = "international";

/// Which international editions.
#[derive(Clone, Debug, Default)]
pub struct Class {
    /// Of this class of the ICS or one below it.
    pub ics: Option<String>,
    /// Of this class of the CCS, or of those that begin so.
    pub ccs: Option<String>,
}

/// The international editions of a class that are in force on a day, by number.
///
/// # Errors
/// When the database fails.
pub fn international(conn: &mut Conn, class: &Class, day: Day) -> Result<Vec<International>> {
    let mut query = edition::table
        .filter(edition::level.eq(INTERNATIONAL))
        .filter(edition::current_from.le(day))
        .filter(edition::ended_from.is_null().or(edition::ended_from.gt(day)))
        .select((edition::id, edition::number))
        .order(edition::number.asc())
        .into_boxed();
    let of = |scheme: &'static str| edition_class::table.filter(edition_class::scheme.eq(scheme)).select(edition_class::edition);
    if let Some(code) = &class.ics {
        let below = edition_class::code.eq(code.clone()).or(edition_class::code.like(format!("{code}.%")));
        query = query.filter(edition::id.eq_any(of("ics").filter(below)));
    }
    if let Some(code) = &class.ccs {
        query = query.filter(edition::id.eq_any(of("ccs").filter(edition_class::code.like(format!("{code}%")))));
    }
    let rows: Vec<(String, String)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, number)| International { id, number, ics: Vec::new() }).collect())
}

/// The classes of the ICS of all international editions: edition and code, by code.
///
/// # Errors
/// When the database fails.
pub fn classes(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    let joined = edition_class::table.inner_join(edition::table.on(edition::id.eq(edition_class::edition)));
    let query = joined.filter(edition::level.eq(INTERNATIONAL)).filter(edition_class::scheme.eq("ics"));
    Ok(query.select((edition_class::edition, edition_class::code)).order(edition_class::code.asc()).load(conn)?)
}

type AdoptionRow = (String, String, Option<Day>, Option<Day>, Option<String>, String);

/// What editions of the catalogue take over, and whether those are in force on a day.
///
/// # Errors
/// When the database fails.
pub fn adoptions(conn: &mut Conn, day: Day) -> Result<Vec<Adoption>> {
    let rows: Vec<AdoptionRow> = relation::table
        .inner_join(edition::table.on(edition::number.eq(relation::from_number)))
        .filter(relation::kind.eq(RelationKind::Adopts.as_str()))
        .select((relation::from_number, edition::level, edition::current_from, edition::ended_from, relation::degree, relation::to_number))
        .order((relation::from_number.asc(), relation::to_number.asc()))
        .load(conn)?;
    let read = |(from, level, current_from, ended_from, degree, to): AdoptionRow| Adoption {
        holds: current_from.is_some_and(|from| from <= day) && ended_from.is_none_or(|from| day < from),
        degree: [Degree::Idt, Degree::Mod, Degree::Neq].into_iter().find(|known| degree.as_deref() == Some(known.as_str())),
        from,
        level,
        to,
    };
    Ok(rows.into_iter().map(read).collect())
}

fn marks(body: &str) -> Result<Vec<ApplicabilityMark>> {
    serde_json::from_str(body).map_err(Error::internal)
}

/// The marks of an edition, oldest first, and their version.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, edition: &str) -> Result<Option<(Vec<ApplicabilityMark>, i64)>> {
    let query = edition_applicability::table.find(edition).select((edition_applicability::body, edition_applicability::version));
    let row: Option<(String, i64)> = query.first(conn).optional()?;
    row.map(|(body, version)| Ok((marks(&body)?, version))).transpose()
}

/// The marks of all editions that have any.
///
/// # Errors
/// When the database fails.
pub fn marked(conn: &mut Conn) -> Result<Vec<(String, Vec<ApplicabilityMark>)>> {
    let query = edition_applicability::table.select((edition_applicability::edition, edition_applicability::body));
    let rows: Vec<(String, String)> = query.order(edition_applicability::edition.asc()).load(conn)?;
    rows.into_iter().map(|(edition, body)| Ok((edition, marks(&body)?))).collect()
}

/// Puts the marks of an edition.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, edition: &str, marks: &[ApplicabilityMark], version: i64) -> Result<()> {
    let body = serde_json::to_string(marks).map_err(Error::internal)?;
    let values =
        (edition_applicability::edition.eq(edition), edition_applicability::version.eq(version), edition_applicability::body.eq(body));
    if version == 1 {
        diesel::insert_into(edition_applicability::table).values(values).execute(conn)?;
    } else {
        diesel::update(edition_applicability::table.find(edition)).set(values).execute(conn)?;
    }
    Ok(())
}
