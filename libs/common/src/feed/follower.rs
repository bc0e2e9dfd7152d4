//! Following another service's feed into one's own tables: events, projection and cursor in one transaction, so that a crash replays and never
//! doubles. Not here: what an event does; that is the `Projection` of the service.

use std::{sync::Arc, time::Duration};

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, dsl::exists, select};
use model::instant::Instant;

use super::{Event, FeedPage};
use crate::{
    db::{Conn, Db, Portable, Tx, follower, parked_event},
    error::{Error, Kind, Result},
    metrics::Metrics,
    peer::Peer,
    stop::stopping,
};

/// Seconds of one long poll; also the bound of how old an idle source's last word becomes.
const POLL_WAIT_S: u64 = 5;
/// A poison event is tried so often before it is parked.
const TRIES: u32 = 3;
/// Pause after a failed poll.
const PAUSE: Duration = Duration::from_millis(250);

/// What a service makes of an event. It must be re-runnable and have no effect but through the transaction.
pub type Projection = Arc<dyn Fn(&mut Tx<'_>, &Event) -> Result<()> + Send + Sync>;

/// Follows one source.
pub struct Follower {
    /// The service whose feed it is.
    pub source: &'static str,
    /// The own database.
    pub db: Db,
    /// How to reach the source.
    pub peer: Peer,
    /// What to do with an event.
    pub projection: Projection,
    /// Where position, lag and parked events are shown.
    pub metrics: Metrics,
}

/// How much of a source is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The epoch of the source's feed.
    pub epoch: String,
    /// Every event up to here is applied.
    pub position: i64,
    /// When the source last said that nothing newer is missing; `None` while behind its head.
    pub seen_at: Instant,
}

/// How much of a source this database knows; `None` before the first word.
///
/// # Errors
/// When the database fails.
pub fn freshness(conn: &mut Conn, source: &str) -> Result<Option<Freshness>> {
    let row: Option<(String, i64, chrono::NaiveDateTime)> =
        follower::table.find(source).select((follower::epoch, follower::position, follower::seen_at)).first(conn).optional()?;
    Ok(row.map(|(epoch, position, seen_at)| Freshness { epoch, position, seen_at: Instant::from_naive_utc(seen_at) }))
}

impl Follower {
    /// Follows until the task is dropped.
    pub async fn run(self) {
        while !stopping() {
            match self.step(POLL_WAIT_S).await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(Duration::from_secs(30)).await,
                Err(_) if stopping() => {}
                Err(error) => {
                    tracing::warn!(source = self.source, cause = %error, "the feed cannot be followed right now");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// One poll: applies what it brings. `false` when the source has another history than the one followed.
    ///
    /// # Errors
    /// When the source or the own database cannot be reached.
    pub async fn step(&self, wait_s: u64) -> Result<bool> {
        let source = self.source;
        let known = self.db.read(move |conn| freshness(conn, source)).await?;
        let after = known.as_ref().map_or(0, |known| known.position);
        let path = format!("/{source}/v1/events?after={after}&limit=500&wait={wait_s}");
        let page: FeedPage = self.peer.get(&path, Duration::from_secs(wait_s.saturating_add(10))).await?;
        if known.as_ref().is_some_and(|known| known.epoch != page.epoch || page.head < known.position) {
            tracing::error!(source, "the source has another history than the one followed: stopped until it is rebuilt");
            return Ok(false);
        }
        let age_ms = self.db.clock().now().since_millis(page.at).max(0);
        self.metrics.follower(self.db.service(), source, page.next, page.head, age_ms);
        self.apply(page, after).await?;
        Ok(true)
    }

    async fn apply(&self, page: FeedPage, after: i64) -> Result<()> {
        let (page, mut tries) = (Arc::new(page), 0);
        loop {
            match self.try_apply(Arc::clone(&page), after, tries >= TRIES).await {
                Err(error) if error.kind() != Kind::Unavailable && tries < TRIES => {
                    tries = tries.saturating_add(1);
                    tracing::warn!(source = self.source, tries, cause = %error, "an event could not be applied");
                }
                other => return other,
            }
        }
    }

    async fn try_apply(&self, page: Arc<FeedPage>, after: i64, park: bool) -> Result<()> {
        let (source, projection, metrics) = (self.source, Arc::clone(&self.projection), self.metrics.clone());
        self.db
            .write(move |tx| {
                let position: Option<i64> = follower::table.find(source).select(follower::position).first(tx.conn).optional()?;
                // Another replica may have been faster: its cursor says so.
                if position.unwrap_or(0) != after {
                    return Ok(());
                }
                for event in &page.items {
                    apply_one(tx, source, event, &projection, park.then_some(&metrics))?;
                }
                advance(tx, source, &page)
            })
            .await
    }
}

fn apply_one(tx: &mut Tx<'_>, source: &str, event: &Event, projection: &Projection, park: Option<&Metrics>) -> Result<()> {
    let behind = parked_event::table.filter(parked_event::source.eq(source)).filter(parked_event::subject.eq(&event.subject));
    let waits: bool = select(exists(behind)).get_result(tx.conn)?;
    if waits {
        return shelve(tx, source, event, "an earlier event of this subject is parked");
    }
    let Some(metrics) = park else { return projection(tx, event) };
    match tx.nested(|inner| projection(inner, event)) {
        Err(error) if error.kind() != Kind::Unavailable => {
            tracing::error!(source, position = event.position, cause = %error, "event parked");
            metrics.parked(tx.service(), source, 1);
            shelve(tx, source, event, &error.to_string())
        }
        other => other,
    }
}

fn shelve(tx: &mut Tx<'_>, source: &str, event: &Event, reason: &str) -> Result<()> {
    let text = serde_json::to_string(event).map_err(Error::internal)?;
    diesel::insert_into(parked_event::table)
        .values((
            parked_event::source.eq(source),
            parked_event::position.eq(event.position),
            parked_event::subject.eq(&event.subject),
            parked_event::event.eq(text),
            parked_event::reason.eq(reason),
            parked_event::parked_at.eq(tx.now().naive_utc()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

fn advance(tx: &mut Tx<'_>, source: &str, page: &FeedPage) -> Result<()> {
    // Behind the head nothing is promised about the present: the last event's own time is what is known.
    let seen_at = if page.next >= page.head { page.at } else { page.items.last().map_or(page.at, |event| event.time) };
    let values = (
        follower::source.eq(source),
        follower::epoch.eq(&page.epoch),
        follower::position.eq(page.next),
        follower::head.eq(page.head),
        follower::seen_at.eq(seen_at.naive_utc()),
    );
    let set = (
        follower::epoch.eq(&page.epoch),
        follower::position.eq(page.next),
        follower::head.eq(page.head),
        follower::seen_at.eq(seen_at.naive_utc()),
    );
    let upsert = diesel::insert_into(follower::table).values(values).on_conflict(follower::source).do_update().set(set);
    Portable(upsert).execute(tx.conn)?;
    Ok(())
}
