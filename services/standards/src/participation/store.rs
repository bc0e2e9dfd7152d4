//! Rows of drafters. Not here: counting them, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::Result,
};
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl};
use model::uscc::Uscc;

use super::rules::{Drafter, DraftingPart, Taken};
use crate::schema::{edition, edition_drafter, edition_drafting};

fn part(word: &str) -> DraftingPart {
    if word == DraftingPart::Lead.as_str() { DraftingPart::Lead } else { DraftingPart::Participating }
}

/// The drafters of an edition in their order, and the version of the list.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, edition: &str) -> Result<Option<(Vec<Drafter>, i64)>> {
    let version: Option<i64> = edition_drafting::table.find(edition).select(edition_drafting::version).first(conn).optional()?;
    let Some(version) = version else { return Ok(None) };
    let rows: Vec<(String, String)> = edition_drafter::table
        .filter(edition_drafter::edition.eq(edition))
        .select((edition_drafter::organisation, edition_drafter::part))
        .order(edition_drafter::place.asc())
        .load(conn)?;
    let read = |(organisation, word): (String, String)| Ok(Drafter { organisation: Uscc::parse(&organisation)?, part: part(&word) });
    Ok(Some((rows.into_iter().map(read).collect::<Result<_>>()?, version)))
}

/// Puts the list of an edition.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, edition: &str, drafters: &[Drafter], version: i64, by: &str) -> Result<()> {
    let values = (
        edition_drafting::edition.eq(edition),
        edition_drafting::version.eq(version),
        edition_drafting::recorded_by.eq(by),
        edition_drafting::recorded_at.eq(tx.now().naive_utc()),
    );
    if version == 1 {
        diesel::insert_into(edition_drafting::table).values(values).execute(tx.conn)?;
    } else {
        diesel::update(edition_drafting::table.find(edition)).set(values).execute(tx.conn)?;
        diesel::delete(edition_drafter::table.filter(edition_drafter::edition.eq(edition))).execute(tx.conn)?;
    }
    for (place, drafter) in (0_i32..).zip(drafters) {
        let row = (
            edition_drafter::edition.eq(edition),
            edition_drafter::organisation.eq(drafter.organisation.as_str()),
            edition_drafter::part.eq(drafter.part.as_str()),
            edition_drafter::place.eq(place),
        );
        diesel::insert_into(edition_drafter::table).values(row).execute(tx.conn)?;
    }
    Ok(())
}

/// Which parts are counted.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Of this organisation.
    pub organisation: Option<String>,
    /// In editions of this year or later.
    pub from: Option<i32>,
    /// In editions of this year or earlier.
    pub to: Option<i32>,
}

/// The organisations that have a part, by code; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn organisations(conn: &mut Conn, search: &Search, after: Option<&str>, limit: i64) -> Result<Vec<String>> {
    let joined = edition_drafter::table.inner_join(edition::table.on(edition::id.eq(edition_drafter::edition)));
    let mut query = joined.select(edition_drafter::organisation).distinct().order(edition_drafter::organisation.asc()).into_boxed();
    if let Some(organisation) = &search.organisation {
        query = query.filter(edition_drafter::organisation.eq(organisation.clone()));
    }
    if let Some(from) = search.from {
        query = query.filter(edition::year.ge(from));
    }
    if let Some(to) = search.to {
        query = query.filter(edition::year.le(to));
    }
    if let Some(after) = after {
        query = query.filter(edition_drafter::organisation.gt(after.to_owned()));
    }
    Ok(query.limit(limit.saturating_add(1)).load(conn)?)
}

type TakenRow = (String, String, Option<i32>, String);

/// The parts of these organisations, or of all.
///
/// # Errors
/// When the database fails.
pub fn parts(conn: &mut Conn, search: &Search, of: Option<&[String]>) -> Result<Vec<Taken>> {
    let joined = edition_drafter::table.inner_join(edition::table.on(edition::id.eq(edition_drafter::edition)));
    let columns = (edition_drafter::organisation, edition::level, edition::year, edition_drafter::part);
    let mut query = joined.select(columns).order((edition_drafter::organisation.asc(), edition::number.asc())).into_boxed();
    if let Some(organisation) = &search.organisation {
        query = query.filter(edition_drafter::organisation.eq(organisation.clone()));
    }
    if let Some(from) = search.from {
        query = query.filter(edition::year.ge(from));
    }
    if let Some(to) = search.to {
        query = query.filter(edition::year.le(to));
    }
    if let Some(of) = of {
        query = query.filter(edition_drafter::organisation.eq_any(of.to_vec()));
    }
    let rows: Vec<TakenRow> = query.load(conn)?;
    let read =
        |(organisation, level, year, word): TakenRow| Taken { organisation, level, year: year.unwrap_or_default(), part: part(&word) };
    Ok(rows.into_iter().map(read).collect())
}

/// The editions that an organisation drafted, by number, with its part: number and part; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn of_organisation(conn: &mut Conn, organisation: &str, after: Option<&str>, limit: i64) -> Result<Vec<(String, DraftingPart)>> {
    let rows: Vec<(String, String)> = edition_drafter::table
        .inner_join(edition::table.on(edition::id.eq(edition_drafter::edition)))
        .filter(edition_drafter::organisation.eq(organisation))
        .filter(edition::number.gt(after.unwrap_or_default()))
        .select((edition::number, edition_drafter::part))
        .order(edition::number.asc())
        .limit(limit.saturating_add(1))
        .load(conn)?;
    Ok(rows.into_iter().map(|(number, word)| (number, part(&word))).collect())
}
