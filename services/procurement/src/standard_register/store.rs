//! Rows of what the register of standards tells. The tables stand here and not in `schema.rs`, which is as long as a file may be. Not here: what they mean,
//! `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use contracts::standards::EditionRecorded;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use model::standard_no::StandardNo;

use self::tables::{edition_row, edition_stricter};
use super::rules::Cited;

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

/// What a citation names, and what is stricter, as it stood at a position.
///
/// # Errors
/// When the database fails.
pub fn cited(conn: &mut Conn, citation: &str, at: i64) -> Result<Cited> {
    let Ok(number) = StandardNo::parse(citation) else { return Ok(Cited::default()) };
    let own = editions(conn, &[number.to_string()], at)?;
    let mut seen: Vec<String> = own.iter().map(|edition| edition.number.clone()).collect();
    let (mut last, mut found) = (seen.clone(), Vec::new());
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
        found.extend(last.iter().cloned());
    }
    // `editions` reads undated numbers as well; what is stricter is always a dated one.
    let stricter = if found.is_empty() { Vec::new() } else { editions(conn, &found, at)? };
    Ok(Cited { own, stricter })
}
