//! Telling endpoints: messages are written in the transaction of what they tell, leased in the write lane, sent outside of it, and the attempt written
//! down. Not here: how an address is reached and signed for, `common::outbound`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use common::{
    clock::Clock,
    db::{Conn, Db, Tx},
    error::{Error, Result},
    outbound::signature::signatures,
    stop::stopping,
};
use contracts::{event::tell, procurement::WebhookDisabled};
use futures_util::future::join_all;
use model::instant::Instant;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::{
    rules::{self, Heard, Next, State},
    store::{self, Attempt, Delivery},
};
use crate::{
    Procurement,
    webhook::{
        rules::{Because, is_told},
        store as endpoints,
    },
};

/// Due messages are looked for this often.
const LOOK: Duration = Duration::from_millis(250);
/// What is committed within this shares a look.
const SHARED: Duration = Duration::from_millis(50);
const PAUSE: Duration = Duration::from_secs(1);
/// Longer than any attempt, so that only a process that died loses its lease.
const LEASE_MS: i64 = 60_000;
/// So many messages are under way in a process, and so many to one endpoint in all processes: a dead endpoint must not hold up the others.
const UNDER_WAY: u32 = 64;
const UNDER_WAY_EACH: usize = 4;
/// So many due messages are looked through for those whose endpoint is free.
const LOOKED_THROUGH: i64 = 512;
const ENDPOINTS_MAX: i64 = 500;

/// A message that was leased.
#[derive(Clone, Debug)]
pub struct Leased {
    /// `msg_…`.
    pub id: String,
    webhook: String,
    url: String,
    body: String,
    secrets: Vec<String>,
    lease: String,
}

/// Writes a message for every endpoint of a client that is to be told: one that was named, or all.
///
/// # Errors
/// When the database fails.
pub fn tell_client(tx: &mut Tx<'_>, client: &str, named: Option<&str>, kind: &str, data: &impl Serialize) -> Result<()> {
    let own = match named {
        Some(id) => endpoints::find(tx.conn, id)?.into_iter().filter(|found| found.client == client).collect(),
        None => endpoints::list(tx.conn, client, "", ENDPOINTS_MAX)?,
    };
    for endpoint in own.into_iter().filter(|endpoint| endpoint.active) {
        if is_told(endpoint.chosen()?.as_deref(), kind) {
            enqueue(tx, &endpoint.id, kind, data)?;
        }
    }
    Ok(())
}

/// Writes a message for an endpoint.
///
/// # Errors
/// When the database fails.
pub fn enqueue(tx: &mut Tx<'_>, webhook: &str, kind: &str, data: &impl Serialize) -> Result<String> {
    let (id, now) = (tx.id("msg"), tx.now());
    let data = serde_json::to_value(data).map_err(Error::internal)?;
    let body = rules::message(kind, now, &data).to_string();
    store::insert(tx.conn, (&id, webhook, kind), &body, now)?;
    Ok(id)
}

/// Lets a message be sent again from now on, whatever became of it; its id stays the same.
///
/// # Errors
/// When the database fails.
pub fn again(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    let now = tx.now();
    store::stand(tx.conn, id, State::Waiting, (0, Some(now)), now)
}

/// Sends what is due, for as long as the process lives.
pub async fn follow(app: Arc<Procurement>) {
    let permits = Arc::new(Semaphore::new(usize::try_from(UNDER_WAY).unwrap_or(1)));
    let mut changes = app.db.changes();
    while !stopping() {
        changes.borrow_and_update();
        let free = permits.available_permits();
        match claim(&app, free).await {
            Ok(leased) => {
                for one in leased {
                    let (app, Ok(permit)) = (Arc::clone(&app), Arc::clone(&permits).acquire_owned().await) else { return };
                    tokio::spawn(async move {
                        deliver(&app, one).await;
                        drop(permit);
                    });
                }
            }
            Err(error) => {
                tracing::warn!(cause = %error, "deliveries wait");
                tokio::time::sleep(PAUSE).await;
            }
        }
        Db::next_change(&mut changes, SHARED, LOOK).await;
    }
}

/// Sends what is due right now, and waits for it; says how many messages that were.
///
/// # Errors
/// When the database fails.
pub async fn deliver_due(app: &Arc<Procurement>) -> Result<usize> {
    let leased = claim(app, usize::try_from(UNDER_WAY).unwrap_or(1)).await?;
    let count = leased.len();
    join_all(leased.into_iter().map(|one| deliver(app, one))).await;
    Ok(count)
}

/// Leases due messages, at most so many.
///
/// # Errors
/// When the database fails.
pub async fn claim(app: &Arc<Procurement>, most: usize) -> Result<Vec<Leased>> {
    let clock = app.clock.clone();
    // Looked at outside of the write lane first: mostly there is nothing.
    let looked = app.db.read(move |conn| Ok((store::due(conn, clock.now(), 1, Vec::new())?.is_empty(), store::waiting(conn)?)));
    let (is_idle, waiting) = looked.await?;
    app.metrics.deliveries_waiting(app.db.service(), waiting);
    if is_idle || most == 0 {
        return Ok(Vec::new());
    }
    let lease = app.chance.token(12);
    app.db.write(move |tx| claim_in(tx, most, &lease)).await
}

fn claim_in(tx: &mut Tx<'_>, most: usize, lease: &str) -> Result<Vec<Leased>> {
    let now = tx.now();
    let mut busy: BTreeMap<String, usize> = BTreeMap::new();
    for webhook in store::busy(tx.conn, now)? {
        let count = busy.entry(webhook).or_default();
        *count = count.saturating_add(1);
    }
    // One endpoint that hangs, with however many messages, holds nobody else up.
    let full = busy.iter().filter(|(_, count)| **count >= UNDER_WAY_EACH).map(|(webhook, _)| webhook.clone()).collect();
    let mut leased = Vec::new();
    for found in store::due(tx.conn, now, LOOKED_THROUGH, full)? {
        if leased.len() >= most {
            break;
        }
        let count = busy.entry(found.webhook.clone()).or_default();
        if *count >= UNDER_WAY_EACH {
            continue;
        }
        let Some(endpoint) = endpoints::find(tx.conn, &found.webhook)?.filter(|endpoint| endpoint.active) else {
            store::stand(tx.conn, &found.id, State::Failed, (found.tries, None), now)?;
            continue;
        };
        *count = count.saturating_add(1);
        store::lease(tx.conn, &found.id, lease, now.plus_millis(LEASE_MS))?;
        let old = endpoint.old_secret.filter(|_| endpoint.old_until.is_some_and(|until| now.naive_utc() < until));
        let secrets = std::iter::once(endpoint.secret).chain(old).collect();
        leased.push(Leased { id: found.id, webhook: found.webhook, url: endpoint.url, body: found.body, secrets, lease: lease.to_owned() });
    }
    Ok(leased)
}

/// One attempt, and writing it down. Where that fails the lease ends by itself, and the message is sent once more.
pub async fn deliver(app: &Arc<Procurement>, leased: Leased) {
    let began = app.clock.now();
    let (heard, latency_ms) = attempt(app, &leased, began).await;
    app.metrics.delivery(app.db.service(), heard.error().is_none());
    let (inner, drawn) = (Arc::clone(app), app.chance.clone());
    let written = app.db.write(move |tx| record(tx, &inner.clock, &leased, &heard, (began, latency_ms), |bound| drawn.below(bound)));
    if let Err(error) = written.await {
        tracing::warn!(cause = %error, "an attempt to deliver was not written down");
    }
}

/// Sends a message once.
pub async fn attempt(app: &Procurement, leased: &Leased, at: Instant) -> (Heard, i64) {
    let timestamp = at.micros().div_euclid(1_000_000);
    let secrets: Vec<&str> = leased.secrets.iter().map(String::as_str).collect();
    let headers = [
        ("webhook-id", leased.id.clone()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures(&secrets, &leased.id, timestamp, &leased.body)),
    ];
    let start = tokio::time::Instant::now();
    let heard = match app.outbound.place(&leased.url) {
        Err(_unfit) => Heard::Nothing("address_refused"),
        Ok(place) => match app.outbound.post(&place, &headers, leased.body.clone()).await {
            Ok(answered) => Heard::Answer(answered.status, answered.retry_after, answered.body),
            Err(failure) => Heard::Nothing(failure.as_str()),
        },
    };
    (heard, i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX))
}

fn record(
    tx: &mut Tx<'_>,
    clock: &Clock,
    leased: &Leased,
    heard: &Heard,
    (began, latency_ms): (Instant, i64),
    draw: impl Fn(u64) -> u64,
) -> Result<()> {
    let Some(found) = store::find(tx.conn, &leased.webhook, &leased.id)? else { return Ok(()) };
    let (now, terms) = (tx.now(), rules::terms(clock.now().day())?);
    let tries = found.tries.saturating_add(1);
    let number = u32::try_from(tries).unwrap_or(u32::MAX);
    let drawn = rules::longest_pause_ms(terms, number).map_or(0, |longest| draw(longest).saturating_add(1));
    let next = rules::next(terms, heard, number, drawn, now);
    // Whoever lost the lease, or had the message taken away, notes the attempt and decides nothing but that it was taken.
    let is_ours = found.lease.as_deref() == Some(leased.lease.as_str());
    let next_at = match next {
        Next::Again(at) if is_ours => Some(at),
        _ => None,
    };
    note(tx.conn, &leased.id, heard, (began, latency_ms), next_at)?;
    if is_ours || next == Next::Done {
        settle(tx, &found, next, (tries, now))?;
    }
    Ok(())
}

fn note(conn: &mut Conn, id: &str, heard: &Heard, (began, latency_ms): (Instant, i64), next_at: Option<Instant>) -> Result<()> {
    let attempt = Attempt {
        delivery: id.to_owned(),
        number: 0,
        at: began.naive_utc(),
        latency_ms,
        status: heard.status().map(i32::from),
        error: heard.error(),
        next_at: next_at.map(Instant::naive_utc),
    };
    store::note(conn, attempt)
}

/// Writes what follows for the message and for its endpoint.
fn settle(tx: &mut Tx<'_>, found: &Delivery, next: Next, (tries, now): (i32, Instant)) -> Result<()> {
    let (state, due_at) = match next {
        Next::Done => (State::Delivered, None),
        Next::Again(at) => (State::Waiting, Some(at)),
        Next::GiveUp | Next::Gone => (State::Failed, None),
    };
    store::stand(tx.conn, &found.id, state, (tries, due_at), now)?;
    let Some(endpoint) = endpoints::find(tx.conn, &found.webhook)? else { return Ok(()) };
    if next == Next::Done {
        return if endpoint.failing_since.is_some() { endpoints::note_failing(tx.conn, &endpoint.id, None) } else { Ok(()) };
    }
    let since = endpoint.failing_since.unwrap_or_else(|| now.naive_utc());
    if endpoint.failing_since.is_none() {
        endpoints::note_failing(tx.conn, &endpoint.id, Some(since))?;
    }
    let is_over = rules::terms(now.day())?.is_given_up(Instant::from_naive_utc(since), now);
    match next {
        Next::Gone => disable(tx, &endpoint.id, Because::Gone),
        _ if is_over => disable(tx, &endpoint.id, Because::Failing),
        _ => Ok(()),
    }
}

/// Disables an endpoint that is of no use any more, and tells so.
fn disable(tx: &mut Tx<'_>, id: &str, because: Because) -> Result<()> {
    let now = tx.now();
    store::give_up(tx.conn, id, now)?;
    let Some(mut endpoint) = endpoints::find(tx.conn, id)?.filter(|endpoint| endpoint.active) else { return Ok(()) };
    endpoint.active = false;
    endpoint.disabled_because = Some(because.as_str().to_owned());
    endpoint.version = endpoint.version.saturating_add(1);
    endpoint.updated_at = now.naive_utc();
    endpoints::save(tx.conn, &endpoint)?;
    let told = WebhookDisabled { id: endpoint.id, organisation: endpoint.org, because: because.as_str().to_owned() };
    tell(tx, &told, "touchstone")?;
    Ok(())
}
