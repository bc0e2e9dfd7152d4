//! What credit tells becomes the standing; the standing of recently asked suppliers is kept in memory. Not here: judging it.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use common::{
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
    feed::{Event, Freshness, freshness},
};
use contracts::{
    credit::{
        EnterpriseMerged, EnterpriseRecorded, FactAnnulled, FactMarked, FactRecorded, FactSuperseded, MeasuresChanged, ScoreTimeline,
    },
    event::Payload,
};
use model::uscc::Uscc;
use moka::sync::Cache;
use serde::de::DeserializeOwned;

use super::{
    rules::{CREDIT, SourceState, Standing},
    store::{self, Place, RowKind},
};

/// Standings kept in memory.
const KEPT: u64 = 50_000;
/// Changes made by another replica are seen this often.
const LOOK: Duration = Duration::from_millis(200);

/// Puts an event of credit into the standing. Unknown types are no concern of ours.
///
/// # Errors
/// When a payload is not what its type promises, or the database fails.
pub fn project(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let position = event.position;
    match event.kind.as_str() {
        EnterpriseRecorded::TYPE => {
            let told: EnterpriseRecorded = payload(event)?;
            store::put(tx, Place { source: CREDIT, uscc: &told.uscc, kind: RowKind::Enterprise, item: "" }, position, &told)
        }
        EnterpriseMerged::TYPE => {
            let told: EnterpriseMerged = payload(event)?;
            store::merge(tx, &told.absorbed, &told.survivor, position)
        }
        FactRecorded::TYPE | FactMarked::TYPE => {
            // Both hold the whole fact as it stands now.
            let FactRecorded { fact } = payload(event)?;
            store::put(tx, Place { source: CREDIT, uscc: &fact.enterprise, kind: RowKind::Fact, item: &fact.id }, position, &fact)
        }
        FactSuperseded::TYPE => {
            let FactSuperseded { superseded, fact, .. } = payload(event)?;
            store::end(tx, Place { source: CREDIT, uscc: &fact.enterprise, kind: RowKind::Fact, item: &superseded }, position)?;
            store::put(tx, Place { source: CREDIT, uscc: &fact.enterprise, kind: RowKind::Fact, item: &fact.id }, position, &fact)
        }
        FactAnnulled::TYPE => {
            let FactAnnulled { enterprise, annulled, .. } = payload(event)?;
            store::end(tx, Place { source: CREDIT, uscc: &enterprise, kind: RowKind::Fact, item: &annulled }, position)
        }
        ScoreTimeline::TYPE => {
            let told: ScoreTimeline = payload(event)?;
            store::put(tx, Place { source: CREDIT, uscc: &told.uscc, kind: RowKind::Timeline, item: "" }, position, &told)
        }
        MeasuresChanged::TYPE => {
            let told: MeasuresChanged = payload(event)?;
            store::put(tx, Place { source: CREDIT, uscc: &told.uscc, kind: RowKind::Measures, item: "" }, position, &told)
        }
        _ => Ok(()),
    }
}

fn payload<T: DeserializeOwned>(event: &Event) -> Result<T> {
    serde_json::from_value(event.data.clone()).map_err(|error| Error::internal(format!("{} at {}: {error}", event.kind, event.position)))
}

/// A standing at the position where it was loaded; it holds until a change of this supplier.
pub struct Loaded {
    /// The standing, its sources marked fresh.
    pub standing: Standing,
    /// How far credit was known when it was loaded.
    pub at: Freshness,
    digest: OnceLock<String>,
}

impl Loaded {
    /// A standing that was read up to this position; its sources are marked fresh.
    #[must_use]
    pub fn new(mut standing: Standing, at: Freshness) -> Self {
        standing.sources = vec![SourceState { service: CREDIT.to_owned(), position: at.position, epoch: at.epoch.clone(), fresh: true }];
        Self { standing, at, digest: OnceLock::new() }
    }

    /// Digest of what the decision reads, for the receipt and the replay.
    ///
    /// # Errors
    /// Never in practice: a standing is plain data.
    pub fn digest(&self) -> Result<&str> {
        if let Some(digest) = self.digest.get() {
            return Ok(digest);
        }
        let made = digest_of(&self.standing)?;
        Ok(self.digest.get_or_init(|| made))
    }
}

/// Digest of the canonical form (RFC 8785) of a standing.
///
/// # Errors
/// Never in practice: a standing is plain data.
pub fn digest_of(standing: &Standing) -> Result<String> {
    let canonical = receipt::canonical(&standing.digest_value()).map_err(|error| Error::internal(error.to_string()))?;
    Ok(receipt::digest(&canonical))
}

/// The standings that this process has at hand, and how far it knows its sources.
#[derive(Clone)]
pub struct Standings {
    db: Db,
    kept: Cache<Uscc, Arc<Loaded>>,
    known: Arc<ArcSwap<Freshness>>,
    /// Raised before anything is dropped: a load that began earlier may be older than the drop.
    drops: Arc<AtomicU64>,
    advanced: Arc<tokio::sync::watch::Sender<i64>>,
}

impl Standings {
    /// The standings of a database.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open(db: Db) -> Result<Self> {
        let known = db.read_here(|conn| freshness(conn, CREDIT))?.unwrap_or_else(nothing);
        let (advanced, _) = tokio::sync::watch::channel(known.position);
        Ok(Self {
            db,
            kept: Cache::new(KEPT),
            known: Arc::new(ArcSwap::from_pointee(known)),
            drops: Arc::default(),
            advanced: Arc::new(advanced),
        })
    }

    /// How far this process knows credit.
    #[must_use]
    pub fn known(&self) -> Arc<Freshness> {
        self.known.load_full()
    }

    /// The standing of a supplier, and how far credit was read for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, uscc: &Uscc) -> Result<(Arc<Loaded>, Freshness)> {
        let known = self.known();
        if let Some(kept) = self.kept.get(uscc) {
            // Shortly after a load, the load knew more than the last look.
            let newer = (kept.at.position, kept.at.seen_at) > (known.position, known.seen_at);
            let at = if newer { kept.at.clone() } else { Freshness::clone(&known) };
            return Ok((kept, at));
        }
        let (drops, wanted) = (self.drops.load(Ordering::SeqCst), uscc.clone());
        let read = self.db.read(move |conn| Ok((store::load(conn, &wanted, None)?, freshness(conn, CREDIT)?.unwrap_or_else(nothing))));
        let (standing, at) = read.await?;
        let loaded = Arc::new(Loaded::new(standing, at.clone()));
        self.kept.insert(uscc.clone(), Arc::clone(&loaded));
        if self.drops.load(Ordering::SeqCst) != drops {
            // A change overtook the load: it may be older than what was dropped meanwhile.
            self.kept.invalidate(uscc);
        }
        Ok((loaded, at))
    }

    /// The standings of many at one position of credit, in the order asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn together(&self, codes: Vec<Uscc>) -> Result<(Vec<Loaded>, Freshness)> {
        let read = self.db.read(move |conn| {
            let at = freshness(conn, CREDIT)?.unwrap_or_else(nothing);
            Ok((store::load_many(conn, &codes)?, at))
        });
        let (all, at) = read.await?;
        Ok((all.into_iter().map(|standing| Loaded::new(standing, at.clone())).collect(), at))
    }

    /// Waits until more of credit is known, at most so long.
    pub async fn advance(&self, at_most: Duration) {
        let mut advanced = self.advanced.subscribe();
        drop(tokio::time::timeout(at_most, advanced.changed()).await);
    }

    /// Drops what changed, for as long as the process lives.
    pub async fn tail(self, clock: Clock) {
        loop {
            if let Err(error) = self.look().await {
                tracing::warn!(cause = %error, at = %clock.now().micros(), "the standing cannot be read right now");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// One look: drops the suppliers that changed since the last one, then reports the new position.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self) -> Result<()> {
        let known = self.known();
        let after = known.position;
        let read = self.db.read(move |conn| {
            let at = freshness(conn, CREDIT)?.unwrap_or_else(nothing);
            let changed = if at.position > after { store::changed(conn, CREDIT, after, at.position)? } else { Vec::new() };
            Ok((at, changed))
        });
        let (at, changed) = read.await?;
        if !changed.is_empty() {
            self.drops.fetch_add(1, Ordering::SeqCst);
        }
        for uscc in changed {
            if let Ok(uscc) = Uscc::parse(&uscc) {
                self.kept.invalidate(&uscc);
            }
        }
        if *known != at {
            let position = at.position;
            self.known.store(Arc::new(at));
            self.advanced.send_replace(position);
        }
        Ok(())
    }
}

fn nothing() -> Freshness {
    Freshness { epoch: String::new(), position: 0, seen_at: model::instant::Instant::from_micros(0) }
}
