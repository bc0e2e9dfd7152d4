//! Rows of clients and of their secrets. Not here: what they mean.

use chrono::NaiveDateTime;
use common::db::{Conn, Portable};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, RunQueryDsl};

use crate::schema::{client, client_secret};

/// A client as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientRow {
    pub(crate) org: String,
    pub(crate) role: String,
    pub(crate) scopes: String,
}

/// A secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretRow {
    pub(crate) slot: i32,
    pub(crate) hash: String,
    pub(crate) added_at: NaiveDateTime,
}

pub(crate) fn find(conn: &mut Conn, id: &str) -> QueryResult<Option<ClientRow>> {
    let row: Option<(String, String, String)> =
        client::table.find(id).select((client::org, client::role, client::scopes)).first(conn).optional()?;
    Ok(row.map(|(org, role, scopes)| ClientRow { org, role, scopes }))
}

pub(crate) fn secrets(conn: &mut Conn, id: &str) -> QueryResult<Vec<SecretRow>> {
    let rows: Vec<(i32, String, NaiveDateTime)> = client_secret::table
        .filter(client_secret::client_id.eq(id))
        .order(client_secret::slot.asc())
        .select((client_secret::slot, client_secret::hash, client_secret::added_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(slot, hash, added_at)| SecretRow { slot, hash, added_at }).collect())
}

pub(crate) fn save(conn: &mut Conn, id: &str, row: &ClientRow, now: NaiveDateTime) -> QueryResult<usize> {
    let content = (client::org.eq(&row.org), client::role.eq(&row.role), client::scopes.eq(&row.scopes), client::updated_at.eq(now));
    let insert = diesel::insert_into(client::table).values((client::client_id.eq(id), client::created_at.eq(now), content));
    let content = (client::org.eq(&row.org), client::role.eq(&row.role), client::scopes.eq(&row.scopes), client::updated_at.eq(now));
    Portable(insert.on_conflict(client::client_id).do_update().set(content)).execute(conn)
}

pub(crate) fn save_secret(conn: &mut Conn, id: &str, row: &SecretRow) -> QueryResult<usize> {
    let content = (client_secret::hash.eq(&row.hash), client_secret::added_at.eq(row.added_at));
    let insert =
        diesel::insert_into(client_secret::table).values((client_secret::client_id.eq(id), client_secret::slot.eq(row.slot), content));
    let content = (client_secret::hash.eq(&row.hash), client_secret::added_at.eq(row.added_at));
    Portable(insert.on_conflict((client_secret::client_id, client_secret::slot)).do_update().set(content)).execute(conn)
}

pub(crate) fn drop_secrets(conn: &mut Conn, id: &str) -> QueryResult<usize> {
    diesel::delete(client_secret::table.filter(client_secret::client_id.eq(id))).execute(conn)
}
