//! Rows of listings and of their history. Not here: which step may follow which, `rules.rs`.

use chrono::{NaiveDate, NaiveDateTime};
use common::{
    db::Conn,
    error::{Error, Result},
};
use contracts::credit::{ListKind, ListingState};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};
use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};

use super::rules::{Case, Done, Span};
use crate::{
    enterprise,
    listing_policy::rules::{Level, Step},
    schema::{listing, listing_step},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = listing)]
struct Row {
    id: String,
    list: String,
    enterprise: String,
    authority: String,
    level: String,
    organisation: String,
    ground: String,
    year: Option<i32>,
    circumstances: String,
    fact_ids: String,
    rule_from: NaiveDate,
    state: String,
    listed_from: Option<NaiveDate>,
    listed_to: Option<NaiveDate>,
    fact: Option<String>,
    version: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = listing_step)]
struct StepRow {
    listing: String,
    number: i32,
    step: String,
    happened_on: NaiveDate,
    state: String,
    document_no: Option<String>,
    statement: Option<String>,
    reason: Option<String>,
    authority: Option<String>,
    organisation: String,
    client: String,
    recorded_at: NaiveDateTime,
}

/// Adds a listing with its first step.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, case: &Case, client: &str, now: Instant) -> Result<()> {
    let row = Row {
        id: case.id.clone(),
        list: case.list.as_str().to_owned(),
        enterprise: case.enterprise.as_str().to_owned(),
        authority: case.authority.clone(),
        level: case.level.as_str().to_owned(),
        organisation: case.organisation.as_str().to_owned(),
        ground: case.ground.clone(),
        year: case.year,
        circumstances: serde_json::to_string(&case.circumstances).map_err(Error::internal)?,
        fact_ids: serde_json::to_string(&case.fact_ids).map_err(Error::internal)?,
        rule_from: case.rule_from,
        state: case.stored_state().as_str().to_owned(),
        listed_from: None,
        listed_to: None,
        fact: None,
        version: case.version,
    };
    diesel::insert_into(listing::table).values(row).execute(conn)?;
    add_last_step(conn, case, client, now)
}

/// Keeps the last step of a listing, and what it made of it.
///
/// # Errors
/// When the database fails.
pub fn advance(conn: &mut Conn, case: &Case, client: &str, now: Instant) -> Result<()> {
    diesel::update(listing::table.find(&case.id))
        .set((
            listing::organisation.eq(case.organisation.as_str()),
            listing::state.eq(case.stored_state().as_str()),
            listing::listed_from.eq(case.span.map(|span| span.from)),
            listing::listed_to.eq(case.span.and_then(|span| span.to)),
            listing::fact.eq(&case.fact),
            listing::version.eq(case.version),
        ))
        .execute(conn)?;
    add_last_step(conn, case, client, now)
}

fn add_last_step(conn: &mut Conn, case: &Case, client: &str, now: Instant) -> Result<()> {
    let Some(done) = case.history.last() else { return Err(Error::internal("a listing without a step")) };
    let row = StepRow {
        listing: case.id.clone(),
        number: i32::try_from(case.history.len()).map_err(Error::internal)?,
        step: done.step.as_str().to_owned(),
        happened_on: done.on,
        state: done.state.as_str().to_owned(),
        document_no: done.document_no.clone(),
        statement: done.statement.clone(),
        reason: done.reason.clone(),
        authority: done.authority.clone(),
        organisation: done.organisation.clone(),
        client: client.to_owned(),
        recorded_at: now.naive_utc(),
    };
    diesel::insert_into(listing_step::table).values(row).execute(conn)?;
    Ok(())
}

/// One listing.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Case>> {
    let found: Option<Row> = listing::table.find(id).select(Row::as_select()).first(conn).optional()?;
    Ok(with_history(conn, found.into_iter().collect())?.pop())
}

/// The listing that left one of these facts.
///
/// # Errors
/// When the database fails.
pub fn find_by_facts(conn: &mut Conn, facts: &[String]) -> Result<Option<Case>> {
    let found: Option<Row> = listing::table.filter(listing::fact.eq_any(facts)).select(Row::as_select()).first(conn).optional()?;
    Ok(with_history(conn, found.into_iter().collect())?.pop())
}

/// All listings of an enterprise on a list, whatever became of them.
///
/// # Errors
/// When the database fails.
pub fn of_enterprise(conn: &mut Conn, enterprise: &Uscc, list: ListKind) -> Result<Vec<Case>> {
    let rows: Vec<Row> = listing::table
        .filter(listing::enterprise.eq(enterprise.as_str()))
        .filter(listing::list.eq(list.as_str()))
        .order(listing::id.asc())
        .select(Row::as_select())
        .load(conn)?;
    with_history(conn, rows)
}

/// What a search asks for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Only of this enterprise.
    pub enterprise: Option<Uscc>,
    /// Only on this list.
    pub list: Option<ListKind>,
    /// Only in this state today.
    pub state: Option<ListingState>,
    /// Today.
    pub today: Day,
    /// Now.
    pub now: Instant,
    /// The organisation that asks: of others it sees only what is public; none for an authority, which sees all.
    pub seen_by: Option<Uscc>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The listings that a search finds, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn search(conn: &mut Conn, search: &Search) -> Result<Vec<Case>> {
    let limit = search.limit.saturating_add(1);
    let mut query = listing::table.order(listing::id.asc()).limit(limit).select(Row::as_select()).into_boxed();
    if let Some(enterprise) = &search.enterprise {
        query = query.filter(listing::enterprise.eq_any(enterprise::store::with_absorbed(conn, enterprise, search.now)?));
    }
    if let Some(list) = search.list {
        query = query.filter(listing::list.eq(list.as_str()));
    }
    if let Some(after) = &search.after {
        query = query.filter(listing::id.gt(after.clone()));
    }
    if let Some(own) = &search.seen_by {
        let own = enterprise::store::with_absorbed(conn, own, search.now)?;
        let stands = listing::listed_to.is_null().or(listing::listed_to.ge(search.today));
        query = query.filter(listing::state.eq("published").and(stands).or(listing::enterprise.eq_any(own)));
    }
    match search.state {
        Some(ListingState::Expired) => query = query.filter(listing::state.eq("published")).filter(listing::listed_to.lt(search.today)),
        Some(ListingState::Published) => {
            let open = listing::listed_to.is_null().or(listing::listed_to.ge(search.today));
            query = query.filter(listing::state.eq("published")).filter(open);
        }
        Some(state) => query = query.filter(listing::state.eq(state.as_str())),
        None => {}
    }
    let rows = query.load(conn)?;
    with_history(conn, rows)
}

fn with_history(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Case>> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let steps: Vec<StepRow> = listing_step::table
        .filter(listing_step::listing.eq_any(ids))
        .order((listing_step::listing.asc(), listing_step::number.asc()))
        .select(StepRow::as_select())
        .load(conn)?;
    let mut cases = rows.into_iter().map(case).collect::<Result<Vec<_>>>()?;
    for row in steps {
        if let Some(case) = cases.iter_mut().find(|case| case.id == row.listing) {
            case.history.push(done(row)?);
        }
    }
    Ok(cases)
}

fn case(row: Row) -> Result<Case> {
    Ok(Case {
        id: row.id,
        list: word(&ListKind::ALL, &row.list, ListKind::as_str)?,
        enterprise: Uscc::parse(&row.enterprise)?,
        authority: row.authority,
        level: word(&Level::ALL, &row.level, Level::as_str)?,
        organisation: Uscc::parse(&row.organisation)?,
        ground: row.ground,
        year: row.year,
        circumstances: serde_json::from_str(&row.circumstances).map_err(Error::internal)?,
        fact_ids: serde_json::from_str(&row.fact_ids).map_err(Error::internal)?,
        rule_from: row.rule_from,
        history: Vec::new(),
        span: row.listed_from.map(|from| Span { from, to: row.listed_to }),
        fact: row.fact,
        version: row.version,
    })
}

fn done(row: StepRow) -> Result<Done> {
    Ok(Done {
        step: word(&Step::ALL, &row.step, Step::as_str)?,
        on: row.happened_on,
        state: word(&ListingState::ALL, &row.state, ListingState::as_str)?,
        document_no: row.document_no,
        statement: row.statement,
        reason: row.reason,
        authority: row.authority,
        organisation: row.organisation,
    })
}

fn word<T: Copy>(all: &[T], text: &str, name: impl Fn(T) -> &'static str) -> Result<T> {
    all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| Error::internal(format!("no word of a listing: {text}")))
}
