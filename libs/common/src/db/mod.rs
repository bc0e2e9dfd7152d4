//! `Db::read` and `Db::write`: the only way to a connection, and the only place that knows two backends. Not here: queries; each service has
//! its own in `store.rs`.

mod conn;
mod connect;
mod once;
mod portable;
mod schema;
#[cfg(test)]
pub(crate) mod tests;
mod writer;

use std::{path::PathBuf, sync::Arc, time::Duration};

use diesel::{
    Connection,
    connection::{SimpleConnection, TransactionManager},
    r2d2::Pool,
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::{
    chance::Chance,
    clock::Clock,
    error::{Code, Error, Result},
    kv::Kv,
};

pub use conn::{Conn, MultiBackend};
pub use connect::Target;
pub use once::{Answer, OnceKey};
pub use portable::{Portable, TextPairs};
pub use writer::Tx;

pub(crate) use connect::Manager;
pub(crate) use schema::{feed_head, follower, idempotency, outbox, parked_event, withdrawal};

/// What every service's database has: outbox, feed head, cursors, idempotency.
pub const PLATFORM_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

const READERS_SQLITE: u32 = 4;
const READERS_POSTGRES: u32 = 8;
const READER_WAIT: Duration = Duration::from_secs(5);

/// One service's database.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    service: &'static str,
    readers: Pool<Manager>,
    writer: writer::Lane,
    changed: tokio::sync::watch::Sender<i64>,
    woken: Option<tokio::sync::watch::Receiver<u64>>,
    epoch: String,
    clock: Clock,
}

/// What a database needs from its surroundings.
pub struct Surroundings {
    /// The service whose schema or file it is.
    pub service: &'static str,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids come from.
    pub chance: Chance,
    /// Wakes followers in other processes.
    pub kv: Kv,
}

impl Db {
    /// Opens the database of a service: makes it where it is missing, and migrates it.
    ///
    /// # Errors
    /// When it cannot be reached, is too old, or a migration fails.
    pub fn open(target: &Target, around: Surroundings, migrations: EmbeddedMigrations) -> Result<Self> {
        let manager = Manager::new(target.clone(), around.service);
        let mut conn = manager.establish_checked().map_err(|error| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error))?;
        let epoch = connect::prepare(&mut conn, around.service, migrations, &around.chance, &around.clock)?;
        let size = if target.is_postgres() { READERS_POSTGRES } else { READERS_SQLITE };
        let readers = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(READER_WAIT)
            // A restarted PostgreSQL leaves dead connections in the pool; SQLite has none to lose.
            .test_on_check_out(target.is_postgres())
            .error_handler(Box::new(connect::LogOnce))
            .build_unchecked(manager.clone().for_reading());
        let (changed, _) = tokio::sync::watch::channel(0);
        let service = around.service;
        let clock = around.clock.clone();
        let woken = around.kv.on_wake(service);
        let writer = writer::Lane::start(manager, conn, around, changed.clone());
        Ok(Self { inner: Arc::new(Inner { service, readers, writer, changed, woken, epoch, clock }) })
    }

    /// The service whose database this is.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.inner.service
    }

    /// Changes when the database was made anew or restored; followers stop when they see another.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.inner.epoch
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Told after every commit of this process that moved the feed.
    #[must_use]
    pub fn changes(&self) -> tokio::sync::watch::Receiver<i64> {
        self.inner.changed.subscribe()
    }

    /// Waits for the next of `changes`, at most `look`; what is committed within `shared` counts as one, since under load every commit is a change.
    pub async fn next_change(changes: &mut tokio::sync::watch::Receiver<i64>, shared: Duration, look: Duration) {
        tokio::time::sleep(shared).await;
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(look) => {}
        }
    }

    /// Told after commits of other processes, where Redis carries the word; without it they are seen by looking.
    #[must_use]
    pub fn wakes(&self) -> Option<tokio::sync::watch::Receiver<u64>> {
        self.inner.woken.clone()
    }

    /// Runs `f` on one snapshot, away from the worker thread.
    ///
    /// # Errors
    /// What `f` answers; 503 when no connection is free.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let span = tracing::Span::current();
        let task = tokio::task::spawn_blocking(move || span.in_scope(|| inner.read_blocking(f)));
        task.await.map_err(Error::internal)?
    }

    /// Runs `f` on one snapshot on this thread; for indexed point reads and for threads of our own.
    ///
    /// # Errors
    /// What `f` answers; 503 when no connection is free.
    pub fn read_here<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.inner.read_blocking(f)
    }

    /// Runs `f` in the write lane: its effect, its events and its answer are durable together or not at all.
    ///
    /// `f` may run more than once and must have no other effect than through its transaction.
    ///
    /// # Errors
    /// What `f` answers (nothing is stored then); 503 when the commit failed.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.writer.run(f).await
    }
}

impl Inner {
    fn read_blocking<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.readers.get().map_err(|error| Error::unavailable(Code::OVERLOADED, error))?;
        connect::begin_read(&mut conn)?;
        let outcome = f(&mut conn);
        let ended = <Conn as Connection>::TransactionManager::rollback_transaction(&mut *conn);
        let value = outcome?;
        ended?;
        Ok(value)
    }
}

/// Runs several statements at once, for the pragmas and settings of a connection.
fn batch(conn: &mut Conn, sql: &str) -> diesel::QueryResult<()> {
    conn.batch_execute(sql)
}

/// Where a service's data are, from the configuration.
#[must_use]
pub fn target(database_url: Option<&str>, data: PathBuf, service: &str) -> Target {
    database_url.map_or_else(|| Target::Sqlite(data.join(format!("{service}.sqlite"))), |url| Target::Postgres(url.to_owned()))
}
