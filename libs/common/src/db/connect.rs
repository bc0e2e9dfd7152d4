//! How a connection is made, checked, migrated and begun on each backend. Not here: what runs on it.

use std::path::PathBuf;

use diesel::{
    Connection, ExpressionMethods, PgConnection, QueryDsl, RunQueryDsl, SqliteConnection, connection::AnsiTransactionManager,
    r2d2::ManageConnection, sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::{Conn, PLATFORM_MIGRATIONS, batch, feed_head};
use crate::{
    chance::Chance,
    clock::Clock,
    error::{Code, Error, Result},
};

/// WAL with every commit synced: an acknowledged write survives a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456;";

/// The writer keeps fewer pages: after a commit that split a page of an index, SQLite walks all that it keeps (`pcache1TruncateUnsafe`). And it copies
/// the log into the file only every 32 MiB: a page of an index that many commits touch is then written once.
const SQLITE_SETTINGS_OF_WRITER: &str = "PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 8192;";

/// A frozen replica must free the write lane.
const POSTGRES_SETTINGS: &str = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'; SET statement_timeout = '30s'; \
     SET timezone = 'UTC'; SET client_min_messages = 'warning';";

/// SQLite before this version could corrupt the file when the WAL was reset.
const SQLITE_FLOOR: (u32, u32, u32) = (3, 51, 3);

/// Where a service's data are.
#[derive(Clone)]
pub enum Target {
    /// One file.
    Sqlite(PathBuf),
    /// One schema behind this `postgres://` address.
    Postgres(String),
}

impl Target {
    /// Whether it is PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

/// Makes connections of one service.
#[derive(Clone)]
pub(crate) struct Manager {
    target: Target,
    schema: &'static str,
    reading: bool,
}

impl Manager {
    pub(crate) const fn new(target: Target, schema: &'static str) -> Self {
        Self { target, schema, reading: false }
    }

    /// The same for connections that may only read.
    pub(crate) const fn for_reading(mut self) -> Self {
        self.reading = true;
        self
    }

    pub(crate) fn establish(&self) -> std::result::Result<Conn, diesel::r2d2::Error> {
        let made = match &self.target {
            Target::Sqlite(path) => SqliteConnection::establish(&path.to_string_lossy()).map(Conn::Sqlite),
            Target::Postgres(url) => PgConnection::establish(url).map(Conn::Postgres),
        };
        let mut conn = made.map_err(diesel::r2d2::Error::ConnectionError)?;
        self.settle(&mut conn).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }

    fn settle(&self, conn: &mut Conn) -> diesel::QueryResult<()> {
        match conn {
            Conn::Sqlite(_) => {
                batch(conn, SQLITE_SETTINGS)?;
                batch(conn, if self.reading { "PRAGMA query_only = ON;" } else { SQLITE_SETTINGS_OF_WRITER })
            }
            Conn::Postgres(_) => {
                batch(conn, POSTGRES_SETTINGS)?;
                batch(conn, &format!("SET search_path TO \"{}\";", self.schema))
            }
        }
    }

    /// A first connection, with the server's version checked.
    pub(crate) fn establish_checked(&self) -> std::result::Result<Conn, Box<dyn std::error::Error + Send + Sync>> {
        if let Target::Sqlite(path) = &self.target
            && let Some(folder) = path.parent()
        {
            std::fs::create_dir_all(folder)?;
        }
        let mut conn = self.establish()?;
        check(&mut conn)?;
        if matches!(conn, Conn::Postgres(_)) {
            batch(&mut conn, &format!("CREATE SCHEMA IF NOT EXISTS \"{}\";", self.schema)).or_else(|error| {
                // Two processes that start together may both try: the loser finds the schema there.
                let again = format!("SELECT 1 FROM pg_namespace WHERE nspname = '{}';", self.schema);
                batch(&mut conn, &again).map_err(|_ignored| error)
            })?;
        }
        Ok(conn)
    }
}

#[derive(diesel::QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn ask(conn: &mut Conn, sql: &str) -> diesel::QueryResult<String> {
    diesel::sql_query(sql).get_result::<Word>(conn).map(|row| row.word)
}

/// Refuses a database that would not keep its promises.
fn check(conn: &mut Conn) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if !matches!(conn, Conn::Sqlite(_)) {
        return Ok(());
    }
    let version = ask(conn, "SELECT sqlite_version() AS word")?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < SQLITE_FLOOR {
        return Err(format!("SQLite {version} is older than 3.51.3, whose WAL is safe").into());
    }
    let settings = ask(
        conn,
        "SELECT (SELECT journal_mode FROM pragma_journal_mode) || ' ' || (SELECT synchronous FROM pragma_synchronous) || ' ' || \
         (SELECT foreign_keys FROM pragma_foreign_keys) AS word",
    )?;
    if settings == "wal 2 1" { Ok(()) } else { Err(format!("SQLite settings are {settings}, not wal 2 1").into()) }
}

/// Migrates, and gives the epoch of the feed. Replicas that start together wait for each other.
pub(super) fn prepare(conn: &mut Conn, service: &str, migrations: EmbeddedMigrations, chance: &Chance, clock: &Clock) -> Result<String> {
    let postgres = matches!(conn, Conn::Postgres(_));
    if postgres {
        batch(conn, "SET lock_timeout = '60s'; SET statement_timeout = '120s';")?;
        batch(conn, &format!("SELECT pg_advisory_lock(hashtext('touchstone migrations {service}'));"))?;
    }
    let outcome = migrate(conn, migrations);
    if postgres {
        batch(conn, &format!("SELECT pg_advisory_unlock(hashtext('touchstone migrations {service}'));"))?;
        batch(conn, POSTGRES_SETTINGS)?;
    }
    outcome?;
    let now = clock.now();
    let made = chance.id("epo", now);
    let head = diesel::insert_into(feed_head::table).values((
        feed_head::one.eq(1),
        feed_head::epoch.eq(&made),
        feed_head::position.eq(0_i64),
        feed_head::recorded_at.eq(now.naive_utc()),
    ));
    super::Portable(head.on_conflict(feed_head::one).do_nothing()).execute(conn)?;
    Ok(feed_head::table.select(feed_head::epoch).first(conn)?)
}

fn migrate(conn: &mut Conn, migrations: EmbeddedMigrations) -> Result<()> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error);
    conn.run_pending_migrations(PLATFORM_MIGRATIONS).map_err(failed)?;
    conn.run_pending_migrations(migrations).map_err(failed)?;
    Ok(())
}

/// Begins a write: the snapshot of PostgreSQL is taken after the lane, so that position and time are commit order.
pub(super) fn begin_write(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
        Conn::Postgres(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL SERIALIZABLE")?;
            diesel::sql_query("LOCK TABLE write_lane IN EXCLUSIVE MODE").execute(inner).map(|_rows| ())
        }
    }
}

/// Begins a read on one snapshot.
pub(super) fn begin_read(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
        Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> std::result::Result<Conn, Self::Error> {
        self.establish()
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), Self::Error> {
        batch(conn, "SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}

/// Says once in the log that no connection can be made; the request's own answer is a 503.
#[derive(Debug)]
pub(super) struct LogOnce;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for LogOnce {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::warn!(cause = %error, "no database connection");
    }
}
