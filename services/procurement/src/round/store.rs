//! Rows of rounds, of the suppliers that they name, and of their lines. Not here: what is in a line.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::{Order, RoundState};
use crate::schema::{decision_round, decision_round_line, decision_round_supplier};

/// Codes in one row.
const CODES_IN_ONE: usize = 500;
/// Lines in one row.
const LINES_IN_ONE: usize = 200;
/// Rows read at once: a page of lines lies in no more, since only the last chunk of a round is short.
const ROWS: i64 = 8;

/// A round as it stands.
#[derive(Clone, Debug)]
pub struct Round {
    /// `bat_…`: what is kept of it in the log of decisions is a batch.
    pub id: String,
    /// Of which tender.
    pub tender: String,
    /// And which version of it.
    pub tender_version: u32,
    /// How far it has come.
    pub state: RoundState,
    /// What was asked, and what came out so far.
    pub order: Order,
    /// The last supplier that was decided.
    pub after: String,
    /// Lines that are there.
    pub done: i64,
    /// Lines that there will be.
    pub total: i64,
    /// When it was asked.
    pub recorded_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Who asked.
    pub client: String,
}

/// Keeps a new round with the suppliers that it names.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, round: &Round, suppliers: &[String]) -> Result<()> {
    diesel::insert_into(decision_round::table)
        .values((
            decision_round::id.eq(&round.id),
            decision_round::tender.eq(&round.tender),
            decision_round::tender_version.eq(i32::try_from(round.tender_version).map_err(Error::internal)?),
            decision_round::state.eq(round.state.as_str()),
            decision_round::body.eq(serde_json::to_string(&round.order).map_err(Error::internal)?),
            decision_round::after_supplier.eq(&round.after),
            decision_round::done.eq(round.done),
            decision_round::total.eq(round.total),
            decision_round::recorded_at.eq(round.recorded_at.naive_utc()),
            decision_round::recorded_by.eq(&round.order.asked_by),
            decision_round::client.eq(&round.client),
        ))
        .execute(conn)?;
    for some in suppliers.chunks(CODES_IN_ONE) {
        diesel::insert_into(decision_round_supplier::table)
            .values((
                decision_round_supplier::round.eq(&round.id),
                decision_round_supplier::supplier.eq(some.last().cloned().unwrap_or_default()),
                decision_round_supplier::codes.eq(some.join(" ")),
            ))
            .execute(conn)?;
    }
    Ok(())
}

type Row = (String, String, i32, String, String, String, i64, i64, chrono::NaiveDateTime, Option<chrono::NaiveDateTime>, String, String);

fn read(row: Row) -> Result<Round> {
    let (id, tender, version, state, body, after, done, total, recorded_at, finished_at, _, client) = row;
    Ok(Round {
        state: RoundState::named(&state).ok_or_else(|| Error::internal(format!("no state of a round: {state}")))?,
        tender_version: u32::try_from(version).map_err(Error::internal)?,
        order: serde_json::from_str(&body).map_err(Error::internal)?,
        recorded_at: Instant::from_naive_utc(recorded_at),
        finished_at: finished_at.map(Instant::from_naive_utc),
        id,
        tender,
        after,
        done,
        total,
        client,
    })
}

/// A round.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Round>> {
    decision_round::table.find(id).first::<Row>(conn).optional()?.map(read).transpose()
}

/// The round that is at work, or the one that waits longest.
///
/// # Errors
/// When the database fails.
pub fn next(conn: &mut Conn) -> Result<Option<Round>> {
    let open = |state: RoundState| {
        decision_round::table
            .filter(decision_round::state.eq(state.as_str()))
            .order((decision_round::recorded_at.asc(), decision_round::id.asc()))
    };
    let running = open(RoundState::Running).first::<Row>(conn).optional()?;
    let row = match running {
        Some(row) => Some(row),
        None => open(RoundState::Waiting).first::<Row>(conn).optional()?,
    };
    row.map(read).transpose()
}

/// The next suppliers that a round names, behind one of them; their order is that of their bytes.
///
/// # Errors
/// When the database fails.
pub fn named(conn: &mut Conn, id: &str, after: &str, most: usize) -> Result<Vec<String>> {
    let row = decision_round_supplier::table
        .filter(decision_round_supplier::round.eq(id))
        .filter(decision_round_supplier::supplier.gt(after))
        .order(decision_round_supplier::supplier.asc())
        .select(decision_round_supplier::codes)
        .first::<String>(conn)
        .optional()?;
    let codes = row.unwrap_or_default();
    Ok(codes.split(' ').filter(|code| !code.is_empty() && *code > after).take(most).map(str::to_owned).collect())
}

/// Moves a round on, if it still stands where it was read; says whether it did.
///
/// # Errors
/// When the database fails.
pub fn advance(conn: &mut Conn, before: &Round, now: &Round) -> Result<bool> {
    let stands = decision_round::table
        .find(&before.id)
        .filter(decision_round::after_supplier.eq(&before.after))
        .filter(decision_round::state.eq(before.state.as_str()));
    let moved = diesel::update(stands)
        .set((
            decision_round::state.eq(now.state.as_str()),
            decision_round::body.eq(serde_json::to_string(&now.order).map_err(Error::internal)?),
            decision_round::after_supplier.eq(&now.after),
            decision_round::done.eq(now.done),
            decision_round::total.eq(now.total),
            decision_round::finished_at.eq(now.finished_at.map(Instant::naive_utc)),
        ))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Adds lines from a number on.
///
/// # Errors
/// When the database fails.
pub fn add(conn: &mut Conn, id: &str, from: i64, lines: &[String]) -> Result<()> {
    let mut number = from;
    for some in lines.chunks(LINES_IN_ONE) {
        let next = number.saturating_add(i64::try_from(some.len()).map_err(Error::internal)?);
        let body: String = some.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        diesel::insert_into(decision_round_line::table)
            .values((
                decision_round_line::round.eq(id),
                decision_round_line::number.eq(number),
                decision_round_line::last.eq(next.saturating_sub(1)),
                decision_round_line::body.eq(body),
            ))
            .execute(conn)?;
        number = next;
    }
    Ok(())
}

/// Lines from a number on.
///
/// # Errors
/// When the database fails.
pub fn lines(conn: &mut Conn, id: &str, from: i64, most: usize) -> Result<Vec<(i64, String)>> {
    let rows = decision_round_line::table
        .filter(decision_round_line::round.eq(id))
        .filter(decision_round_line::last.ge(from))
        .order(decision_round_line::number.asc())
        .limit(ROWS)
        .select((decision_round_line::number, decision_round_line::body));
    let mut found = Vec::new();
    for (first, body) in rows.load::<(i64, String)>(conn)? {
        let numbered = (first..).zip(body.lines().map(str::to_owned));
        found.extend(numbered.filter(|(number, _)| *number >= from).take(most.saturating_sub(found.len())));
    }
    Ok(found)
}
