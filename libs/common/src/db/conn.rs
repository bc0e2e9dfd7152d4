//! The one connection type of store functions. Not here: how one is made, `connect.rs`.
#![expect(missing_docs, reason = "the derive writes items of its own")]

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database: which one is a matter of the address.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL, one schema per service.
    Postgres(PgConnection),
    /// SQLite, one file per service.
    Sqlite(SqliteConnection),
}
