//! Rows of the register. Not here: what they must be like, `rules.rs`.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use common::{
    db::{Conn, Portable},
    error::{Code, Error, Kind, Result},
};
use contracts::credit::EnterpriseStatus;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{instant::Instant, text::Text, uscc::Uscc};

use super::rules::Enterprise;
use crate::{
    name_key::{
        self,
        rules::{of_code, of_name},
    },
    schema::{enterprise, enterprise_name, enterprise_version},
};

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

/// The present entry of an enterprise that goes on. This is the one place that answers for a merged one: whoever asks for an enterprise is told the
/// survivor, on every address.
///
/// # Errors
/// `merged`, or when the database fails.
pub fn find(conn: &mut Conn, uscc: &Uscc) -> Result<Option<Stored>> {
    match head(conn, uscc)? {
        Some(Head { merged: Some(_), .. }) => Err(gone(conn, uscc)?),
        Some(Head { version, .. }) => find_version(conn, uscc, version),
        None => Ok(None),
    }
}

/// The present entry, whatever became of the enterprise.
///
/// # Errors
/// When the database fails.
pub fn find_any(conn: &mut Conn, uscc: &Uscc) -> Result<Option<Stored>> {
    let head = head(conn, uscc)?;
    head.map_or(Ok(None), |head| find_version(conn, uscc, head.version))
}

/// Which version stands, and into whom the enterprise was merged as known since when.
struct Head {
    version: i64,
    merged: Option<Instant>,
}

fn head(conn: &mut Conn, uscc: &Uscc) -> Result<Option<Head>> {
    let columns = (enterprise::version, enterprise::merged_at);
    let row: Option<(i64, Option<NaiveDateTime>)> = enterprise::table.find(uscc.as_str()).select(columns).first(conn).optional()?;
    Ok(row.map(|(version, merged)| Head { version, merged: merged.map(Instant::from_naive_utc) }))
}

/// 410 with the survivor.
fn gone(conn: &mut Conn, uscc: &Uscc) -> Result<Error> {
    let survivor = survivor_of(conn, uscc)?;
    let detail = Text::new(format!("该企业已并入 {survivor}。"), format!("This enterprise was merged into {survivor}."));
    Ok(Error::new(Kind::Gone, Code::MERGED, detail).with_member("survivor", serde_json::json!(survivor.as_str())))
}

/// Who goes on for an enterprise: itself, or who it was merged into, by as many steps as it takes.
///
/// # Errors
/// When the database fails.
pub fn survivor_of(conn: &mut Conn, uscc: &Uscc) -> Result<Uscc> {
    let mut at = uscc.clone();
    // A survivor is never a merged one when a merger is recorded, so the steps end.
    while let Some(next) =
        enterprise::table.find(at.as_str()).select(enterprise::merged_into).first::<Option<String>>(conn).optional()?.flatten()
    {
        at = Uscc::parse(&next)?;
    }
    Ok(at)
}

/// Those of these enterprises that another went into.
///
/// # Errors
/// When the database fails.
pub fn survivors_among(conn: &mut Conn, codes: &[String]) -> Result<Vec<Uscc>> {
    let into = enterprise::table.filter(enterprise::merged_into.eq_any(codes)).select(enterprise::merged_into).distinct();
    let found: Vec<Option<String>> = into.load(conn)?;
    found.into_iter().flatten().map(|code| Ok(Uscc::parse(&code)?)).collect()
}

/// An enterprise and everyone who went into it, as the platform knew at an instant: their facts count as its own (Civil Code Art 67).
///
/// # Errors
/// When the database fails.
pub fn with_absorbed(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<Vec<String>> {
    let mut all = vec![uscc.as_str().to_owned()];
    let mut asked = 0;
    // One by one, because a statement with a list is prepared anew each time, and nearly everybody has absorbed nobody.
    while let Some(survivor) = all.get(asked) {
        let absorbed: Vec<String> = enterprise::table
            .filter(enterprise::merged_into.eq(survivor))
            .filter(enterprise::merged_at.le(known_at.naive_utc()))
            .select(enterprise::uscc)
            .load(conn)?;
        all.extend(absorbed);
        asked = asked.saturating_add(1);
    }
    Ok(all)
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

/// The entry as it was known at an instant; before the platform knew of a merger, the enterprise still went on.
///
/// # Errors
/// `merged`, or when the database fails.
pub fn find_known_at(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<Option<Stored>> {
    if is_merged(conn, uscc, known_at)? {
        return Err(gone(conn, uscc)?);
    }
    version_known_at(conn, uscc, known_at)
}

/// The same, and nothing of an enterprise that went into another: for whoever goes through the whole register.
///
/// # Errors
/// When the database fails.
pub fn find_going_on_at(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<Option<Stored>> {
    if is_merged(conn, uscc, known_at)? { Ok(None) } else { version_known_at(conn, uscc, known_at) }
}

fn is_merged(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<bool> {
    Ok(head(conn, uscc)?.and_then(|head| head.merged).is_some_and(|merged| merged <= known_at))
}

fn version_known_at(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<Option<Stored>> {
    let row: Option<(i64, String, NaiveDateTime)> = enterprise_version::table
        .filter(enterprise_version::uscc.eq(uscc.as_str()))
        .filter(enterprise_version::recorded_at.le(known_at.naive_utc()))
        .order(enterprise_version::version.desc())
        .select((enterprise_version::version, enterprise_version::body, enterprise_version::recorded_at))
        .first(conn)
        .optional()?;
    row.map(|(version, body, at)| stored(version, &body, at)).transpose()
}

/// Whether the register has this enterprise, and it goes on.
///
/// # Errors
/// `merged`, or when the database fails.
pub fn exists(conn: &mut Conn, uscc: &Uscc) -> Result<bool> {
    match head(conn, uscc)? {
        Some(Head { merged: Some(_), .. }) => Err(gone(conn, uscc)?),
        found => Ok(found.is_some()),
    }
}

/// Whether the register has this enterprise, and at an instant nothing was known of a merger.
///
/// # Errors
/// `merged`, or when the database fails.
pub fn existed(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<bool> {
    match head(conn, uscc)? {
        Some(Head { merged: Some(merged), .. }) if merged <= known_at => Err(gone(conn, uscc)?),
        found => Ok(found.is_some()),
    }
}

/// Stores an entry as its next version, in the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, entry: &Enterprise, before: Option<&Enterprise>, version: i64, now: Instant, by: &str) -> Result<()> {
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
        enterprise::merged_into.eq(entry.merged.as_ref().map(|merged| merged.into.as_str())),
        enterprise::merged_at.eq(entry.merged.as_ref().map(|_| now.naive_utc())),
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
    save_names(conn, entry, before)
}

fn save_names(conn: &mut Conn, entry: &Enterprise, before: Option<&Enterprise>) -> Result<()> {
    if before.is_some_and(|before| before.names() == entry.names()) {
        return Ok(());
    }
    name_key::store::replace(conn, entry.uscc.as_str(), &before.map(keys).unwrap_or_default(), &keys(entry))?;
    diesel::delete(enterprise_name::table.filter(enterprise_name::uscc.eq(entry.uscc.as_str()))).execute(conn)?;
    for (number, (kind, name, until)) in (0_i32..).zip(entry.names()) {
        diesel::insert_into(enterprise_name::table)
            .values((
                enterprise_name::uscc.eq(entry.uscc.as_str()),
                enterprise_name::number.eq(number),
                enterprise_name::kind.eq(kind.as_str()),
                enterprise_name::name.eq(name),
                enterprise_name::until.eq(until),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The keys by which an entry is found: those of its code and of every name.
fn keys(entry: &Enterprise) -> BTreeSet<String> {
    let names = entry.names();
    let of_names = names.iter().flat_map(|(_, name, _)| of_name(name));
    of_names.chain(of_code(entry.uscc.as_str())).collect()
}

const fn status_word(status: EnterpriseStatus) -> &'static str {
    match status {
        EnterpriseStatus::Active => "active",
        EnterpriseStatus::Suspended => "suspended",
        EnterpriseStatus::Revoked => "revoked",
        EnterpriseStatus::Deregistered => "deregistered",
    }
}
