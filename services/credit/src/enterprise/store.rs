//! Rows of the register. Not here: what they must be like, `rules.rs`.

use chrono::NaiveDateTime;
use common::{
    db::{Conn, Portable},
    error::{Error, Result},
};
use contracts::credit::EnterpriseStatus;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};
use model::{instant::Instant, uscc::Uscc};

use super::rules::{Enterprise, folded};
use crate::schema::{enterprise, enterprise_name, enterprise_version};

/// An entry with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The entry.
    pub enterprise: Enterprise,
    /// Counted from 1.
    pub version: i64,
    /// When this version was recorded.
    pub recorded_at: Instant,
}

/// The present entry.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, uscc: &Uscc) -> Result<Option<Stored>> {
    let version: Option<i64> = enterprise::table.find(uscc.as_str()).select(enterprise::version).first(conn).optional()?;
    version.map_or(Ok(None), |version| find_version(conn, uscc, version))
}

fn find_version(conn: &mut Conn, uscc: &Uscc, version: i64) -> Result<Option<Stored>> {
    let row: Option<(String, NaiveDateTime)> = enterprise_version::table
        .find((uscc.as_str(), version))
        .select((enterprise_version::body, enterprise_version::recorded_at))
        .first(conn)
        .optional()?;
    row.map(|(body, at)| stored(version, &body, at)).transpose()
}

fn stored(version: i64, body: &str, at: NaiveDateTime) -> Result<Stored> {
    let enterprise = serde_json::from_str(body).map_err(Error::internal)?;
    Ok(Stored { enterprise, version, recorded_at: Instant::from_naive_utc(at) })
}

/// The entry as it was known at an instant.
///
/// # Errors
/// When the database fails.
pub fn find_known_at(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<Option<Stored>> {
    let row: Option<(i64, String, NaiveDateTime)> = enterprise_version::table
        .filter(enterprise_version::uscc.eq(uscc.as_str()))
        .filter(enterprise_version::recorded_at.le(known_at.naive_utc()))
        .order(enterprise_version::version.desc())
        .select((enterprise_version::version, enterprise_version::body, enterprise_version::recorded_at))
        .first(conn)
        .optional()?;
    row.map(|(version, body, at)| stored(version, &body, at)).transpose()
}

/// Whether the register has this enterprise.
///
/// # Errors
/// When the database fails.
pub fn exists(conn: &mut Conn, uscc: &Uscc) -> Result<bool> {
    let found: Option<i64> = enterprise::table.find(uscc.as_str()).select(enterprise::version).first(conn).optional()?;
    Ok(found.is_some())
}

/// Stores an entry as its next version.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, entry: &Enterprise, version: i64, now: Instant, by: &str) -> Result<()> {
    let columns = (
        enterprise::name.eq(&entry.name),
        enterprise::short_name.eq(&entry.short_name),
        enterprise::name_en.eq(&entry.name_en),
        enterprise::division.eq(&entry.division),
        enterprise::industry.eq(&entry.industry),
        enterprise::status.eq(status_word(entry.status)),
        enterprise::established_on.eq(entry.established_on),
        enterprise::version.eq(version),
        enterprise::recorded_at.eq(now.naive_utc()),
    );
    let upsert = diesel::insert_into(enterprise::table)
        .values((enterprise::uscc.eq(entry.uscc.as_str()), columns))
        .on_conflict(enterprise::uscc)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    diesel::insert_into(enterprise_version::table)
        .values((
            enterprise_version::uscc.eq(entry.uscc.as_str()),
            enterprise_version::version.eq(version),
            enterprise_version::body.eq(serde_json::to_string(entry).map_err(Error::internal)?),
            enterprise_version::recorded_at.eq(now.naive_utc()),
            enterprise_version::recorded_by.eq(by),
        ))
        .execute(conn)?;
    save_names(conn, entry)
}

fn save_names(conn: &mut Conn, entry: &Enterprise) -> Result<()> {
    diesel::delete(enterprise_name::table.filter(enterprise_name::uscc.eq(entry.uscc.as_str()))).execute(conn)?;
    for (number, (kind, name, until)) in (0_i32..).zip(entry.names()) {
        diesel::insert_into(enterprise_name::table)
            .values((
                enterprise_name::uscc.eq(entry.uscc.as_str()),
                enterprise_name::number.eq(number),
                enterprise_name::kind.eq(kind.as_str()),
                enterprise_name::name.eq(name),
                enterprise_name::search_key.eq(folded(name)),
                enterprise_name::until.eq(until),
            ))
            .execute(conn)?;
    }
    Ok(())
}

const fn status_word(status: EnterpriseStatus) -> &'static str {
    match status {
        EnterpriseStatus::Active => "active",
        EnterpriseStatus::Suspended => "suspended",
        EnterpriseStatus::Revoked => "revoked",
        EnterpriseStatus::Deregistered => "deregistered",
    }
}

/// What a search asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A code or a part of one, upper-case; or a folded part of a name.
    pub code: Option<String>,
    /// The folded part of a name.
    pub name: Option<String>,
    /// A prefix of a division code.
    pub division: Option<String>,
    /// A prefix of an industry code.
    pub industry: Option<String>,
    /// The code after which to go on.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// The entries that a search finds, by code; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn search(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = enterprise::table.select((enterprise::uscc, enterprise::version)).order(enterprise::uscc.asc()).into_boxed();
    query = query.limit(search.limit.saturating_add(1));
    if let Some(after) = &search.after {
        query = query.filter(enterprise::uscc.gt(after.clone()));
    }
    if let Some(division) = &search.division {
        query = query.filter(enterprise::division.like(format!("{division}%")));
    }
    if let Some(industry) = &search.industry {
        query = query.filter(enterprise::industry.like(format!("{industry}%")));
    }
    let by_name = search
        .name
        .as_ref()
        .map(|name| enterprise_name::table.filter(enterprise_name::search_key.like(format!("%{name}%"))).select(enterprise_name::uscc));
    query = match (&search.code, by_name) {
        (Some(code), Some(named)) => {
            use diesel::BoolExpressionMethods;
            query.filter(enterprise::uscc.like(format!("%{code}%")).or(enterprise::uscc.eq_any(named)))
        }
        (Some(code), None) => query.filter(enterprise::uscc.like(format!("%{code}%"))),
        (None, Some(named)) => query.filter(enterprise::uscc.eq_any(named)),
        (None, None) => query,
    };
    let found: Vec<(String, i64)> = query.load(conn)?;
    let mut entries = Vec::with_capacity(found.len());
    for (uscc, version) in found {
        let uscc = Uscc::parse(&uscc)?;
        entries.extend(find_version(conn, &uscc, version)?);
    }
    Ok(entries)
}
