//! Rows of tenders and their versions. Not here: which change is allowed, `actions.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, uscc::Uscc};

use super::rules::State;
use crate::schema::{tender, tender_version};

/// A version of a tender.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Chosen by the buyer.
    pub id: String,
    /// Whose, a Unified Social Credit Code.
    pub organisation: String,
    /// Where this version stands.
    pub state: State,
    /// Counted from 1 with every change; also the `ETag`.
    pub version: u32,
    /// `sha256:…` of what it says, and of the ruleset that was pinned.
    pub digest: String,
    /// The version of the ruleset that was pinned when it was published.
    pub ruleset_version: Option<u32>,
    /// The tender as it was written.
    pub body: String,
    /// Why it was changed.
    pub rationale: Option<String>,
    /// When this version was recorded.
    pub recorded_at: Instant,
    /// By which organisation.
    pub recorded_by: String,
    /// When the tender was first published.
    pub published_at: Option<Instant>,
}

/// What the list shows.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its id.
    pub id: String,
    /// Whose.
    pub organisation: String,
    /// Where it stands.
    pub state: State,
    /// Its newest version.
    pub version: u32,
    /// What is bought.
    pub title: String,
    /// Until when bids come in.
    pub cut_off: Instant,
    /// When it was first published.
    pub published_at: Option<Instant>,
}

/// Which tenders.
#[derive(Clone, Debug)]
pub struct Search {
    /// Only of this organisation.
    pub organisation: Option<Uscc>,
    /// Only in this state.
    pub state: Option<State>,
    /// Who asks, where drafts of others are hidden.
    pub seen_by: Option<String>,
    /// Behind this id.
    pub after: Option<String>,
    /// At most so many, and one more.
    pub limit: i64,
}

type Row = (
    String,
    i32,
    String,
    String,
    Option<i32>,
    String,
    Option<String>,
    chrono::NaiveDateTime,
    String,
    String,
    Option<chrono::NaiveDateTime>,
);

/// A version, or the newest.
///
/// # Errors
/// When the database fails.
pub fn version(conn: &mut Conn, id: &str, version: Option<u32>) -> Result<Option<Stored>> {
    let joined = tender_version::table.inner_join(tender::table.on(tender::id.eq(tender_version::id)));
    let mut query = joined
        .filter(tender_version::id.eq(id))
        .select((
            tender_version::id,
            tender_version::version,
            tender_version::state,
            tender_version::digest,
            tender_version::ruleset_version,
            tender_version::body,
            tender_version::rationale,
            tender_version::recorded_at,
            tender_version::recorded_by,
            tender::organisation,
            tender::published_at,
        ))
        .into_boxed();
    query = match version {
        None => query.filter(tender_version::version.eq(tender::version)),
        Some(version) => query.filter(tender_version::version.eq(i32::try_from(version).unwrap_or(0))),
    };
    query.first::<Row>(conn).optional()?.map(read).transpose()
}

/// The newest version.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    version(conn, id, None)
}

fn read(row: Row) -> Result<Stored> {
    let (id, version, state, digest, ruleset_version, body, rationale, recorded_at, recorded_by, organisation, published_at) = row;
    Ok(Stored {
        id,
        organisation,
        state: state_of(&state)?,
        version: u32::try_from(version).map_err(Error::internal)?,
        digest,
        ruleset_version: ruleset_version.map(u32::try_from).transpose().map_err(Error::internal)?,
        body,
        rationale,
        recorded_at: Instant::from_naive_utc(recorded_at),
        recorded_by,
        published_at: published_at.map(Instant::from_naive_utc),
    })
}

fn state_of(word: &str) -> Result<State> {
    State::named(word).ok_or_else(|| Error::internal(format!("no state of a tender: {word}")))
}

/// Adds a version and makes it the newest.
///
/// # Errors
/// When the database fails.
pub fn append(conn: &mut Conn, stored: &Stored, (title, cut_off): (&str, Instant), client: &str) -> Result<()> {
    let version = i32::try_from(stored.version).map_err(Error::internal)?;
    let ruleset_version = stored.ruleset_version.map(i32::try_from).transpose().map_err(Error::internal)?;
    diesel::insert_into(tender_version::table)
        .values((
            tender_version::id.eq(&stored.id),
            tender_version::version.eq(version),
            tender_version::state.eq(stored.state.as_str()),
            tender_version::digest.eq(&stored.digest),
            tender_version::ruleset_version.eq(ruleset_version),
            tender_version::body.eq(&stored.body),
            tender_version::rationale.eq(&stored.rationale),
            tender_version::recorded_at.eq(stored.recorded_at.naive_utc()),
            tender_version::recorded_by.eq(&stored.recorded_by),
            tender_version::client.eq(client),
        ))
        .execute(conn)?;
    diesel::delete(tender::table.find(&stored.id)).execute(conn)?;
    diesel::insert_into(tender::table)
        .values((
            tender::id.eq(&stored.id),
            tender::organisation.eq(&stored.organisation),
            tender::state.eq(stored.state.as_str()),
            tender::version.eq(version),
            tender::title.eq(title),
            tender::cut_off.eq(cut_off.naive_utc()),
            tender::published_at.eq(stored.published_at.map(Instant::naive_utc)),
        ))
        .execute(conn)?;
    Ok(())
}

/// All versions from one on, oldest first.
///
/// # Errors
/// When the database fails.
pub fn history(conn: &mut Conn, id: &str, after: u32, limit: i64, drafts: bool) -> Result<Vec<Stored>> {
    let numbers = tender_version::table
        .filter(tender_version::id.eq(id))
        .filter(tender_version::version.gt(i32::try_from(after).unwrap_or(i32::MAX)))
        .order(tender_version::version.asc())
        .limit(limit.saturating_add(1))
        .select(tender_version::version)
        .into_boxed();
    let numbers = if drafts { numbers } else { numbers.filter(tender_version::state.ne(State::Draft.as_str())) };
    let numbers: Vec<i32> = numbers.load(conn)?;
    let mut found = Vec::with_capacity(numbers.len());
    for number in numbers {
        found.extend(version(conn, id, u32::try_from(number).ok())?);
    }
    Ok(found)
}

type HeadRow = (String, String, String, i32, String, chrono::NaiveDateTime, Option<chrono::NaiveDateTime>);

/// One page by id, and one more.
///
/// # Errors
/// When the database fails.
pub fn search(conn: &mut Conn, search: &Search) -> Result<Vec<Head>> {
    let mut query = tender::table.order(tender::id.asc()).limit(search.limit.saturating_add(1)).into_boxed();
    if let Some(organisation) = &search.organisation {
        query = query.filter(tender::organisation.eq(organisation.as_str()));
    }
    if let Some(state) = search.state {
        query = query.filter(tender::state.eq(state.as_str()));
    }
    if let Some(own) = &search.seen_by {
        query = query.filter(tender::published_at.is_not_null().or(tender::organisation.eq(own)));
    }
    if let Some(after) = &search.after {
        query = query.filter(tender::id.gt(after));
    }
    let rows: Vec<HeadRow> = query.load(conn)?;
    let heads = rows.into_iter().map(|(id, organisation, state, version, title, cut_off, published_at)| {
        Ok(Head {
            id,
            organisation,
            state: state_of(&state)?,
            version: u32::try_from(version).map_err(Error::internal)?,
            title,
            cut_off: Instant::from_naive_utc(cut_off),
            published_at: published_at.map(Instant::from_naive_utc),
        })
    });
    heads.collect()
}
