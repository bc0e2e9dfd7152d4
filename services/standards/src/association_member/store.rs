//! Rows of memberships; one that ended stays with its last day. Not here: who may change them, `actions.rs`.

use common::{
    db::{Conn, Tx},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Day;

use crate::schema::association_member as row;

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member.
    pub uscc: String,
    /// Since when.
    pub since: Day,
    /// From when it is none any more.
    pub left_on: Option<Day>,
}

fn read((uscc, since, left_on): (String, Day, Option<Day>)) -> Member {
    Member { uscc, since, left_on }
}

/// One membership.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, association: &str, uscc: &str) -> Result<Option<Member>> {
    let query = row::table.find((association, uscc)).select((row::member, row::since, row::left_on));
    Ok(query.first(conn).optional()?.map(read))
}

/// Puts a membership in the place of what stood.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, association: &str, member: &Member) -> Result<()> {
    diesel::delete(row::table.find((association, member.uscc.as_str()))).execute(tx.conn)?;
    diesel::insert_into(row::table)
        .values((
            row::association.eq(association),
            row::member.eq(&member.uscc),
            row::since.eq(member.since),
            row::left_on.eq(member.left_on),
            row::recorded_at.eq(tx.now().naive_utc()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Those who are members, by their codes, after one; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, association: &str, after: Option<&str>, limit: i64) -> Result<Vec<Member>> {
    let mut query = row::table
        .filter(row::association.eq(association))
        .filter(row::left_on.is_null())
        .select((row::member, row::since, row::left_on))
        .order(row::member.asc())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(row::member.gt(after.to_owned()));
    }
    let rows: Vec<(String, Day, Option<Day>)> = query.limit(limit.saturating_add(1)).load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}
