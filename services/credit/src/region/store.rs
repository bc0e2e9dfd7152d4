//! Rows of regions: what is followed, how far, which fact here is which fact there, what waits. Not here: what an event means, `rules.rs`.

use chrono::NaiveDateTime;
use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use self::table::{region, region_fact, region_waiting};
use crate::schema::enterprise;

mod table {
    use crate::schema::enterprise;

    diesel::table! {
        region (code) {
            code -> Text,
            name -> Text,
            kinds -> Text,
            active -> Bool,
            version -> BigInt,
            recorded_at -> Timestamp,
            recorded_by -> Text,
            epoch -> Nullable<Text>,
            position -> BigInt,
            head -> BigInt,
            seen_at -> Nullable<Timestamp>,
            taken -> BigInt,
            stopped -> Nullable<Text>,
        }
    }

    diesel::table! {
        region_fact (region, origin) {
            region -> Text,
            origin -> Text,
            fact -> Text,
        }
    }

    diesel::table! {
        region_waiting (region, origin) {
            region -> Text,
            origin -> Text,
            enterprise -> Text,
            position -> BigInt,
            fact -> Text,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(enterprise, region_waiting);
}

/// A region and how far its feed was read.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = region, primary_key(code), treat_none_as_null = true)]
pub struct Region {
    /// Its division code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The kinds that are taken, as a JSON list.
    pub kinds: String,
    /// Whether it is followed.
    pub active: bool,
    /// Counted from 1.
    pub version: i64,
    /// When this version was recorded.
    pub recorded_at: NaiveDateTime,
    /// By whom.
    pub recorded_by: String,
    /// The epoch of its feed.
    pub epoch: Option<String>,
    /// Every event up to here was read.
    pub position: i64,
    /// The last position that it has told.
    pub head: i64,
    /// When it last answered.
    pub seen_at: Option<NaiveDateTime>,
    /// Facts that were taken.
    pub taken: i64,
    /// Why it is no longer followed although it is active.
    pub stopped: Option<String>,
}

/// A region.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, code: &str) -> Result<Option<Region>> {
    Ok(region::table.find(code).select(Region::as_select()).first(conn).optional()?)
}

/// All regions; there are a few dozen.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Region>> {
    let rows = region::table.filter(region::code.gt(after)).order(region::code.asc()).select(Region::as_select());
    Ok(rows.limit(limit.saturating_add(1)).load(conn)?)
}

/// Writes a region as it stands now.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, row: &Region) -> Result<()> {
    let upsert = diesel::insert_into(region::table).values(row).on_conflict(region::code).do_update().set(row);
    Portable(upsert).execute(conn)?;
    Ok(())
}

/// The fact here that is this fact there.
///
/// # Errors
/// When the database fails.
pub fn fact_of(conn: &mut Conn, code: &str, origin: &str) -> Result<Option<String>> {
    Ok(region_fact::table.find((code, origin)).select(region_fact::fact).first(conn).optional()?)
}

/// Remembers which fact here is which fact there.
///
/// # Errors
/// When the database fails.
pub fn link(conn: &mut Conn, code: &str, origin: &str, fact: &str) -> Result<()> {
    diesel::insert_into(region_fact::table)
        .values((region_fact::region.eq(code), region_fact::origin.eq(origin), region_fact::fact.eq(fact)))
        .execute(conn)?;
    Ok(())
}

/// A fact that waits for its enterprise.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = region_waiting)]
pub struct Waiting {
    /// From which region.
    pub region: String,
    /// Its id there.
    pub origin: String,
    /// Whom it is about.
    pub enterprise: String,
    /// Its place in the feed there.
    pub position: i64,
    /// The fact as JSON.
    pub fact: String,
}

/// Lets a fact wait.
///
/// # Errors
/// When the database fails.
pub fn park(conn: &mut Conn, waiting: &Waiting) -> Result<()> {
    let insert = diesel::insert_into(region_waiting::table)
        .values(waiting)
        .on_conflict((region_waiting::region, region_waiting::origin))
        .do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Forgets a fact that waits.
///
/// # Errors
/// When the database fails.
pub fn unpark(conn: &mut Conn, code: &str, origin: &str) -> Result<()> {
    diesel::delete(region_waiting::table.find((code, origin))).execute(conn)?;
    Ok(())
}

/// How many facts of a region wait.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &mut Conn, code: &str) -> Result<i64> {
    Ok(region_waiting::table.filter(region_waiting::region.eq(code)).count().get_result(conn)?)
}

/// Facts of a region that wait for an enterprise which is registered by now, in the order in which they were told.
///
/// # Errors
/// When the database fails.
pub fn ready(conn: &mut Conn, code: &str, limit: i64) -> Result<Vec<Waiting>> {
    let registered = enterprise::table.select(enterprise::uscc);
    Ok(region_waiting::table
        .filter(region_waiting::region.eq(code))
        .filter(region_waiting::enterprise.eq_any(registered))
        .order(region_waiting::position.asc())
        .select(Waiting::as_select())
        .limit(limit)
        .load(conn)?)
}
