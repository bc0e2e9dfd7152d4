//! Rows of comments. Not here: when they may be made, `actions.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::Comment;
use crate::schema::consultation_comment as row;

/// A comment with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The comment.
    pub comment: Comment,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { comment: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// One of a standard by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, standard: &str, id: &str) -> Result<Option<Stored>> {
    let query = row::table.find(id).filter(row::standard.eq(standard));
    query.select((row::body, row::version)).first(conn).optional()?.map(read).transpose()
}

/// Puts a comment in the place of what stood, with its next version.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, stored: &Stored) -> Result<()> {
    let Stored { comment, version } = stored;
    let values = (
        row::id.eq(&comment.id),
        row::standard.eq(&comment.standard),
        row::organisation.eq(comment.organisation.as_str()),
        row::is_answered.eq(comment.reply.is_some()),
        row::version.eq(version),
        row::body.eq(serde_json::to_string(comment).map_err(Error::internal)?),
    );
    if *version == 1 {
        diesel::insert_into(row::table).values(values).execute(conn)?;
    } else {
        diesel::update(row::table.find(&comment.id)).set(values).execute(conn)?;
    }
    Ok(())
}

/// The comments of a standard that have no reply.
///
/// # Errors
/// When the database fails.
pub fn unanswered(conn: &mut Conn, standard: &str) -> Result<Vec<String>> {
    let query = row::table.filter(row::standard.eq(standard)).filter(row::is_answered.eq(false));
    Ok(query.select(row::id).order(row::id.asc()).load(conn)?)
}

/// How many comments an organisation made on a standard.
///
/// # Errors
/// When the database fails.
pub fn count_of(conn: &mut Conn, standard: &str, organisation: &str) -> Result<i64> {
    let query = row::table.filter(row::standard.eq(standard)).filter(row::organisation.eq(organisation));
    Ok(query.count().get_result(conn)?)
}

/// The comments on a standard in the order in which they came, after one; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, standard: &str, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = row::table.filter(row::standard.eq(standard)).select((row::body, row::version)).order(row::id.asc()).into_boxed();
    if let Some(after) = after {
        query = query.filter(row::id.gt(after.to_owned()));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
