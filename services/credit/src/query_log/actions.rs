//! Keeping the log: noted in memory without waiting, written by one job, removed when its time is over. Not here: which request is noted, `http.rs`.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use common::{clock::Clock, db::Db, error::Result, metrics::Metrics, stop};
use model::policy::Policy;
use tokio::sync::{mpsc, oneshot};

use super::{
    rules::{Keeping, Named, kept_from},
    store::{self, Noted},
};

/// So many entries fit into memory; what comes then goes to standard error and is counted.
const WAITING: usize = 10_000;
/// About so many rows are written in one closure of the write lane.
const CHUNK: usize = 250;
/// Entries are gathered so long. With the write itself they are stored within a second.
const GATHER: Duration = Duration::from_millis(500);
/// Pause after a write that failed.
const PAUSE: Duration = Duration::from_secs(1);
/// Old entries are looked for this often, and removed in chunks.
const SWEEP: Duration = Duration::from_secs(3_600);
const SWEEP_CHUNK: i64 = 1_000;

/// What the job is told.
enum Word {
    Noted(Box<Noted>),
    /// Everything noted before is to be written now.
    Flush(oneshot::Sender<()>),
}

/// A look-up by its operation.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// The operation id.
    pub operation: String,
    /// How its path names the enterprise.
    pub named: Named,
}

/// The log of a process: where entries wait, and which operations are noted.
pub struct QueryLog {
    /// By method and path of the document.
    pub look_ups: BTreeMap<String, BTreeMap<String, LookUp>>,
    /// How it is kept, by day.
    pub policy: Policy<Keeping>,
    waiting: mpsc::Sender<Word>,
    job: Mutex<Option<mpsc::Receiver<Word>>>,
    metrics: Metrics,
}

impl QueryLog {
    /// An empty one.
    #[must_use]
    pub fn new(look_ups: BTreeMap<String, BTreeMap<String, LookUp>>, policy: Policy<Keeping>, metrics: Metrics) -> Self {
        let (waiting, job) = mpsc::channel(WAITING);
        Self { look_ups, policy, waiting, job: Mutex::new(Some(job)), metrics }
    }

    /// Notes a look-up. It never waits: where memory is full the entry goes to standard error.
    pub fn note(&self, noted: Noted) {
        if let Err(full) = self.waiting.try_send(Word::Noted(Box::new(noted))) {
            self.metrics.note_overflowed("credit");
            if let Word::Noted(noted) = full.into_inner() {
                tracing::error!(?noted, "the query log is full: this look-up stands here and nowhere else");
            }
        }
    }

    /// Writes what is noted, for as long as the process lives, and what is left when it ends.
    pub async fn keep(self: Arc<Self>, db: Db) {
        let Some(mut job) = self.job.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let waiting = self.waiting.clone();
        stop::at_the_end(move || async move {
            let (done, written) = oneshot::channel();
            if waiting.send(Word::Flush(done)).await.is_ok() {
                // Its sender is dropped only with the job itself.
                drop(written.await);
            }
        });
        let (mut words, mut entries, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        while job.recv_many(&mut words, WAITING).await > 0 {
            sort(&mut words, &mut entries, &mut asked);
            if asked.is_empty() {
                // Others come meanwhile and share the commit.
                tokio::time::sleep(GATHER).await;
                while let Ok(word) = job.try_recv() {
                    words.push(word);
                }
                sort(&mut words, &mut entries, &mut asked);
            }
            write(&db, &mut entries).await;
            for done in asked.drain(..) {
                // Whoever asked may have gone: what it asked for is done.
                let _gone = done.send(());
            }
        }
    }

    /// Removes what is older than the policy's years, at start and every hour.
    pub async fn sweep(self: Arc<Self>, db: Db, clock: Clock) {
        loop {
            match self.remove_old(&db, &clock).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "old entries of the query log removed"),
                Err(error) => tracing::warn!(cause = %error, "old entries of the query log are still kept"),
            }
            tokio::time::sleep(SWEEP).await;
        }
    }

    /// Removes what is older than the policy's years; gives how many entries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_old(&self, db: &Db, clock: &Clock) -> Result<usize> {
        let today = clock.now().day();
        let Some(row) = self.policy.at(today) else { return Ok(0) };
        let (first, mut total) = (kept_from(&row.value, today), 0_usize);
        loop {
            let removed = db.write(move |tx| store::remove_before(tx.conn, first, SWEEP_CHUNK)).await?;
            total = total.saturating_add(removed);
            if removed == 0 {
                return Ok(total);
            }
        }
    }
}

fn sort(words: &mut Vec<Word>, entries: &mut Vec<Noted>, asked: &mut Vec<oneshot::Sender<()>>) {
    for word in words.drain(..) {
        match word {
            Word::Noted(noted) => entries.push(*noted),
            Word::Flush(done) => asked.push(done),
        }
    }
}

/// Writes everything, however long the database is away: meanwhile memory fills, and readers go on.
async fn write(db: &Db, entries: &mut Vec<Noted>) {
    while !entries.is_empty() {
        let mut rows = 0_usize;
        let within = |entry: &&Noted| {
            let fits = rows < CHUNK;
            rows = rows.saturating_add(entry.about.count());
            fits
        };
        let chunk: Arc<[Noted]> = entries.iter().take_while(within).cloned().collect();
        let inner = Arc::clone(&chunk);
        match db.write(move |tx| store::insert(tx, &inner)).await {
            Ok(()) => drop(entries.drain(..chunk.len())),
            Err(error) => {
                tracing::warn!(cause = %error, "the query log cannot be written right now");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
