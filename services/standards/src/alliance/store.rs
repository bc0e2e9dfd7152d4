//! Rows of alliances and of who is a member. Not here: what may happen in one, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::normalise::search_key;

use self::tables::{alliance, alliance_member};
use super::rules::Alliance;

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        alliance (id) {
            id -> Text,
            folded -> Text,
            lead -> Text,
            dissolved -> Bool,
            version -> BigInt,
            body -> Text,
        }
    }

    diesel::table! {
        alliance_member (alliance, organisation) {
            alliance -> Text,
            organisation -> Text,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(alliance, alliance_member);
}

/// An alliance with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The alliance.
    pub alliance: Alliance,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { alliance: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Keeps an alliance under its version.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, kept: Alliance, version: i64) -> Result<Stored> {
    let values = (
        alliance::id.eq(&kept.id),
        alliance::folded.eq(search_key(&kept.name)),
        alliance::lead.eq(kept.lead.as_str()),
        alliance::dissolved.eq(kept.dissolved_on.is_some()),
        alliance::version.eq(version),
        alliance::body.eq(serde_json::to_string(&kept).map_err(Error::internal)?),
    );
    if version == 1 {
        diesel::insert_into(alliance::table).values(values).execute(conn)?;
    } else {
        diesel::update(alliance::table.find(&kept.id)).set(values).execute(conn)?;
        diesel::delete(alliance_member::table.filter(alliance_member::alliance.eq(&kept.id))).execute(conn)?;
    }
    for member in kept.members.iter().filter(|member| member.left_on.is_none()) {
        let row = (alliance_member::alliance.eq(&kept.id), alliance_member::organisation.eq(member.organisation.as_str()));
        diesel::insert_into(alliance_member::table).values(row).execute(conn)?;
    }
    Ok(Stored { alliance: kept, version })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    alliance::table.find(id).select((alliance::body, alliance::version)).first(conn).optional()?.map(read).transpose()
}

/// The one that runs under a name.
///
/// # Errors
/// When the database fails.
pub fn named(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    let query = alliance::table.filter(alliance::folded.eq(search_key(name))).filter(alliance::dissolved.eq(false));
    Ok(query.select(alliance::id).first(conn).optional()?)
}

/// Those with this member, or all, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, member: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = alliance::table.select((alliance::body, alliance::version)).order(alliance::id.asc()).into_boxed();
    if let Some(member) = member {
        let of = alliance_member::table.filter(alliance_member::organisation.eq(member.to_owned())).select(alliance_member::alliance);
        query = query.filter(alliance::id.eq_any(of));
    }
    if let Some(after) = after {
        query = query.filter(alliance::id.gt(after.to_owned()));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
