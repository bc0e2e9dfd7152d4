//! The two databases that every test runs on. Not here: what runs on them.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use common::{
    chance::Chance,
    clock::Clock,
    config::Config,
    db::{self, Db, Surroundings},
    kv::Kv,
};
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use diesel_migrations::EmbeddedMigrations;

/// Where PostgreSQL is, for tests.
const VARIABLE: &str = "TEST_DATABASE_URL";

/// A database that a test has to itself.
#[derive(Debug)]
pub enum Backend {
    /// Files in the folder of the test.
    Sqlite,
    /// A database of the server that `TEST_DATABASE_URL` names, made for this test and dropped at its end.
    Postgres(Database),
}

/// A database made for one test.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
    url: String,
}

impl Backend {
    /// A fresh PostgreSQL database, where there is a server.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        let server = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())?;
        Some(Self::Postgres(Database::make(server)))
    }

    /// Its name, for messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.url().map_or("SQLite", |_url| "PostgreSQL")
    }

    /// The address that `TOUCHSTONE_DATABASE_URL` takes.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(database) => Some(&database.url),
        }
    }
}

/// SQLite always, and PostgreSQL where there is a server.
#[must_use]
pub fn backends() -> Vec<Backend> {
    std::iter::once(Backend::Sqlite).chain(Backend::postgres()).collect()
}

/// Fails under `CI=true` where PostgreSQL is missing: a suite that skips half of itself must not look green.
///
/// # Panics
/// Then.
pub fn demand_both() {
    if std::env::var(VARIABLE).is_ok_and(|url| !url.is_empty()) {
        return;
    }
    eprintln!("NOT RUN ON POSTGRESQL: {VARIABLE} is not set; `tests/run` starts a server and sets it");
    assert!(!std::env::var("CI").is_ok_and(|ci| ci == "true"), "{VARIABLE} must be set in CI: half of the suite did not run");
}

/// Opens the database of a service in this process, as the service itself would.
///
/// # Panics
/// When it cannot be opened.
#[must_use]
pub fn open(backend: &Backend, folder: &Path, service: &'static str, migrations: EmbeddedMigrations) -> Db {
    let kv = Kv::open(&Config::default()).expect("memory needs nothing");
    let around = Surroundings { service, clock: Clock::system(), chance: Chance::system(), kv };
    Db::open(&db::target(backend.url(), folder.to_owned(), service), around, migrations).expect("the database opens")
}

impl Database {
    fn make(server: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let name = format!("touchstone_{}_{}_{nanos}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(&server, &format!("CREATE DATABASE {name} LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8' TEMPLATE template0"));
        let url = renamed(&server, &name);
        Self { server, name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn run(server: &str, sql: &str) {
    let mut conn = PgConnection::establish(server).unwrap_or_else(|error| panic!("{VARIABLE}: {error}"));
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{VARIABLE}: {sql}: {error}"));
}

/// The same server with another database.
fn renamed(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, None), |(address, query)| (address, Some(query)));
    let scheme = address.find("://").map_or(0, |place| place.saturating_add(3));
    let base = match address.rfind('/') {
        Some(slash) if slash >= scheme => address.split_at(slash).0,
        _ => address,
    };
    query.map_or_else(|| format!("{base}/{name}"), |query| format!("{base}/{name}?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_is_renamed() {
        for (server, url) in [
            ("postgres://me@here:5/postgres", "postgres://me@here:5/x"),
            ("postgres://here", "postgres://here/x"),
            ("postgres:///postgres?host=/tmp/a", "postgres:///x?host=/tmp/a"),
        ] {
            assert_eq!(renamed(server, "x"), url);
        }
    }
}
