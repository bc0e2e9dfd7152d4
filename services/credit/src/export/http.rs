//! Exports on HTTP: ask for one, read its manifest, read its parts; the same without a token for the last one. Not here: how they are made, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header,
    post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, Problems, Result},
    http::{json::Body, once},
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant, parse_day},
    text::Text,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore};
use utoipa::ToSchema;

use super::{
    actions,
    rules::{Counts, SCHEMA, range},
    store::{self, Export, Part},
};
use crate::{Credit, public_page::rules::asked_day};

/// What a process needs to make exports.
pub struct Exports {
    /// Somebody has asked.
    pub asked: Notify,
    /// Parts that are made for readers at the same time: making one costs, and readers without a token must not cost much.
    pub making: Semaphore,
}

impl Default for Exports {
    fn default() -> Self {
        Self { asked: Notify::new(), making: Semaphore::new(2) }
    }
}

/// What to export.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// The day on which the facts are public: today where nothing is said, or a later one.
    #[serde(default)]
    #[schema(format = Date, example = "2030-06-01")]
    as_of: Option<String>,
}

/// What an export holds and how to read it.
#[derive(Serialize, ToSchema)]
pub struct ExportView {
    /// `exp_…`.
    #[schema(example = "exp_01JD0000000000000000000000")]
    id: String,
    /// `running` or `ready`.
    state: String,
    /// The form of its lines: `{"record":"enterprise|fact|listing","uscc":…,…}`.
    schema: &'static str,
    #[schema(value_type = String, format = Date)]
    as_of: Day,
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    /// The epoch of the feed.
    epoch: String,
    /// The last feed position that it holds.
    position: i64,
    /// Where a copy goes on.
    follow: String,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Instant,
    /// Until when it is given.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    enterprises: i64,
    facts: i64,
    listings: i64,
    parts: Vec<PartView>,
    /// SHA-256 over the parts' digests in hexadecimal, each with a line end; once it is ready.
    digest: Option<String>,
}

/// A part of an export: NDJSON, gzip.
#[derive(Serialize, ToSchema)]
pub struct PartView {
    number: i32,
    href: String,
    records: i64,
    bytes: i64,
    sha256: String,
}

fn show(export: &Export, parts: &[Part], base: &str) -> ExportView {
    let counts = |part: &Part| Counts { enterprises: part.enterprises, facts: part.facts, listings: part.listings };
    let all = parts.iter().map(counts).fold(Counts::default(), Counts::plus);
    let digests: String = parts.iter().map(|part| format!("{}\n", part.sha256)).collect();
    let view = |part: &Part| PartView {
        number: part.number,
        href: format!("{base}/exports/{}/parts/{}", export.id, part.number),
        records: counts(part).records(),
        bytes: part.bytes,
        sha256: part.sha256.clone(),
    };
    ExportView {
        id: export.id.clone(),
        state: export.state.clone(),
        schema: SCHEMA,
        as_of: export.as_of,
        known_at: Instant::from_naive_utc(export.known_at),
        epoch: export.epoch.clone(),
        position: export.position,
        follow: format!("/credit/v1/events?after={}", export.position),
        requested_at: Instant::from_naive_utc(export.requested_at),
        expires_at: Instant::from_naive_utc(export.expires_at),
        enterprises: all.enterprises,
        facts: all.facts,
        listings: all.listings,
        parts: parts.iter().map(view).collect(),
        digest: (export.state == "ready").then(|| actions::sha256(digests.as_bytes())),
    }
}

const INSIDE: &str = "/credit/v1";
const PUBLIC: &str = "/credit/v1/public";

/// Exports are for those who keep copies.
fn allowed(caller: &Caller) -> Result<()> {
    if matches!(caller.role(), Role::Authority | Role::Integrator | Role::Service) {
        return Ok(());
    }
    let detail = Text::new("导出仅供主管部门和集成方使用。", "Exports are for authorities and integrators.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// Ask for an export of all that is public; where one is being made it is given instead.
#[utoipa::path(
    request_body = NewExport,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = ACCEPTED, body = ExportView, description = "It is being made."), Problems),
    security(("oauth2" = ["credit:read"]))
)]
#[post("/exports")]
pub(crate) async fn create_export(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewExport>,
) -> Result<HttpResponse> {
    allowed(&caller)?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let today = app.clock.now().day();
    let asked = body.as_of.as_deref().map(parse_day).transpose();
    let asked = asked.map_err(|fault| Error::invalid(vec![FieldFault::of("/as_of", fault)]))?;
    let as_of = asked_day(asked, today).map_err(Error::from)?;
    let (inner, epoch) = (Arc::clone(&app), db.epoch().to_owned());
    let answer = db.write_once(key, move |tx| {
        let (export, _is_new) = actions::request(tx, &inner, &epoch, as_of)?;
        let parts = store::parts(tx.conn, &export.id)?;
        let body = serde_json::to_string(&show(&export, &parts, INSIDE)).map_err(Error::internal)?;
        Ok(Answer { status: 202, etag: None, location: Some(format!("{INSIDE}/exports/{}", export.id)), body })
    });
    let answer = answer.await?;
    app.exports.asked.notify_one();
    Ok(once::respond(&answer))
}

fn export_id(text: &str) -> Result<String> {
    Id::parse("exp", text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

async fn manifest(app: &Data<Credit>, db: &Data<Db>, id: Option<String>, base: &'static str) -> Result<HttpResponse> {
    let now = app.clock.now();
    let view = db.read(move |conn| {
        let found = match &id {
            Some(id) => store::find(conn, id)?,
            None => store::latest(conn, now)?,
        };
        let export = found.ok_or_else(|| Error::not_found("export", id.as_deref().unwrap_or("latest")))?;
        let parts = store::parts(conn, &export.id)?;
        Ok(show(&export, &parts, base))
    });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(view.await?))
}

/// Read what an export holds: counts, parts with their digests, and where the feed goes on.
#[utoipa::path(params(("id" = String, Path, description = "The id of the export.", example = "exp_01JD0000000000000000000000")), responses((status = OK, body = ExportView, description = "The manifest."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/exports/{id}")]
pub(crate) async fn read_export(app: Data<Credit>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let id = export_id(&path)?;
    allowed(&caller)?;
    manifest(&app, &db, Some(id), INSIDE).await
}

/// Read what the last export holds, without a token.
#[utoipa::path(responses((status = OK, body = ExportView, description = "The manifest."), Problems), security(()))]
#[get("/public/exports/latest")]
pub(crate) async fn read_latest_export(app: Data<Credit>, db: Data<Db>) -> Result<HttpResponse> {
    manifest(&app, &db, None, PUBLIC).await
}

/// Read a part of an export: NDJSON, gzip.
#[utoipa::path(params(("id" = String, Path, description = "The id of the export.", example = "exp_01JD0000000000000000000000"), ("number" = String, Path, description = "The number of the part, from 1.", example = "1"), ("Range" = Option<String>, Header, description = "One range of bytes.")), responses((status = OK, content_type = "application/gzip", body = Vec<u8>, description = "The part."), (status = 206, content_type = "application/gzip", body = Vec<u8>, description = "The bytes asked for."), (status = 304, description = "It is as the reader knows it."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/exports/{id}/parts/{number}")]
pub(crate) async fn read_export_part(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, number) = (export_id(&path.0)?, number(&path.1)?);
    allowed(&caller)?;
    part(&app, &db, &req, id, number).await
}

/// Read a part of the last export without a token: NDJSON, gzip.
#[utoipa::path(params(("id" = String, Path, description = "The id of the export.", example = "exp_01JD0000000000000000000000"), ("number" = String, Path, description = "The number of the part, from 1.", example = "1"), ("Range" = Option<String>, Header, description = "One range of bytes.")), responses((status = OK, content_type = "application/gzip", body = Vec<u8>, description = "The part."), (status = 206, content_type = "application/gzip", body = Vec<u8>, description = "The bytes asked for."), (status = 304, description = "It is as the reader knows it."), Problems), security(()))]
#[get("/public/exports/{id}/parts/{number}")]
pub(crate) async fn read_public_export_part(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, number) = (export_id(&path.0)?, number(&path.1)?);
    part(&app, &db, &req, id, number).await
}

fn number(text: &str) -> Result<i32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    digits.filter(|number| *number > 0).ok_or_else(|| {
        let detail = Text::new("应为从 1 开始的整数。", "Must be a whole number from 1.");
        Error::malformed(vec![FieldFault::new("{number}", "bad_parameter", detail)])
    })
}

async fn part(app: &Data<Credit>, db: &Data<Db>, req: &HttpRequest, id: String, number: i32) -> Result<HttpResponse> {
    let now = app.clock.now();
    let found = db.read(move |conn| {
        let gone = || Error::not_found("part", format!("{id}/{number}"));
        let export = store::find(conn, &id)?.filter(|export| export.expires_at > now.naive_utc()).ok_or_else(gone)?;
        let part = store::parts(conn, &id)?.into_iter().find(|part| part.number == number).ok_or_else(gone)?;
        Ok((export, part))
    });
    let (export, part) = found.await?;
    let tag = format!("\"{}\"", part.sha256);
    let known = req.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| tags.contains(&tag));
    if known {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    let _turn = app.exports.making.acquire().await.map_err(Error::internal)?;
    let inner = Arc::clone(app);
    let bytes = db.read(move |conn| actions::remake(conn, &inner, &export, &part)).await?;
    let asked = req.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let stretch = asked.and_then(|header| range(header, bytes.len()));
    let slice = stretch.and_then(|(first, last)| bytes.get(first..=last)).map(<[u8]>::to_vec);
    let mut response = match (stretch, &slice) {
        (Some((first, last)), Some(_)) => {
            let mut partial = HttpResponse::PartialContent();
            partial.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", bytes.len())));
            partial
        }
        _ => HttpResponse::Ok(),
    };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.content_type("application/gzip").body(slice.unwrap_or(bytes)))
}
