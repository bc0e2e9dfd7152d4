//! Rows of keys. Not here: which keys there are, `rules.rs`.

use std::collections::BTreeSet;

use common::{
    db::{Conn, TextPairs},
    error::Result,
};
use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl, RunQueryDsl, TextExpressionMethods};

use crate::schema::{enterprise, name_key};

/// At most so many rows in one statement.
const ROWS: usize = 200;

/// Puts new keys of a subject in the place of old ones.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut Conn, subject: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Result<()> {
    let gone: Vec<&String> = old.difference(new).collect();
    if !gone.is_empty() {
        diesel::delete(name_key::table.filter(name_key::subject.eq(subject)).filter(name_key::key.eq_any(gone))).execute(conn)?;
    }
    let rows: Vec<[&str; 2]> = new.difference(old).map(|key| [key.as_str(), subject]).collect();
    for rows in rows.chunks(ROWS) {
        TextPairs { table: "name_key", columns: ["key", "subject"], rows }.execute(conn)?;
    }
    Ok(())
}

/// Enterprises of which division or industry; a prefix each.
#[derive(Clone, Debug, Default)]
pub struct Within {
    /// A prefix of a division code.
    pub division: Option<String>,
    /// A prefix of an industry code.
    pub industry: Option<String>,
}

/// The subjects of a key, at most so many.
///
/// # Errors
/// When the database fails.
pub fn subjects(conn: &mut Conn, key: &str, within: &Within, limit: i64) -> Result<Vec<String>> {
    let keyed = name_key::table.filter(name_key::key.eq(key));
    if within.division.is_none() && within.industry.is_none() {
        return Ok(keyed.select(name_key::subject).limit(limit).load(conn)?);
    }
    let division = format!("{}%", within.division.as_deref().unwrap_or_default());
    let mut query = keyed
        .inner_join(enterprise::table.on(enterprise::uscc.eq(name_key::subject)))
        .filter(enterprise::division.like(division))
        .select(name_key::subject)
        .limit(limit)
        .into_boxed();
    if let Some(industry) = &within.industry {
        query = query.filter(enterprise::industry.like(format!("{industry}%")));
    }
    Ok(query.load(conn)?)
}
