//! Rows of awards. Not here: their clocks, `deadline::store`; which step is allowed, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, uscc::Uscc};
use serde::Deserialize;

use super::rules::{Award, State};
use crate::{
    deadline::{self, store::Matter},
    schema::{award, decision, evaluation},
};

/// The word of a path for the one lot of a tender without lots.
pub const WHOLE: &str = "-";

/// An award with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The award, its clocks included.
    pub award: Award,
    /// Counted from 1.
    pub version: i64,
}

fn matter(award: &Award) -> Matter {
    Matter { id: award.id.clone(), tender: award.tender.clone(), lot: Some(award.lot.clone()), buyer: award.buyer.clone() }
}

/// Adds one as version 1.
///
/// # Errors
/// When the database fails, or another stands for the lot.
pub fn insert(conn: &mut Conn, made: &Award) -> Result<Stored> {
    diesel::insert_into(award::table)
        .values((
            award::id.eq(&made.id),
            award::tender.eq(&made.tender),
            award::lot.eq(&made.lot),
            award::buyer.eq(made.buyer.as_str()),
            award::winner.eq(made.winner.as_str()),
            award::state.eq(made.state.as_str()),
            award::public.eq(made.notice.is_some()),
            award::version.eq(1_i64),
            award::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    deadline::store::save(conn, &matter(made), &made.deadlines)?;
    Ok(Stored { award: made.clone(), version: 1 })
}

/// Puts the next version in the place of one.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, moved: &Award, version: i64) -> Result<Stored> {
    let next = version.saturating_add(1);
    diesel::update(award::table.find(&moved.id).filter(award::version.eq(version)))
        .set((
            award::state.eq(moved.state.as_str()),
            award::public.eq(moved.notice.is_some()),
            award::version.eq(next),
            award::body.eq(serde_json::to_string(moved).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    deadline::store::save(conn, &matter(moved), &moved.deadlines)?;
    Ok(Stored { award: moved.clone(), version: next })
}

fn with_clocks(conn: &mut Conn, rows: Vec<(String, i64)>) -> Result<Vec<Stored>> {
    let read = |(body, version): (String, i64)| Ok(Stored { award: serde_json::from_str(&body).map_err(Error::internal)?, version });
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<Stored>>>()?;
    let ids: Vec<String> = all.iter().map(|stored| stored.award.id.clone()).collect();
    let clocks = deadline::store::of(conn, &ids)?;
    for stored in &mut all {
        let own = clocks.iter().filter(|(matter, _)| *matter == stored.award.id);
        stored.award.deadlines = own.map(|(_, deadline)| deadline.clone()).collect();
    }
    Ok(all)
}

/// The newest award of a lot, whether it stands or not.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, tender: &str, lot: &str) -> Result<Option<Stored>> {
    let rows = award::table.filter(award::tender.eq(tender)).filter(award::lot.eq(lot));
    let row = rows.order(award::id.desc()).select((award::body, award::version)).first(conn).optional()?;
    Ok(with_clocks(conn, row.into_iter().collect())?.pop())
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    let row = award::table.find(id).select((award::body, award::version)).first(conn).optional()?;
    Ok(with_clocks(conn, row.into_iter().collect())?.pop())
}

/// The awards of a tender that stand, of one lot or of all.
///
/// # Errors
/// When the database fails.
pub fn standing(conn: &mut Conn, tender: &str, lot: Option<&str>) -> Result<Vec<Stored>> {
    let states: Vec<&str> = [State::Awarded, State::Noticed, State::Contracted].map(State::as_str).to_vec();
    let mut query = award::table
        .filter(award::tender.eq(tender))
        .filter(award::state.eq_any(states))
        .order(award::id.asc())
        .select((award::body, award::version))
        .into_boxed();
    if let Some(lot) = lot {
        query = query.filter(award::lot.eq(lot.to_owned()));
    }
    let rows = query.load(conn)?;
    with_clocks(conn, rows)
}

/// Awards whose result was made public, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn public(conn: &mut Conn, tender: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = award::table.filter(award::public.eq(true)).order(award::id.asc()).select((award::body, award::version)).into_boxed();
    if let Some(tender) = tender {
        query = query.filter(award::tender.eq(tender.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(award::id.gt(after.to_owned()));
    }
    let rows = query.limit(limit.saturating_add(1)).load(conn)?;
    with_clocks(conn, rows)
}

/// What a decision says of a tender.
#[derive(Clone, Debug, Deserialize)]
pub struct Decided {
    /// `dec_…`.
    pub id: String,
    /// About whom.
    pub supplier: String,
    /// How it came out.
    pub outcome: String,
    /// As of when.
    pub as_of: Instant,
    /// For which tender and lot.
    #[serde(default)]
    pub tender: Option<OfTender>,
}

/// Of which tender and lot.
#[derive(Clone, Debug, Deserialize)]
pub struct OfTender {
    /// The tender.
    pub id: String,
    /// The lot.
    #[serde(default)]
    pub lot: Option<String>,
    /// `sha256:…` of what the tender said.
    pub digest: String,
}

/// So many decisions on one supplier for one tender are looked at.
const DECISIONS: i64 = 200;

/// The newest decisions on a supplier that one of these organisations asked for a tender, the newest first.
///
/// # Errors
/// When the database fails.
pub fn decided(conn: &mut Conn, tender: &str, supplier: &Uscc, asked_by: &[&str]) -> Result<Vec<Decided>> {
    let bodies: Vec<String> = decision::table
        .filter(decision::tender.eq(tender))
        .filter(decision::supplier.eq(supplier.as_str()))
        .filter(decision::organisation.eq_any(asked_by.to_vec()))
        .order((decision::decided_at.desc(), decision::id.desc()))
        .limit(DECISIONS)
        .select(decision::body)
        .load(conn)?;
    bodies.iter().map(|body| serde_json::from_str(body).map_err(Error::internal)).collect()
}

/// Who bid, by an evaluation.
#[derive(Deserialize)]
struct Evaluated {
    ranking: Bids,
}

#[derive(Deserialize)]
struct Bids {
    bids: Vec<Bidder>,
}

#[derive(Deserialize)]
struct Bidder {
    bidder: Uscc,
    members: Vec<Uscc>,
}

/// Whether a supplier took part in a tender: its buyer had it decided on, or its bid was evaluated.
///
/// # Errors
/// When the database fails.
pub fn took_part(conn: &mut Conn, (tender, buyer): (&str, &str), supplier: &Uscc) -> Result<bool> {
    let decided = decision::table
        .filter(decision::tender.eq(tender))
        .filter(decision::supplier.eq(supplier.as_str()))
        .filter(decision::organisation.eq(buyer));
    if decided.count().get_result::<i64>(conn)? > 0 {
        return Ok(true);
    }
    let bodies: Vec<String> = evaluation::table.filter(evaluation::tender.eq(tender)).select(evaluation::body).load(conn)?;
    for body in bodies {
        let found: Evaluated = serde_json::from_str(&body).map_err(Error::internal)?;
        if found.ranking.bids.iter().any(|bid| bid.bidder == *supplier || bid.members.contains(supplier)) {
            return Ok(true);
        }
    }
    Ok(false)
}
