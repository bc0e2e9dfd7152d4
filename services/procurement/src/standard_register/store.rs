//! Rows of what the register of standards tells. The tables stand here and not in `schema.rs`, which is as long as a file may be. Not here: what they mean,
//! `rules.rs`.

use std::collections::{BTreeMap, BTreeSet};

use common::{
    db::{Conn, Portable, Tx},
    error::{Error, Result},
};
use contracts::standards::EditionRecorded;
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::standard_no::StandardNo;

use self::tables::{edition_row, edition_stricter, register_cursor, register_interest};
use super::rules::{Cited, Stricter};

mod tables {
    diesel::table! {
        edition_row (number, from_position) {
            number -> Text,
            standard -> Text,
            from_position -> BigInt,
            to_position -> Nullable<BigInt>,
            body -> Text,
        }
    }

    diesel::table! {
        edition_stricter (number, looser, from_position) {
            number -> Text,
            looser -> Text,
            from_position -> BigInt,
            to_position -> Nullable<BigInt>,
        }
    }

    diesel::table! {
        register_interest (job, id) {
            job -> Text,
            id -> Text,
        }
    }

    diesel::table! {
        register_cursor (job) {
            job -> Text,
            position -> BigInt,
        }
    }
}

/// A chain of comparisons is followed so far.
const STEPS_MAX: usize = 8;

/// Puts what is told in the place of what stood.
///
/// # Errors
/// When the database fails.
pub fn put(tx: &mut Tx<'_>, told: &EditionRecorded, position: i64) -> Result<()> {
    let row = edition_row::table.filter(edition_row::number.eq(&told.number)).filter(edition_row::to_position.is_null());
    diesel::update(row).set(edition_row::to_position.eq(position)).execute(tx.conn)?;
    diesel::insert_into(edition_row::table)
        .values((
            edition_row::number.eq(&told.number),
            edition_row::standard.eq(&told.standard),
            edition_row::from_position.eq(position),
            edition_row::body.eq(serde_json::to_string(told).map_err(Error::internal)?),
        ))
        .execute(tx.conn)?;
    let rows = edition_stricter::table.filter(edition_stricter::number.eq(&told.number)).filter(edition_stricter::to_position.is_null());
    diesel::update(rows).set(edition_stricter::to_position.eq(position)).execute(tx.conn)?;
    for looser in &told.stricter_than {
        diesel::insert_into(edition_stricter::table)
            .values((
                edition_stricter::number.eq(&told.number),
                edition_stricter::looser.eq(looser),
                edition_stricter::from_position.eq(position),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The editions of numbers, dated or undated, as they stood at a position.
fn editions(conn: &mut Conn, numbers: &[String], at: i64) -> Result<Vec<EditionRecorded>> {
    let bodies: Vec<String> = edition_row::table
        .filter(edition_row::number.eq_any(numbers).or(edition_row::standard.eq_any(numbers)))
        .filter(edition_row::from_position.le(at))
        .filter(edition_row::to_position.is_null().or(edition_row::to_position.gt(at)))
        .order(edition_row::number.asc())
        .select(edition_row::body)
        .load(conn)?;
    bodies.into_iter().map(|body| serde_json::from_str(&body).map_err(Error::internal)).collect()
}

/// What a citation names, and what is stricter, as it stood at a position. An amendment sheet is no edition of an undated citation.
///
/// # Errors
/// When the database fails.
pub fn cited(conn: &mut Conn, citation: &str, at: i64) -> Result<Cited> {
    let Ok(number) = StandardNo::parse(citation) else { return Ok(Cited::default()) };
    let dated = number.year().is_some();
    let is_edition =
        |edition: &EditionRecorded| dated || StandardNo::parse(&edition.number).is_ok_and(|number| number.amendments().is_empty());
    let own: Vec<EditionRecorded> = editions(conn, &[number.own().to_owned()], at)?.into_iter().filter(is_edition).collect();
    let mut above: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for root in &own {
        for stricter in stricter_than(conn, &root.number, at)? {
            above.entry(stricter).or_default().insert(root.number.clone());
        }
    }
    let numbers: Vec<String> = above.keys().cloned().collect();
    let found = if numbers.is_empty() { Vec::new() } else { editions(conn, &numbers, at)? };
    // `editions` reads undated numbers as well; what is stricter is always a dated one.
    let stricter = found.into_iter().filter_map(|edition| above.get(&edition.number).cloned().map(|above| Stricter { edition, above }));
    Ok(Cited { dated, stricter: stricter.collect(), own })
}

/// The numbers that are stricter than one, also by a chain of comparisons.
fn stricter_than(conn: &mut Conn, number: &str, at: i64) -> Result<Vec<String>> {
    let (mut seen, mut last) = (vec![number.to_owned()], vec![number.to_owned()]);
    for _ in 0..STEPS_MAX {
        let next: Vec<String> = edition_stricter::table
            .filter(edition_stricter::looser.eq_any(&last))
            .filter(edition_stricter::from_position.le(at))
            .filter(edition_stricter::to_position.is_null().or(edition_stricter::to_position.gt(at)))
            .order(edition_stricter::number.asc())
            .select(edition_stricter::number)
            .load(conn)?;
        last = next.into_iter().filter(|number| !seen.contains(number)).collect();
        last.dedup();
        if last.is_empty() {
            break;
        }
        seen.extend(last.iter().cloned());
    }
    Ok(seen.into_iter().skip(1).collect())
}

/// Notes that something was decided with the register as a source, for a job that asks it again when the register moves.
///
/// # Errors
/// When the database fails.
pub fn take_interest(conn: &mut Conn, job: &str, id: &str) -> Result<()> {
    let row = (register_interest::job.eq(job), register_interest::id.eq(id));
    Portable(diesel::insert_into(register_interest::table).values(row).on_conflict_do_nothing()).execute(conn)?;
    Ok(())
}

/// What a job asks again when the register moves.
///
/// # Errors
/// When the database fails.
pub fn interested(conn: &mut Conn, job: &str) -> Result<Vec<String>> {
    let query = register_interest::table.filter(register_interest::job.eq(job)).order(register_interest::id.asc());
    Ok(query.select(register_interest::id).load(conn)?)
}

/// Gives the interest in these up.
///
/// # Errors
/// When the database fails.
pub fn lose_interest(conn: &mut Conn, job: &str, ids: &[String]) -> Result<()> {
    let gone = register_interest::table.filter(register_interest::job.eq(job)).filter(register_interest::id.eq_any(ids));
    diesel::delete(gone).execute(conn)?;
    Ok(())
}

/// How far a job has noted the register's moves; none before its first look.
///
/// # Errors
/// When the database fails.
pub fn noted(conn: &mut Conn, job: &str) -> Result<i64> {
    let found: Option<i64> = register_cursor::table.find(job).select(register_cursor::position).first(conn).optional()?;
    Ok(found.unwrap_or(0))
}

/// Writes how far a job has noted them.
///
/// # Errors
/// When the database fails.
pub fn note(conn: &mut Conn, job: &str, position: i64) -> Result<()> {
    let upsert = diesel::insert_into(register_cursor::table)
        .values((register_cursor::job.eq(job), register_cursor::position.eq(position)))
        .on_conflict(register_cursor::job)
        .do_update()
        .set(register_cursor::position.eq(position));
    Portable(upsert).execute(conn)?;
    Ok(())
}
