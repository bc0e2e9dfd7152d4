//! Rows of assessment bodies. Not here: which fields they cover, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use self::tables::assessor;
use super::rules::Assessor;

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        assessor (id) {
            id -> Text,
            organisation -> Text,
            body -> Text,
        }
    }
}

fn read(body: String) -> Result<Assessor> {
    serde_json::from_str(&body).map_err(Error::internal)
}

/// Adds one.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, made: &Assessor) -> Result<()> {
    diesel::insert_into(assessor::table)
        .values((
            assessor::id.eq(&made.id),
            assessor::organisation.eq(made.organisation.as_str()),
            assessor::body.eq(serde_json::to_string(made).map_err(Error::internal)?),
        ))
        .execute(conn)?;
    Ok(())
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Assessor>> {
    let body: Option<String> = assessor::table.find(id).select(assessor::body).first(conn).optional()?;
    body.map(read).transpose()
}

/// One by its organisation.
///
/// # Errors
/// When the database fails.
pub fn of_organisation(conn: &mut Conn, organisation: &str) -> Result<Option<Assessor>> {
    let query = assessor::table.filter(assessor::organisation.eq(organisation)).select(assessor::body);
    let body: Option<String> = query.first(conn).optional()?;
    body.map(read).transpose()
}

/// All after an id, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Assessor>> {
    let mut query = assessor::table.select(assessor::body).order(assessor::id.asc()).into_boxed();
    if let Some(after) = after {
        query = query.filter(assessor::id.gt(after.to_owned()));
    }
    let bodies: Vec<String> = query.limit(limit.saturating_add(1)).load(conn)?;
    bodies.into_iter().map(read).collect()
}
