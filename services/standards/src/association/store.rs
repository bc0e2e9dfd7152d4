//! Rows of associations. Not here: which codes there may be, `rules.rs`; members, `association_member`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::rules::Association;
use crate::schema::{association, edition, standard};

/// An association with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The association.
    pub association: Association,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { association: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// One by its code.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, code: &str) -> Result<Option<Stored>> {
    association::table.find(code).select((association::body, association::version)).first(conn).optional()?.map(read).transpose()
}

/// One by its Unified Social Credit Code.
///
/// # Errors
/// When the database fails.
pub fn of_organisation(conn: &mut Conn, uscc: &str) -> Result<Option<Stored>> {
    let query = association::table.filter(association::uscc.eq(uscc)).select((association::body, association::version));
    query.first(conn).optional()?.map(read).transpose()
}

/// The first number of the catalogue that names a code as its association's, whoever that is.
///
/// # Errors
/// When the database fails.
pub fn numbered(conn: &mut Conn, code: &str) -> Result<Option<String>> {
    let of_code = standard::table.filter(standard::level.eq("group")).filter(standard::body.eq(code)).select(standard::id);
    let query = edition::table.filter(edition::standard.eq_any(of_code)).select(edition::number);
    Ok(query.order(edition::number.asc()).first(conn).optional()?)
}

/// Puts an association in the place of what stood, with its next version.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, stored: &Stored) -> Result<()> {
    let Stored { association: said, version } = stored;
    let values = (
        association::code.eq(&said.code),
        association::uscc.eq(said.uscc.as_str()),
        association::ended_on.eq(said.ended_on),
        association::version.eq(version),
        association::recorded_at.eq(tx.now().naive_utc()),
        association::body.eq(serde_json::to_string(said).map_err(Error::internal)?),
    );
    if *version == 1 {
        diesel::insert_into(association::table).values(values).execute(tx.conn)?;
    } else {
        diesel::update(association::table.find(&said.code)).set(values).execute(tx.conn)?;
    }
    Ok(())
}

/// The associations by code, after one; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, uscc: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = association::table.select((association::body, association::version)).order(association::code.asc()).into_boxed();
    if let Some(uscc) = uscc {
        query = query.filter(association::uscc.eq(uscc.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(association::code.gt(after.to_owned()));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
