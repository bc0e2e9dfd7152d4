//! Reads for search and listing: rows by code, names of candidates. Not here: the keys, `name_key::store`.

use common::{db::Conn, error::Result};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, TextExpressionMethods};

use crate::{
    name_key::store::Within,
    schema::{enterprise, enterprise_name},
};

/// Codes are so long.
const CODE: usize = 18;

/// A candidate's name.
#[derive(Clone, Debug)]
pub struct Name {
    /// Whose.
    pub code: String,
    /// What it is for it.
    pub kind: String,
    /// The name.
    pub name: String,
}

/// The names of these enterprises.
///
/// # Errors
/// When the database fails.
pub fn names(conn: &mut Conn, codes: &[String]) -> Result<Vec<Name>> {
    let rows: Vec<(String, String, String)> = enterprise_name::table
        .filter(enterprise_name::uscc.eq_any(codes))
        .order((enterprise_name::uscc.asc(), enterprise_name::number.asc()))
        .select((enterprise_name::uscc, enterprise_name::kind, enterprise_name::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(code, kind, name)| Name { code, kind, name }).collect())
}

/// Which of these went into another.
///
/// # Errors
/// When the database fails.
pub fn merged(conn: &mut Conn, codes: &[String]) -> Result<Vec<String>> {
    let merged = enterprise::table.filter(enterprise::uscc.eq_any(codes)).filter(enterprise::merged_into.is_not_null());
    Ok(merged.select(enterprise::uscc).load(conn)?)
}

/// Which of these are registered in the division and the industry.
///
/// # Errors
/// When the database fails.
pub fn registered(conn: &mut Conn, codes: &[String], within: &Within) -> Result<Vec<String>> {
    let query = enterprise::table.filter(enterprise::uscc.eq_any(codes.to_vec())).select(enterprise::uscc).into_boxed();
    let query = match &within.division {
        Some(division) => query.filter(enterprise::division.like(format!("{division}%"))),
        None => query,
    };
    let query = match &within.industry {
        Some(industry) => query.filter(enterprise::industry.like(format!("{industry}%"))),
        None => query,
    };
    Ok(query.load(conn)?)
}

/// The codes that begin like this, at most so many. A range, since every database reads it from the index.
///
/// # Errors
/// When the database fails.
pub fn beginning(conn: &mut Conn, part: &str, limit: i64) -> Result<Vec<String>> {
    let last: String = part.chars().chain(std::iter::repeat('Z')).take(CODE).collect();
    let query = enterprise::table.filter(enterprise::uscc.ge(part)).filter(enterprise::uscc.le(last));
    Ok(query.select(enterprise::uscc).order(enterprise::uscc.asc()).limit(limit).load(conn)?)
}

/// The codes of a division and an industry after a code, without those that went into another; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, within: &Within, after: Option<&str>, limit: i64) -> Result<Vec<String>> {
    let mut query = enterprise::table.filter(enterprise::merged_into.is_null()).select(enterprise::uscc).into_boxed();
    query = query.order(enterprise::uscc.asc()).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(enterprise::uscc.gt(after.to_owned()));
    }
    if let Some(division) = &within.division {
        query = query.filter(enterprise::division.like(format!("{division}%")));
    }
    if let Some(industry) = &within.industry {
        query = query.filter(enterprise::industry.like(format!("{industry}%")));
    }
    Ok(query.load(conn)?)
}
