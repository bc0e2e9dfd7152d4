//! Standards on HTTP. Not here: searching, `edition::http`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::{Conn, Db},
    error::{Error, Problems, Result},
    http::{param, query::Query},
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Standards,
    edition::{
        actions::holding,
        http::{EditionView, OnDay},
        store,
    },
};

/// A standard and the edition that holds on a day.
#[derive(Serialize, ToSchema)]
pub struct StandardView {
    /// `std_…`.
    #[schema(example = "std_01JD0000000000000000000000")]
    id: String,
    /// Its number without year.
    #[schema(example = "GB/T 20223")]
    number: String,
    #[schema(example = "national")]
    level: String,
    /// How many editions are known.
    editions: usize,
    /// The edition that holds on the day; of two in a transition the newer one.
    #[schema(value_type = Option<EditionView>)]
    holding: Option<EditionView>,
}

/// The editions of a standard.
#[derive(Serialize, ToSchema)]
pub struct StandardEditions {
    /// All of them, by number.
    items: Vec<EditionView>,
}

/// What was said of an edition at a time.
#[derive(Serialize, ToSchema)]
pub struct SaidOfEdition {
    #[schema(example = "GB/T 20223-2006")]
    number: String,
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// The client that recorded it; authorities see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_by: Option<String>,
    /// What it said then.
    #[schema(value_type = Object)]
    entry: Value,
}

/// How what is said of a standard changed.
#[derive(Serialize, ToSchema)]
pub struct StandardHistory {
    /// Oldest first.
    items: Vec<SaidOfEdition>,
}

fn standard_id(text: &str) -> Result<String> {
    Id::parse("std", text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

fn found(conn: &mut Conn, id: &str) -> Result<store::Standard> {
    store::standard(conn, id)?.ok_or_else(|| Error::not_found("standard", id))
}

fn asked_day(app: &Standards, query: Query<OnDay>) -> Result<Day> {
    let (query, mut bad) = query.into_parts();
    let day = param::day("on", query.on.as_deref(), &mut bad);
    param::refuse(bad)?;
    Ok(day.unwrap_or_else(|| app.clock.now().day()))
}

/// Read a standard and the edition that holds on a day.
#[utoipa::path(params(("id" = String, Path, description = "The id of the standard.", example = "std_01JD0000000000000000000000"), OnDay), responses((status = OK, body = StandardView, description = "The standard."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/standards/{id}")]
pub(crate) async fn read_standard(app: Data<Standards>, db: Data<Db>, path: Path<String>, query: Query<OnDay>) -> Result<HttpResponse> {
    let (id, day) = (standard_id(&path)?, asked_day(&app, query)?);
    let (standard, editions) = db.read(move |conn| Ok((found(conn, &id)?, store::of_standard(conn, &id)?))).await?;
    let holding = holding(&editions, day).map(|stored| EditionView::on(stored, day));
    let view = StandardView { id: standard.id, number: standard.number, level: standard.level, editions: editions.len(), holding };
    Ok(HttpResponse::Ok().json(view))
}

/// List the editions of a standard with their status on a day.
#[utoipa::path(params(("id" = String, Path, description = "The id of the standard.", example = "std_01JD0000000000000000000000"), OnDay), responses((status = OK, body = StandardEditions, description = "All editions."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/standards/{id}/editions")]
pub(crate) async fn list_standard_editions(
    app: Data<Standards>,
    db: Data<Db>,
    path: Path<String>,
    query: Query<OnDay>,
) -> Result<HttpResponse> {
    let (id, day) = (standard_id(&path)?, asked_day(&app, query)?);
    let editions = db.read(move |conn| {
        found(conn, &id)?;
        store::of_standard(conn, &id)
    });
    let items = editions.await?.iter().map(|stored| EditionView::on(stored, day)).collect();
    Ok(HttpResponse::Ok().json(StandardEditions { items }))
}

/// Read how what is said of a standard's editions changed, version by version.
#[utoipa::path(params(("id" = String, Path, description = "The id of the standard.", example = "std_01JD0000000000000000000000")), responses((status = OK, body = StandardHistory, description = "All versions."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/standards/{id}/history")]
pub(crate) async fn read_standard_history(db: Data<Db>, caller: common::token::Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, sees_clients) = (standard_id(&path)?, caller.may_read_internal());
    let read = db.read(move |conn| {
        found(conn, &id)?;
        let mut items = Vec::new();
        for stored in store::of_standard(conn, &id)? {
            for (version, recorded_at, by, entry) in store::versions(conn, &stored.id)? {
                items.push(SaidOfEdition {
                    number: entry.number.to_string(),
                    version,
                    recorded_at,
                    recorded_by: sees_clients.then_some(by),
                    entry: serde_json::to_value(&entry).map_err(Error::internal)?,
                });
            }
        }
        items.sort_by_key(|item| (item.recorded_at, item.version));
        Ok(items)
    });
    Ok(HttpResponse::Ok().json(StandardHistory { items: read.await? }))
}
