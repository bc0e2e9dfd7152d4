//! Rows of tenders and the numbers that they cite. Not here: editions, `edition::store`.

use common::{
    db::{Conn, Tx},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use self::tables::{tender, tender_citation};

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        tender (id) {
            id -> Text,
            version -> BigInt,
            organisation -> Text,
            title -> Text,
            cut_off -> Timestamp,
            open -> Bool,
        }
    }

    diesel::table! {
        tender_citation (tender, number) {
            tender -> Text,
            number -> Text,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(tender, tender_citation);
}

/// A tender that cites standards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitingTender {
    /// Chosen by the buyer.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// The buyer, a Unified Social Credit Code.
    pub organisation: String,
    /// What is bought.
    pub title: String,
    /// Until when bids come in.
    pub cut_off: Instant,
    /// Whether it still runs.
    pub open: bool,
}

/// Puts what a version of a tender cites in the place of what an older one cited; tells whether it was newer.
///
/// # Errors
/// When the database fails.
pub fn put(tx: &mut Tx<'_>, told: &CitingTender, numbers: &[String]) -> Result<bool> {
    let known: Option<i64> = tender::table.find(&told.id).select(tender::version).first(tx.conn).optional()?;
    if known.is_some_and(|version| version >= told.version) {
        return Ok(false);
    }
    diesel::delete(tender_citation::table.filter(tender_citation::tender.eq(&told.id))).execute(tx.conn)?;
    diesel::delete(tender::table.find(&told.id)).execute(tx.conn)?;
    diesel::insert_into(tender::table)
        .values((
            tender::id.eq(&told.id),
            tender::version.eq(told.version),
            tender::organisation.eq(&told.organisation),
            tender::title.eq(&told.title),
            tender::cut_off.eq(told.cut_off.naive_utc()),
            tender::open.eq(told.open),
        ))
        .execute(tx.conn)?;
    for number in numbers {
        diesel::insert_into(tender_citation::table)
            .values((tender_citation::tender.eq(&told.id), tender_citation::number.eq(number)))
            .execute(tx.conn)?;
    }
    Ok(true)
}

/// The open tenders that cite one of these numbers and still take bids, by id.
///
/// # Errors
/// When the database fails.
pub fn citing(conn: &mut Conn, numbers: &[String], now: Instant, limit: i64) -> Result<Vec<CitingTender>> {
    type Row = (String, i64, String, String, chrono::NaiveDateTime, bool);
    let of = tender_citation::table.filter(tender_citation::number.eq_any(numbers)).select(tender_citation::tender);
    let rows: Vec<Row> = tender::table
        .filter(tender::id.eq_any(of))
        .filter(tender::open.eq(true))
        .filter(tender::cut_off.gt(now.naive_utc()))
        .order(tender::id.asc())
        .select((tender::id, tender::version, tender::organisation, tender::title, tender::cut_off, tender::open))
        .limit(limit)
        .load(conn)?;
    let read = |(id, version, organisation, title, cut_off, open): Row| CitingTender {
        id,
        version,
        organisation,
        title,
        cut_off: Instant::from_naive_utc(cut_off),
        open,
    };
    Ok(rows.into_iter().map(read).collect())
}
