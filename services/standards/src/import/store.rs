//! Rows of imports: what was read, and the faults that were found. Not here: editions, `edition::store`.

use common::{
    db::{Conn, Tx},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use self::tables::import;

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        import (id) {
            id -> Text,
            recorded_at -> Timestamp,
            recorded_by -> Text,
            body -> Text,
        }
    }
}

/// Adds the report of an import.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, id: &str, by: &str, body: &str) -> Result<()> {
    diesel::insert_into(import::table)
        .values((import::id.eq(id), import::recorded_at.eq(tx.now().naive_utc()), import::recorded_by.eq(by), import::body.eq(body)))
        .execute(tx.conn)?;
    Ok(())
}

/// The report of an import.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<String>> {
    Ok(import::table.find(id).select(import::body).first(conn).optional()?)
}
