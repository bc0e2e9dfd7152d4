//! `GET /{service}/v1/events`: the outbox in commit order, gapless, for ever. Not here: following it, `follower.rs`.

use std::time::Duration;

use actix_web::{HttpResponse, get, web::Data};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, text::Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Event, withdraw};
use crate::{
    db::{Conn, Db, feed_head, outbox},
    error::{Error, FieldError, Problems, Result},
    http::{page::Limit, query::Query},
    stop::stopping,
    token::{Caller, Role},
};

/// The longest long poll, in seconds.
const WAIT_MAX_S: u64 = 30;
/// Other replicas' commits are seen this often, in milliseconds.
const LOOK_MS: u64 = 200;

/// A stretch of the feed.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct FeedPage {
    /// Changes when the database was made anew or restored: a follower that sees another stops and rebuilds.
    pub epoch: String,
    /// Events after the position asked for, in order.
    pub items: Vec<Event>,
    /// Where to go on.
    pub next: i64,
    /// The last position of the feed.
    pub head: i64,
    /// When this was read: nothing recorded before it is missing up to `head`.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

/// Where to read from.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// The position after which to read; 0 or nothing reads from the beginning.
    #[param(value_type = Option<i64>, example = 0)]
    after: Option<String>,
    /// At most so many events, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Wait up to so many seconds (0 to 30) for the next event.
    #[param(value_type = Option<i64>, example = 0)]
    wait: Option<String>,
}

/// Internal events that a person needs a scope of its own for: their type and the scope.
pub(crate) struct Guarded(pub(crate) &'static [(&'static str, &'static str)]);

/// How much of a feed a reader is given.
#[derive(Clone)]
pub(super) struct Sight {
    /// Whether internal events are among it.
    pub(super) internal: bool,
    /// Types that are held back.
    pub(super) without: Vec<&'static str>,
}

impl Sight {
    fn of(caller: &Caller, guarded: &Guarded) -> Self {
        let kept = guarded.0.iter().filter(|(_, scope)| caller.role() != Role::Service && !caller.has_scope(scope));
        Self { internal: caller.may_read_internal(), without: kept.map(|(kind, _)| *kind).collect() }
    }
}

/// Read the feed of this service.
#[utoipa::path(params(EventsQuery), responses((status = OK, body = FeedPage, description = "The events after that position, in order."), Problems))]
#[get("/events")]
pub(crate) async fn list_events(db: Data<Db>, guarded: Data<Guarded>, caller: Caller, query: Query<EventsQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let number = |name: &str, text: &Option<String>, top: i64, bad: &mut Vec<FieldError>| match text.as_deref().map(str::parse::<i64>) {
        None => 0,
        Some(Ok(value)) if (0..=top).contains(&value) => value,
        Some(_) => {
            let detail = Text::new(format!("应为 0 到 {top} 的整数。"), format!("Must be a whole number from 0 to {top}."));
            bad.push(FieldError::new(format!("?{name}"), "bad_parameter", detail));
            0
        }
    };
    let after = number("after", &query.after, i64::MAX, &mut bad);
    let wait = number("wait", &query.wait, i64::try_from(WAIT_MAX_S).unwrap_or(0), &mut bad);
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        0
    });
    if !bad.is_empty() {
        return Err(Error::malformed(bad));
    }
    let until = tokio::time::Instant::now() + Duration::from_secs(u64::try_from(wait).unwrap_or(0));
    let sight = Sight::of(&caller, &guarded);
    let (mut changes, mut wakes) = (db.changes(), db.wakes());
    loop {
        changes.borrow_and_update();
        let (service, clock, sight) = (db.service(), db.clock().clone(), sight.clone());
        let page = db.read(move |conn| read(conn, service, &clock, after, limit, &sight)).await?;
        if !page.items.is_empty() || page.next > after || tokio::time::Instant::now() >= until || stopping() {
            return Ok(HttpResponse::Ok().json(page));
        }
        let pause = until.min(tokio::time::Instant::now() + Duration::from_millis(LOOK_MS));
        tokio::select! {
            _ = changes.changed() => {}
            () = woken(wakes.as_mut()) => {}
            () = tokio::time::sleep_until(pause) => {}
        }
    }
}

/// The last position of this database's feed: what a read in the same snapshot was computed from.
///
/// # Errors
/// When the database fails.
pub fn head(conn: &mut Conn) -> Result<i64> {
    Ok(feed_head::table.select(feed_head::position).first(conn)?)
}

/// The last position that was told up to an instant; what is told later has a later position.
///
/// # Errors
/// When the database fails.
pub fn position_at(conn: &mut Conn, at: Instant) -> Result<i64> {
    let told = outbox::table.filter(outbox::recorded_at.le(at.naive_utc()));
    Ok(told.order(outbox::position.desc()).select(outbox::position).first(conn).optional()?.unwrap_or(0))
}

/// Of whom something was told after a position, each once, from at most so many events; and where to go on: the same position where nothing was.
///
/// # Errors
/// When the database fails.
pub fn subjects(conn: &mut Conn, after: i64, limit: i64) -> Result<(Vec<String>, i64)> {
    let rows = outbox::table.filter(outbox::position.gt(after)).order(outbox::position.asc()).limit(limit);
    let rows: Vec<(i64, String)> = rows.select((outbox::position, outbox::subject)).load(conn)?;
    let next = rows.last().map_or(after, |(position, _)| *position);
    let each: std::collections::BTreeSet<String> = rows.into_iter().map(|(_, subject)| subject).collect();
    Ok((each.into_iter().collect(), next))
}

/// Events of these kinds that this service itself told after a position, each with its position and payload; at most so many.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, after: i64, kinds: &[&str], limit: i64) -> Result<Vec<(i64, String)>> {
    let rows = outbox::table.filter(outbox::position.gt(after)).filter(outbox::kind.eq_any(kinds));
    Ok(rows.order(outbox::position.asc()).limit(limit).select((outbox::position, outbox::data)).load(conn)?)
}

/// Ends when another process has committed; never, where nothing would tell.
async fn woken(wakes: Option<&mut tokio::sync::watch::Receiver<u64>>) {
    match wakes {
        Some(wakes) => {
            if wakes.changed().await.is_err() {
                std::future::pending().await
            }
        }
        None => std::future::pending().await,
    }
}

type Row = (i64, String, String, String, chrono::NaiveDateTime, String);

pub(super) fn read(conn: &mut Conn, service: &str, clock: &crate::clock::Clock, after: i64, limit: i64, sight: &Sight) -> Result<FeedPage> {
    let at = clock.now();
    let (epoch, head, last): (String, i64, chrono::NaiveDateTime) =
        feed_head::table.select((feed_head::epoch, feed_head::position, feed_head::recorded_at)).first(conn)?;
    let mut rows = outbox::table
        .filter(outbox::position.gt(after))
        .order(outbox::position.asc())
        .limit(limit)
        .select((outbox::position, outbox::id, outbox::kind, outbox::subject, outbox::recorded_at, outbox::data))
        .into_boxed();
    if !sight.internal {
        rows = rows.filter(outbox::audience.ne("internal"));
    }
    if !sight.without.is_empty() {
        rows = rows.filter(outbox::kind.ne_all(sight.without.clone()));
    }
    let rows: Vec<Row> = rows.load(conn)?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let mut items = rows.into_iter().map(|row| event(service, row)).collect::<Result<Vec<Event>>>()?;
    if let (false, Some(first), Some(last)) = (sight.internal, items.first(), items.last()) {
        let withdrawn = withdraw::between(conn, first.position, last.position)?;
        for event in items.iter_mut().filter(|event| withdrawn.binary_search(&event.position).is_ok()) {
            (event.data, event.withdrawn) = (Value::Null, true);
        }
    }
    // A page that is not full was read to the head, whatever holes its reader's audience left.
    let next = if full { items.last().map_or(after, |event| event.position) } else { head.max(after) };
    Ok(FeedPage { epoch, items, next, head, at: at.max(Instant::from_naive_utc(last)) })
}

fn event(service: &str, (position, id, kind, subject, recorded_at, data): Row) -> Result<Event> {
    let data: Value = serde_json::from_str(&data).map_err(Error::internal)?;
    Ok(Event {
        specversion: "1.0".to_owned(),
        id,
        source: format!("/{service}"),
        kind,
        subject,
        time: Instant::from_naive_utc(recorded_at),
        datacontenttype: "application/json".to_owned(),
        position,
        data,
        withdrawn: false,
    })
}
