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
    /// Which of its memberships, counted from 1.
    pub term: i64,
    /// Since when.
    pub since: Day,
    /// From when it is none any more.
    pub left_on: Option<Day>,
    /// Counted from 1 over all its memberships.
    pub version: i64,
}

type Row = (String, i64, Day, Option<Day>, i64);

fn read((uscc, term, since, left_on, version): Row) -> Member {
    Member { uscc, term, since, left_on, version }
}

type Columns = (row::member, row::term, row::since, row::left_on, row::version);

const fn columns() -> Columns {
    (row::member, row::term, row::since, row::left_on, row::version)
}

/// The last membership of an organisation, whether it has ended or not.
///
/// # Errors
/// When the database fails.
pub fn last(conn: &mut Conn, association: &str, uscc: &str) -> Result<Option<Member>> {
    let query = row::table.filter(row::association.eq(association)).filter(row::member.eq(uscc)).select(columns());
    Ok(query.order(row::term.desc()).first(conn).optional()?.map(read))
}

/// When the last membership that is over ended.
///
/// # Errors
/// When the database fails.
pub fn ended(conn: &mut Conn, association: &str, uscc: &str) -> Result<Option<Day>> {
    let query = row::table.filter(row::association.eq(association)).filter(row::member.eq(uscc)).filter(row::left_on.is_not_null());
    Ok(query.select(row::left_on).order(row::term.desc()).first::<Option<Day>>(conn).optional()?.flatten())
}

/// Puts a membership in the place of what stood of the same term.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, association: &str, member: &Member) -> Result<()> {
    diesel::delete(row::table.find((association, member.uscc.as_str(), member.term))).execute(tx.conn)?;
    diesel::insert_into(row::table)
        .values((
            row::association.eq(association),
            row::member.eq(&member.uscc),
            row::term.eq(member.term),
            row::since.eq(member.since),
            row::left_on.eq(member.left_on),
            row::version.eq(member.version),
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
        .select(columns())
        .order(row::member.asc())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(row::member.gt(after.to_owned()));
    }
    let rows: Vec<Row> = query.limit(limit.saturating_add(1)).load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}
