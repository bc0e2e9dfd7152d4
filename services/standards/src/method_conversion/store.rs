//! Rows of method conversions. Not here: what they are for, `indicator::rules`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::{MethodConversion, Recorded};
use crate::{indicator::rules::TestMethod, schema::method_conversion};

fn read(body: String) -> Result<Recorded> {
    serde_json::from_str(&body).map_err(Error::internal)
}

fn key(method: &TestMethod) -> Result<String> {
    serde_json::to_string(method).map_err(Error::internal)
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Recorded>> {
    method_conversion::table.find(id).select(method_conversion::body).first(conn).optional()?.map(read).transpose()
}

/// The one in use of a property between two methods, this way round.
///
/// # Errors
/// When the database fails.
pub fn between(conn: &mut Conn, asked: &MethodConversion) -> Result<Option<Recorded>> {
    let query = method_conversion::table
        .filter(method_conversion::property.eq(&asked.property))
        .filter(method_conversion::from_method.eq(key(&asked.from)?))
        .filter(method_conversion::to_method.eq(key(&asked.to)?))
        .filter(method_conversion::is_withdrawn.eq(false));
    query.select(method_conversion::body).first(conn).optional()?.map(read).transpose()
}

/// All in use of these properties.
///
/// # Errors
/// When the database fails.
pub fn of_properties(conn: &mut Conn, properties: &[String]) -> Result<Vec<MethodConversion>> {
    let known = method_conversion::table.filter(method_conversion::property.eq_any(properties));
    let query = known.filter(method_conversion::is_withdrawn.eq(false));
    let bodies: Vec<String> = query.select(method_conversion::body).order(method_conversion::id.asc()).load(conn)?;
    bodies.into_iter().map(|body| read(body).map(|recorded| recorded.conversion)).collect()
}

/// Adds one, or puts the next version in its place.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, recorded: &Recorded, by: &str) -> Result<()> {
    let values = (
        method_conversion::id.eq(&recorded.id),
        method_conversion::property.eq(&recorded.conversion.property),
        method_conversion::from_method.eq(key(&recorded.conversion.from)?),
        method_conversion::to_method.eq(key(&recorded.conversion.to)?),
        method_conversion::is_withdrawn.eq(recorded.withdrawn.is_some()),
        method_conversion::version.eq(recorded.version),
        method_conversion::recorded_at.eq(tx.now().naive_utc()),
        method_conversion::recorded_by.eq(by),
        method_conversion::body.eq(serde_json::to_string(recorded).map_err(Error::internal)?),
    );
    if recorded.version == 1 {
        diesel::insert_into(method_conversion::table).values(values).execute(tx.conn)?;
    } else {
        diesel::update(method_conversion::table.find(&recorded.id)).set(values).execute(tx.conn)?;
    }
    Ok(())
}

/// Those that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, property: Option<String>, after: Option<String>, limit: i64) -> Result<Vec<Recorded>> {
    let mut query = method_conversion::table.select(method_conversion::body).order(method_conversion::id.asc()).into_boxed();
    if let Some(property) = property {
        query = query.filter(method_conversion::property.eq(property));
    }
    if let Some(after) = after {
        query = query.filter(method_conversion::id.gt(after));
    }
    let bodies: Vec<String> = query.limit(limit.saturating_add(1)).load(conn)?;
    bodies.into_iter().map(read).collect()
}
