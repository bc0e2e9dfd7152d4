//! Endpoints on HTTP. Not here: what was sent to them, `delivery::http`.

use actix_web::{
    HttpRequest, HttpResponse, delete, get, post, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page, PageQuery},
        precondition::{ETag, require_if_match},
        query::Query,
    },
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions,
    store::{self, Webhook},
};
use crate::Procurement;

/// Where a client wants to be told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// An `https` address on the public Internet.
    #[schema(example = "https://buyer.example.com/touchstone")]
    url: String,
    /// What it is told; everything where nothing is said.
    #[serde(default)]
    #[schema(example = json!(["touchstone.procurement.outcome.flipped.v1"]))]
    events: Option<Vec<String>>,
    /// What it is for.
    #[serde(default)]
    #[schema(example = "示例采购系统")]
    description: Option<String>,
}

/// An endpoint as it is put anew.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// An `https` address on the public Internet.
    #[schema(example = "https://buyer.example.com/touchstone")]
    url: String,
    /// What it is told; everything where nothing is said.
    #[serde(default)]
    events: Option<Vec<String>>,
    /// What it is for.
    #[serde(default)]
    description: Option<String>,
    /// Whether it is told anything; what waits for one that is not is given up.
    active: bool,
}

/// An endpoint.
#[derive(Serialize, ToSchema)]
pub struct WebhookView {
    /// `whk_…`.
    pub id: String,
    url: String,
    /// What it is told; `null` means everything.
    events: Option<Vec<String>>,
    description: Option<String>,
    active: bool,
    /// `asked`, `failing` or `gone`.
    disabled_because: Option<String>,
    /// Since when it has taken nothing.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Instant>,
    /// Until when the secret before signs too.
    #[schema(value_type = Option<String>, format = DateTime)]
    old_secret_until: Option<Instant>,
    /// Shown once: when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
}

fn show(row: Webhook, now: Instant, secret: Option<String>) -> Result<WebhookView> {
    Ok(WebhookView {
        events: row.chosen()?,
        id: row.id,
        url: row.url,
        description: row.description,
        active: row.active,
        disabled_because: row.disabled_because,
        failing_since: row.failing_since.map(Instant::from_naive_utc),
        old_secret_until: row.old_until.map(Instant::from_naive_utc).filter(|until| now < *until),
        secret,
        version: row.version,
        recorded_at: Instant::from_naive_utc(row.recorded_at),
        updated_at: Instant::from_naive_utc(row.updated_at),
    })
}

fn answer(status: u16, row: Webhook, now: Instant, secret: Option<String>) -> Result<Answer> {
    let (etag, location) = (ETag(row.version).to_string(), format!("/procurement/v1/webhooks/{}", row.id));
    let body = serde_json::to_string(&show(row, now, secret)?).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(etag), location: (status == 201).then_some(location), body })
}

/// The id of an endpoint in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn id_of(path: &str) -> Result<String> {
    Id::parse("whk", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Name an endpoint that is told when something happens; the answer holds its secret, which is never shown again.
#[utoipa::path(
    request_body = NewWebhook,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = WebhookView, description = "The endpoint with its secret."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/webhooks")]
pub(crate) async fn create_webhook(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewWebhook>,
) -> Result<HttpResponse> {
    let (key, whose) = (once::key(&req, &caller, &body.sha256)?, actions::whose(&caller)?);
    let mut faults = Vec::new();
    let wanted = actions::read(&app.outbound, &body.url, body.events.as_deref(), body.description.as_deref(), &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let secret = actions::secret(&app.chance);
    let made = db.write_once(key, move |tx| {
        let row = actions::create(tx, (&whose.0, &whose.1), &wanted, &secret)?;
        answer(201, row, tx.now(), Some(secret.clone()))
    });
    Ok(once::respond(&made.await?))
}

/// List the caller's own endpoints.
#[utoipa::path(params(PageQuery), responses((status = OK, body = Page<WebhookView>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/webhooks")]
pub(crate) async fn list_webhooks(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let (client, now) = (caller.client().to_owned(), db.clock().now());
    let found = db.read(move |conn| store::list(conn, &client, after.as_deref().unwrap_or_default(), limit)).await?;
    let shown = found.into_iter().map(|row| show(row, now, None)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(shown, limit, |view| Cursor::after([view.id.clone()])).respond(&req))
}

/// Read one of the caller's endpoints.
#[utoipa::path(params(("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000")), responses((status = OK, body = WebhookView, description = "The endpoint, without its secret."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/webhooks/{id}")]
pub(crate) async fn read_webhook(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, client, now) = (id_of(&path)?, caller.client().to_owned(), db.clock().now());
    let row = db.read(move |conn| actions::own(conn, &client, &id)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(row.version).header()).json(show(row, now, None)?))
}

/// Put one of the caller's endpoints anew, disable it or enable it again; its secret stays.
#[utoipa::path(
    request_body = WebhookChange,
    params(("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000"), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = OK, body = WebhookView, description = "The endpoint as it stands now."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[put("/webhooks/{id}")]
pub(crate) async fn update_webhook(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<WebhookChange>,
) -> Result<HttpResponse> {
    let (id, version, client) = (id_of(&path)?, require_if_match(&req)?, caller.client().to_owned());
    let mut faults = Vec::new();
    let wanted = actions::read(&app.outbound, &body.url, body.events.as_deref(), body.description.as_deref(), &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let active = body.active;
    let made = db.write(move |tx| {
        let row = actions::replace(tx, &client, (&id, version), &wanted, active)?;
        answer(200, row, tx.now(), None)
    });
    Ok(once::respond(&made.await?))
}

/// Remove one of the caller's endpoints with all that was sent to it.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000"), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = NO_CONTENT, description = "It is gone."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[delete("/webhooks/{id}")]
pub(crate) async fn delete_webhook(db: Data<Db>, req: HttpRequest, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, version, client) = (id_of(&path)?, require_if_match(&req)?, caller.client().to_owned());
    db.write(move |tx| actions::delete(tx, &client, (&id, version))).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change the secret of an endpoint, shown once; for 24 hours the one before signs beside it.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000"),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again."),
    ),
    responses((status = OK, body = WebhookView, description = "The endpoint with its new secret."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/webhooks/{id}/rotate_secret")]
pub(crate) async fn rotate_webhook_secret(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
) -> Result<HttpResponse> {
    let (id, client) = (id_of(&path)?, caller.client().to_owned());
    let (key, version, secret) = (once::key(&req, &caller, &[0; 32])?, require_if_match(&req)?, actions::secret(&app.chance));
    let made = db.write_once(key, move |tx| {
        let row = actions::rotate(tx, &client, (&id, version), &secret)?;
        answer(200, row, tx.now(), Some(secret.clone()))
    });
    Ok(once::respond(&made.await?))
}
