//! Whom to compare. Not here: their standing, `standing::store`.

use common::{db::Conn, error::Result};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::schema::standing_row;

/// Suppliers that the register knows, in the order of their codes, after one of them.
///
/// # Errors
/// When the database fails.
pub fn known_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<String>> {
    Ok(standing_row::table
        .filter(standing_row::kind.eq("enterprise"))
        .filter(standing_row::to_position.is_null())
        .filter(standing_row::uscc.gt(after))
        .order(standing_row::uscc.asc())
        .select(standing_row::uscc)
        .limit(limit)
        .load(conn)?)
}
