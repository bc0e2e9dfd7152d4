//! Rows of rulesets. Not here: what one must be like, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::Ruleset;
use crate::schema::ruleset;

/// A stored version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Whether it may still change.
    pub published: bool,
    /// The document as it was sent.
    pub body: String,
    /// `sha256:…` of its canonical form.
    pub digest: String,
    /// Its ETag: it rises with every change.
    pub revision: i64,
}

/// A version, draft or published.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str, version: u32) -> Result<Option<Stored>> {
    let columns = (ruleset::state, ruleset::body, ruleset::digest, ruleset::revision);
    let row: Option<(String, String, String, i64)> = ruleset::table.find((id, number(version)?)).select(columns).first(conn).optional()?;
    Ok(row.map(|(state, body, digest, revision)| Stored { published: state == "published", body, digest, revision }))
}

/// Stores a draft at a revision, in the place of an earlier draft of the same version.
///
/// # Errors
/// When the database fails.
pub fn save_draft(conn: &mut Conn, draft: &Ruleset, digest: &str, revision: i64, (now, by): (Instant, &str)) -> Result<()> {
    diesel::delete(ruleset::table.find((&draft.id, number(draft.version)?))).execute(conn)?;
    diesel::insert_into(ruleset::table)
        .values((
            ruleset::id.eq(&draft.id),
            ruleset::version.eq(number(draft.version)?),
            ruleset::state.eq("draft"),
            ruleset::digest.eq(digest),
            ruleset::body.eq(draft.canonical_value().to_string()),
            ruleset::effective_from.eq(draft.effective_from),
            ruleset::effective_to.eq(draft.effective_to),
            ruleset::recorded_at.eq(now.naive_utc()),
            ruleset::recorded_by.eq(by),
            ruleset::revision.eq(revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// Freezes a draft.
///
/// # Errors
/// When the database fails.
pub fn publish(conn: &mut Conn, id: &str, version: u32, revision: i64, now: Instant) -> Result<()> {
    diesel::update(ruleset::table.find((id, number(version)?)))
        .set((ruleset::state.eq("published"), ruleset::published_at.eq(now.naive_utc()), ruleset::revision.eq(revision)))
        .execute(conn)?;
    Ok(())
}

/// The documents of all published versions.
///
/// # Errors
/// When the database fails.
pub fn published(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(ruleset::table.filter(ruleset::state.eq("published")).select(ruleset::body).load(conn)?)
}

/// How many versions are published.
///
/// # Errors
/// When the database fails.
pub fn count_published(conn: &mut Conn) -> Result<usize> {
    let count: i64 = ruleset::table.filter(ruleset::state.eq("published")).count().get_result(conn)?;
    usize::try_from(count).map_err(Error::internal)
}

/// Id, version and revision of all published versions.
///
/// # Errors
/// When the database fails.
pub fn revisions(conn: &mut Conn) -> Result<Vec<(String, i32, i64)>> {
    let published = ruleset::table.filter(ruleset::state.eq("published"));
    Ok(published.select((ruleset::id, ruleset::version, ruleset::revision)).load(conn)?)
}

fn number(version: u32) -> Result<i32> {
    i32::try_from(version).map_err(Error::internal)
}
