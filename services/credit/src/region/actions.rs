//! Follows other regions: page, effect and cursor are one transaction, so that a crash replays and never doubles. Not here: what an event means,
//! `rules.rs`; how facts are recorded, `fact::actions`, the same door as for everybody.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use common::{
    clock::Clock,
    config::Secret,
    db::Tx,
    error::{Error, Result},
    feed::{Event, FeedPage},
    http::precondition::{IfMatch, required},
    peer::{Identity, Peer, Shared},
    stop::stopping,
    token::Role,
};
use contracts::credit::{Fact, FactKind, Mark};
use model::uscc::Uscc;
use serde::Deserialize;

use super::{
    rules::{NewRegion, Step, code, draft, marks, prefix, step, stop},
    store::{self, Region, Waiting},
};
use crate::{
    Credit, enterprise,
    fact::{self, actions::Actor, store::Stored},
    intake::actions::passable,
    mark,
};

/// Events of one page, and facts that waited, in one closure of the write lane.
const PAGE: i64 = 200;
/// Seconds of one long poll.
const POLL_WAIT_S: u64 = 2;
/// What another replica or an authority has changed is seen this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A region that does not answer is asked again after so long.
const PAUSE: Duration = Duration::from_secs(2);

/// A region that the operator has given an address and credentials for.
pub struct Source {
    /// Its division code.
    pub code: String,
    peer: Peer,
}

/// Reads the settings of the operator.
///
/// # Errors
/// When the file cannot be read, names a region twice or something that is no division code.
pub fn sources(path: Option<&Path>, clock: &Clock) -> Result<Vec<Arc<Source>>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        code: String,
        url: String,
        client_id: String,
        client_secret: String,
    }
    let Some(path) = path else { return Ok(Vec::new()) };
    let text =
        std::fs::read_to_string(path).map_err(|error| Error::internal(format!("TOUCHSTONE_REGIONS: {}: {error}", path.display())))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| Error::internal(format!("TOUCHSTONE_REGIONS: {error}")))?;
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for entry in entries {
        let code = code(&entry.code).map_err(|fault| Error::internal(format!("TOUCHSTONE_REGIONS: {}: {fault}", entry.code)))?;
        if !seen.insert(code.clone()) {
            return Err(Error::internal(format!("TOUCHSTONE_REGIONS: {code} stands twice")));
        }
        let url = entry.url.trim_end_matches('/').to_owned();
        let identity =
            Identity::Fetched { gateway: url.clone(), client_id: entry.client_id, client_secret: Secret::new(entry.client_secret) };
        found.push(Arc::new(Source { code, peer: Peer::new(url, Shared::new(identity, clock.clone())) }));
    }
    Ok(found)
}

/// Follows one region for as long as the process lives.
pub async fn follow(app: Arc<Credit>, source: Arc<Source>) {
    while !stopping() {
        match turn(&app, &source).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(LOOK_EVERY).await,
            Err(_) if stopping() => {}
            Err(error) => {
                tracing::warn!(region = source.code, cause = %error, "the feed of a region cannot be followed right now");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// What waited, then one page; `false` when the region is not followed.
async fn turn(app: &Arc<Credit>, source: &Arc<Source>) -> Result<bool> {
    let code = source.code.clone();
    let known = app.db.read(move |conn| store::find(conn, &code)).await?;
    let Some(known) = known.filter(|known| known.active && known.stopped.is_none()) else { return Ok(false) };
    take_up(app, &known).await?;
    let path = format!("/credit/v1/events?after={}&limit={PAGE}&wait={POLL_WAIT_S}", known.position);
    let page: FeedPage = source.peer.get(&path, Duration::from_secs(POLL_WAIT_S.saturating_add(10))).await?;
    apply(app, known, page).await?;
    Ok(true)
}

/// The kinds that a region's facts are taken of.
///
/// # Errors
/// When the row was not written by this service.
pub fn kinds(region: &Region) -> Result<Vec<FactKind>> {
    serde_json::from_str(&region.kinds).map_err(Error::internal)
}

async fn apply(app: &Arc<Credit>, known: Region, page: FeedPage) -> Result<()> {
    let (inner, page) = (Arc::clone(app), Arc::new(page));
    app.db
        .write(move |tx| {
            let Some(mut now) = store::find(tx.conn, &known.code)? else { return Ok(()) };
            // Another replica was faster, or an authority has changed the entry meanwhile.
            if (now.position, now.version) != (known.position, known.version) {
                return Ok(());
            }
            if let Some(why) = stop((now.epoch.as_deref(), now.position), (&page.epoch, page.head), inner.db.epoch()) {
                tracing::error!(region = now.code, why, "the feed of a region is not followed any more until an authority puts it again");
                now.stopped = Some(why.to_owned());
                return store::save(tx.conn, &now);
            }
            let (kinds, mut touched) = (kinds(&now)?, BTreeSet::new());
            for event in &page.items {
                let step = step(&event.kind, &event.data, &kinds);
                let outcome = passable(tx.nested(|inner_tx| one(inner_tx, &inner, &mut now, step.clone(), event)))?;
                match outcome {
                    Ok(enterprise) => touched.extend(enterprise),
                    Err(error) => {
                        tracing::warn!(region = now.code, position = event.position, cause = %error, "an event of a region was not taken")
                    }
                }
            }
            refresh(tx, &inner, &now.code, touched)?;
            (now.epoch, now.position, now.head) = (Some(page.epoch.clone()), page.next, page.head);
            now.seen_at = Some(tx.now().naive_utc());
            store::save(tx.conn, &now)
        })
        .await
}

/// Records what waited for enterprises that are registered by now.
async fn take_up(app: &Arc<Credit>, known: &Region) -> Result<()> {
    let code = known.code.clone();
    if app.db.read(move |conn| store::ready(conn, &code, 1)).await?.is_empty() {
        return Ok(());
    }
    let (inner, code) = (Arc::clone(app), known.code.clone());
    app.db
        .write(move |tx| {
            let Some(mut now) = store::find(tx.conn, &code)? else { return Ok(()) };
            let mut touched = BTreeSet::new();
            for waiting in store::ready(tx.conn, &code, PAGE)? {
                store::unpark(tx.conn, &code, &waiting.origin)?;
                let fact: Fact = serde_json::from_str(&waiting.fact).map_err(Error::internal)?;
                match passable(tx.nested(|inner_tx| take(inner_tx, &inner, &mut now, &fact, waiting.position)))? {
                    Ok(enterprise) => touched.extend(enterprise),
                    Err(error) => tracing::warn!(region = code, origin = fact.id, cause = %error, "a fact that waited was not taken"),
                }
            }
            refresh(tx, &inner, &code, touched)?;
            store::save(tx.conn, &now)
        })
        .await
}

fn refresh(tx: &mut Tx<'_>, app: &Credit, code: &str, touched: BTreeSet<Uscc>) -> Result<()> {
    for enterprise in touched {
        let by = actor(code, &enterprise);
        fact::actions::refresh(tx, app, &enterprise, &by)?;
    }
    Ok(())
}

/// It speaks for whoever asserted the fact there, and may change no other.
fn actor(code: &str, organisation: &Uscc) -> Actor {
    Actor { client: format!("region-{code}"), organisation: organisation.clone(), role: Role::Authority }
}

/// The effect of one event; gives the enterprise whose score has to be refreshed.
fn one(tx: &mut Tx<'_>, app: &Credit, now: &mut Region, step: Step, event: &Event) -> Result<Option<Uscc>> {
    let position = event.position;
    match step {
        Step::Skip => Ok(None),
        Step::Take(fact) => take(tx, app, now, &fact, position),
        Step::Replace { old, fact, reason } => {
            store::unpark(tx.conn, &now.code, &old)?;
            let Some(local) = store::fact_of(tx.conn, &now.code, &old)? else { return take(tx, app, now, &fact, position) };
            if store::fact_of(tx.conn, &now.code, &fact.id)?.is_some() {
                return Ok(None);
            }
            let by = actor(&now.code, &fact.asserted_by);
            let stored = fact::actions::supersede(tx, app, &local, &draft(&now.code, position, &fact), &reason, &by)?;
            store::link(tx.conn, &now.code, &fact.id, &stored.fact.id)?;
            now.taken = now.taken.saturating_add(1);
            Ok(None)
        }
        Step::End { old, reason } => {
            store::unpark(tx.conn, &now.code, &old)?;
            let Some(local) = store::fact_of(tx.conn, &now.code, &old)? else { return Ok(None) };
            let stored = found(tx, &local)?;
            // Ended already, here or when the feed was read before.
            if stored.superseded_at.is_some() {
                return Ok(None);
            }
            let by = actor(&now.code, &stored.fact.asserted_by);
            fact::actions::annul(tx, app, &local, &reason, &by)?;
            Ok(None)
        }
        Step::Mark(fact) => {
            // What waits, waits as it stands now.
            store::unpark(tx.conn, &now.code, &fact.id)?;
            match store::fact_of(tx.conn, &now.code, &fact.id)? {
                Some(local) => set_marks(tx, app, &now.code, &local, |_kept| marks(&now.code, &fact)).map(|()| None),
                None => take(tx, app, now, &fact, position),
            }
        }
        Step::Withdraw { old, kind } => {
            store::unpark(tx.conn, &now.code, &old)?;
            let (Some(local), Some(kind)) = (store::fact_of(tx.conn, &now.code, &old)?, kind) else { return Ok(None) };
            let withdrawn = |stands: &Fact| {
                let mut all: Vec<Mark> = stands.marks.iter().filter(|mark| mark.ground.starts_with(&prefix(&now.code))).cloned().collect();
                let day = event.time.day().max(stands.valid_from);
                // The change of the marks itself came before, unless it is withdrawn with the rest.
                if !all.iter().any(|mark| mark.kind == kind && mark.stands_on(day)) {
                    all.push(Mark { kind, from: day, to: None, ground: format!("{}{old}", prefix(&now.code)) });
                }
                all
            };
            set_marks(tx, app, &now.code, &local, withdrawn).map(|()| None)
        }
    }
}

/// Makes the marks of a region on a fact these; a fact that has ended here keeps what it had.
fn set_marks(tx: &mut Tx<'_>, app: &Credit, code: &str, local: &str, marks: impl FnOnce(&Fact) -> Vec<Mark>) -> Result<()> {
    let stored = found(tx, local)?;
    if stored.superseded_at.is_some() {
        return Ok(());
    }
    let (marks, by) = (marks(&stored.fact), actor(code, &stored.fact.asserted_by));
    mark::actions::align(tx, app, &stored.fact, (&prefix(code), &marks), &by)
}

fn found(tx: &mut Tx<'_>, local: &str) -> Result<Stored> {
    fact::store::find(tx.conn, local)?.ok_or_else(|| Error::not_found("fact", local))
}

fn take(tx: &mut Tx<'_>, app: &Credit, now: &mut Region, fact: &Fact, position: i64) -> Result<Option<Uscc>> {
    if store::fact_of(tx.conn, &now.code, &fact.id)?.is_some() {
        return Ok(None);
    }
    if !enterprise::store::exists(tx.conn, &fact.enterprise)? {
        let waiting = Waiting {
            region: now.code.clone(),
            origin: fact.id.clone(),
            enterprise: fact.enterprise.to_string(),
            position,
            fact: serde_json::to_string(fact).map_err(Error::internal)?,
        };
        store::park(tx.conn, &waiting)?;
        return Ok(None);
    }
    let by = actor(&now.code, &fact.asserted_by);
    let (fact::actions::Recorded::Created(stored) | fact::actions::Recorded::Same(stored)) =
        fact::actions::record(tx, app, &draft(&now.code, position, fact), &by)?;
    store::link(tx.conn, &now.code, &fact.id, &stored.fact.id)?;
    set_marks(tx, app, &now.code, &stored.fact.id, |_kept| marks(&now.code, fact))?;
    now.taken = now.taken.saturating_add(1);
    Ok(Some(fact.enterprise.clone()))
}

/// Records an entry as its next version; a region that had stopped is read from its beginning again, which doubles nothing.
///
/// # Errors
/// 412 or 428 when the expectation about the version is not met.
pub fn put(tx: &mut Tx<'_>, code: &str, new: &NewRegion, tag: Option<&IfMatch>, by: &str) -> Result<(Region, bool)> {
    let stands = store::find(tx.conn, code)?;
    match (&stands, tag) {
        (Some(region), Some(tag)) => tag.check(region.version)?,
        (Some(_), None) => return Err(required()),
        (None, Some(_)) => return Err(common::http::precondition::mismatch(0)),
        (None, None) => {}
    }
    let kinds = serde_json::to_string(&new.kinds).map_err(Error::internal)?;
    // Other kinds were passed over before.
    let is_fresh = stands.as_ref().is_none_or(|region| region.stopped.is_some() || region.kinds != kinds);
    let region = Region {
        code: code.to_owned(),
        name: new.name.trim().to_owned(),
        kinds,
        active: new.active,
        version: stands.as_ref().map_or(1, |region| region.version.saturating_add(1)),
        recorded_at: tx.now().naive_utc(),
        recorded_by: by.to_owned(),
        epoch: stands.as_ref().filter(|_| !is_fresh).and_then(|region| region.epoch.clone()),
        position: stands.as_ref().filter(|_| !is_fresh).map_or(0, |region| region.position),
        head: stands.as_ref().map_or(0, |region| region.head),
        seen_at: stands.as_ref().and_then(|region| region.seen_at),
        taken: stands.as_ref().map_or(0, |region| region.taken),
        stopped: None,
    };
    store::save(tx.conn, &region)?;
    Ok((region, stands.is_none()))
}
