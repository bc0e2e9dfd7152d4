//! What was sent to an endpoint, a test, and sending again. Not here: the endpoint itself, `webhook::http`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db},
    error::{Error, Problems, Result},
    http::{
        once,
        page::{self, Cursor, Page, PageQuery},
        query::Query,
    },
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Instant};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    actions,
    store::{self, Attempt, Delivery},
};
use crate::webhook::{actions as endpoints, http::id_of, rules::TESTED};

/// One attempt to deliver a message.
#[derive(Serialize, ToSchema)]
pub struct AttemptView {
    /// Counted from 1.
    number: i32,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    latency_ms: i64,
    /// What was answered; `null` where nothing was.
    status: Option<i32>,
    /// Why it was not taken: `name_not_resolved`, `address_refused`, `connection_failed`, `tls_failed`, `timeout`, `not_http`, or `not_taken` with the beginning
    /// of the answer.
    error: Option<String>,
    /// When it was to be tried again.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Instant>,
}

/// A message to an endpoint.
#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    /// `msg_…`, the `webhook-id` of every attempt.
    pub id: String,
    /// The type of what it tells.
    #[serde(rename = "type")]
    kind: String,
    /// What is sent.
    #[schema(value_type = Object)]
    message: Value,
    /// `waiting`, `delivered` or `failed`.
    state: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// When it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Instant>,
    /// When it was taken or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    attempts: Vec<AttemptView>,
}

fn show(row: Delivery, attempts: &[Attempt]) -> Result<DeliveryView> {
    let own = attempts.iter().filter(|attempt| attempt.delivery == row.id).map(|attempt| AttemptView {
        number: attempt.number,
        at: Instant::from_naive_utc(attempt.at),
        latency_ms: attempt.latency_ms,
        status: attempt.status,
        error: attempt.error.clone(),
        next_at: attempt.next_at.map(Instant::from_naive_utc),
    });
    Ok(DeliveryView {
        attempts: own.collect(),
        id: row.id,
        kind: row.kind,
        message: serde_json::from_str(&row.body).map_err(Error::internal)?,
        state: row.state,
        recorded_at: Instant::from_naive_utc(row.recorded_at),
        next_at: row.due_at.map(Instant::from_naive_utc),
        ended_at: row.ended_at.map(Instant::from_naive_utc),
    })
}

fn answer(conn: &mut Conn, status: u16, webhook: &str, id: &str) -> Result<Answer> {
    let row = store::find(conn, webhook, id)?.ok_or_else(|| Error::not_found("delivery", id))?;
    let attempts = store::attempts(conn, std::slice::from_ref(&row.id))?;
    let body = serde_json::to_string(&show(row, &attempts)?).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/procurement/v1/webhooks/{webhook}/deliveries"));
    Ok(Answer { status, etag: None, location, body })
}

/// Send a test message to one of the caller's endpoints.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again.")),
    responses((status = CREATED, body = DeliveryView, description = "The message; it is sent in a moment."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/webhooks/{id}/test")]
pub(crate) async fn create_webhook_test(db: Data<Db>, req: HttpRequest, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, client, key) = (id_of(&path)?, caller.client().to_owned(), once::key(&req, &caller, &[0; 32])?);
    let made = db.write_once(key, move |tx| {
        let endpoint = endpoints::active(tx.conn, &client, &id)?;
        let message = actions::enqueue(tx, &endpoint.id, TESTED, &json!({"webhook": endpoint.id}))?;
        answer(tx.conn, 201, &id, &message)
    });
    Ok(once::respond(&made.await?))
}

/// List what was sent to one of the caller's endpoints, the newest first, with every attempt.
#[utoipa::path(params(("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000"), PageQuery), responses((status = OK, body = Page<DeliveryView>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/webhooks/{id}/deliveries")]
pub(crate) async fn list_webhook_deliveries(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (id, client) = (id_of(&path)?, caller.client().to_owned());
    let (query, bad) = query.into_parts();
    let (limit, before) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| {
        let endpoint = endpoints::own(conn, &client, &id)?;
        let rows = store::list(conn, &endpoint.id, before.as_deref(), limit)?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let attempts = store::attempts(conn, &ids)?;
        rows.into_iter().map(|row| show(row, &attempts)).collect::<Result<Vec<_>>>()
    });
    Ok(Page::cut(found.await?, limit, |view| Cursor::after([view.id.clone()])).respond(&req))
}

/// Send a message again, whatever became of it; its id stays the same.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the endpoint.", example = "whk_01JD0000000000000000000000"),
        ("message" = String, Path, description = "The id of the message.", example = "msg_01JD0000000000000000000000"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again."),
    ),
    responses((status = OK, body = DeliveryView, description = "The message; it is sent in a moment."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/webhooks/{id}/deliveries/{message}/redeliver")]
pub(crate) async fn redeliver_webhook_message(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, message) = path.into_inner();
    let mut faults = Vec::new();
    let mut read = |name: &str, prefix, text: &str| Id::parse(prefix, text).map_err(|fault| faults.push(FieldFault::of(name, fault))).ok();
    let (Some(id), Some(message)) = (read("{id}", "whk", &id), read("{message}", "msg", &message)) else {
        return Err(Error::invalid(faults));
    };
    let (client, key) = (caller.client().to_owned(), once::key(&req, &caller, &[0; 32])?);
    let made = db.write_once(key, move |tx| {
        let endpoint = endpoints::active(tx.conn, &client, &id)?;
        if store::find(tx.conn, &endpoint.id, &message)?.is_none() {
            return Err(Error::not_found("delivery", &message));
        }
        actions::again(tx, &message)?;
        answer(tx.conn, 200, &id, &message)
    });
    Ok(once::respond(&made.await?))
}
