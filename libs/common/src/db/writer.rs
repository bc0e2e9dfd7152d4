//! The write lane of a database in this process: one thread takes all waiting closures, runs each in a savepoint of one transaction, commits
//! once, and only then answers (group commit). Not here: what a write does.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use diesel::{Connection, ExpressionMethods, QueryDsl, RunQueryDsl, connection::TransactionManager};
use model::instant::Instant;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Conn, Manager, Surroundings, connect, feed_head};
use crate::{
    error::{Code, Error, Result},
    metrics::Metrics,
};

type Transactions = <Conn as Connection>::TransactionManager;

/// At most so many closures share one commit.
const GROUP: usize = 64;
/// At most so many closures wait; more is back-pressure.
const WAITING: usize = 1024;
/// A group that loses a serialization race runs again, so many times.
const TRIES: u32 = 20;

/// A transaction in the write lane.
pub struct Tx<'a> {
    /// The connection, for store functions.
    pub conn: &'a mut Conn,
    now: Instant,
    head: &'a mut i64,
    around: &'a Surroundings,
}

impl Tx<'_> {
    /// The time of this transaction: never before that of an earlier one.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// A new id with this prefix.
    #[must_use]
    pub fn id(&self, prefix: &str) -> String {
        self.around.chance.id(prefix, self.now)
    }

    /// The last position of the feed, own events of this transaction included.
    #[must_use]
    pub const fn position(&self) -> i64 {
        *self.head
    }

    /// Takes the next position of the feed.
    pub const fn next_position(&mut self) -> i64 {
        *self.head = self.head.saturating_add(1);
        *self.head
    }

    /// The service in whose database this is.
    #[must_use]
    pub const fn service(&self) -> &'static str {
        self.around.service
    }

    /// Runs `f` in a savepoint of its own: when it fails, only its own effect is gone. For the items of a batch.
    ///
    /// # Errors
    /// What `f` answers; the outer transaction goes on.
    pub fn nested<T>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let before = *self.head;
        Transactions::begin_transaction(self.conn)?;
        let mut inner = Tx { conn: &mut *self.conn, now: self.now, head: &mut *self.head, around: self.around };
        match f(&mut inner) {
            Ok(value) => {
                Transactions::commit_transaction(self.conn)?;
                Ok(value)
            }
            Err(error) => {
                *self.head = before;
                Transactions::rollback_transaction(self.conn)?;
                Err(error)
            }
        }
    }

    /// Runs `f` for every item: what a refused item did is gone, the others stand. Refusals are few and savepoints dear, so all items share one, and
    /// only when one is refused does each run again in its own.
    ///
    /// # Errors
    /// Only what is no refusal but a failure of the platform itself (5xx, or what may succeed when the group runs again): then nothing of it stands.
    pub fn each<I, T>(&mut self, items: &[I], f: impl Fn(&mut Tx<'_>, &I) -> Result<T>) -> Result<Vec<Result<T>>> {
        let at_once = self.nested(|inner| items.iter().map(|item| f(inner, item)).collect::<Result<Vec<T>>>());
        match at_once {
            Ok(all) => Ok(all.into_iter().map(Ok).collect()),
            Err(error) if error.is_failure() => Err(error),
            Err(_refusal) => items
                .iter()
                .map(|item| match self.nested(|inner| f(inner, item)) {
                    Err(error) if error.is_failure() => Err(error),
                    outcome => Ok(outcome),
                })
                .collect(),
        }
    }
}

/// How a group ended for a closure that had run well.
#[derive(Clone, Copy)]
enum Fate {
    Committed,
    Lost,
}

trait Job: Send {
    /// Runs; `Err` asks for the whole group to run again.
    fn run(&mut self, tx: &mut Tx<'_>) -> std::result::Result<(), Error>;
    fn answer(self: Box<Self>, fate: Fate);
}

struct Closure<F, T> {
    f: F,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<F, T> Job for Closure<F, T>
where
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
    T: Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> std::result::Result<(), Error> {
        let before = *tx.head;
        Transactions::begin_transaction(tx.conn)?;
        let depth = depth(tx.conn);
        let ran = catch_unwind(AssertUnwindSafe(|| (self.f)(tx)));
        let outcome = ran.unwrap_or_else(|_panic| Err(Error::internal("a write panicked")));
        // A panic may have left savepoints of its own open.
        while self::depth(tx.conn) > depth {
            Transactions::rollback_transaction(tx.conn)?;
        }
        match outcome {
            Ok(value) => {
                Transactions::commit_transaction(tx.conn)?;
                self.outcome = Some(Ok(value));
            }
            Err(error) if error.is_retryable() => return Err(error),
            Err(error) => {
                *tx.head = before;
                Transactions::rollback_transaction(tx.conn)?;
                self.outcome = Some(Err(error));
            }
        }
        Ok(())
    }

    fn answer(self: Box<Self>, fate: Fate) {
        let answer = match (self.outcome, fate) {
            (Some(Ok(value)), Fate::Committed) => Ok(value),
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(_)) | None, _) => Err(Error::unavailable(Code::UPSTREAM_UNAVAILABLE, "the commit failed")),
        };
        // The caller may have gone; the effect stands all the same.
        drop(self.reply.send(answer));
    }
}

/// How many transactions and savepoints are open.
fn depth(conn: &mut Conn) -> u32 {
    let status = Transactions::transaction_manager_status_mut(conn);
    status.transaction_depth().ok().flatten().map_or(0, std::num::NonZeroU32::get)
}

/// The door to the writer thread.
pub(super) struct Lane {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Lane {
    pub(super) fn start(manager: Manager, conn: Conn, around: Surroundings, changed: watch::Sender<i64>) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let sizes = Metrics::global().writer_group(around.service);
        let writer = Writer { manager, conn: Some(conn), around, changed, sizes };
        let named = std::thread::Builder::new().name(format!("{}-writer", writer.around.service));
        if let Err(error) = named.spawn(move || writer.serve(waiting)) {
            tracing::error!(cause = %error, "the writer thread cannot be started");
        }
        Self { jobs }
    }

    pub(super) async fn run<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Closure { f, outcome: None, reply };
        self.jobs.send(Box::new(job)).await.map_err(|_closed| gone())?;
        answer.await.map_err(|_closed| gone())?
    }
}

fn gone() -> Error {
    Error::unavailable(Code::OVERLOADED, "the writer has stopped")
}

struct Writer {
    manager: Manager,
    conn: Option<Conn>,
    around: Surroundings,
    changed: watch::Sender<i64>,
    sizes: prometheus::Histogram,
}

impl Writer {
    fn serve(mut self, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
        let mut group: Vec<Box<dyn Job>> = Vec::with_capacity(GROUP);
        while waiting.blocking_recv_many(&mut group, GROUP) > 0 {
            self.sizes.observe(f64::from(u32::try_from(group.len()).unwrap_or(u32::MAX)));
            let fate = self.commit(&mut group);
            for job in group.drain(..) {
                job.answer(fate);
            }
        }
    }

    fn commit(&mut self, group: &mut [Box<dyn Job>]) -> Fate {
        for attempt in 1..=TRIES {
            match self.attempt(group) {
                Ok(moved) => {
                    if let Some(position) = moved {
                        self.changed.send_replace(position);
                        self.around.kv.wake(self.around.service);
                    }
                    return Fate::Committed;
                }
                Err(error) if error.is_retryable() && attempt < TRIES => {
                    let jitter = self.around.chance.below(u64::from(attempt).saturating_mul(4).saturating_add(1));
                    std::thread::sleep(Duration::from_millis(jitter));
                }
                Err(error) => {
                    tracing::error!(cause = %error, service = self.around.service, writes = group.len(), "a group of writes was lost and refused");
                    return Fate::Lost;
                }
            }
        }
        Fate::Lost
    }

    /// One try: the new head of the feed where it moved.
    fn attempt(&mut self, group: &mut [Box<dyn Job>]) -> Result<Option<i64>> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.manager.establish().map_err(|error| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error))?,
        };
        let outcome = in_transaction(&mut conn, &self.around, group);
        // A failed group leaves a connection in doubt, maybe deep in savepoints: closing it rolls everything back.
        self.conn = outcome.is_ok().then_some(conn);
        outcome
    }
}

fn in_transaction(conn: &mut Conn, around: &Surroundings, group: &mut [Box<dyn Job>]) -> Result<Option<i64>> {
    connect::begin_write(conn)?;
    let (was, last): (i64, chrono::NaiveDateTime) = feed_head::table.select((feed_head::position, feed_head::recorded_at)).first(conn)?;
    let now = around.clock.now().max(Instant::from_naive_utc(last));
    let mut head = was;
    for job in group.iter_mut() {
        job.run(&mut Tx { conn: &mut *conn, now, head: &mut head, around })?;
    }
    if head > was {
        diesel::update(feed_head::table).set((feed_head::position.eq(head), feed_head::recorded_at.eq(now.naive_utc()))).execute(conn)?;
    }
    Transactions::commit_transaction(conn)?;
    Ok((head > was).then_some(head))
}
