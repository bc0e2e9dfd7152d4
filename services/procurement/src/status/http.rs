//! Status lists, the status of a decision, and withdrawing one, on HTTP. Not here: what happens then, `actions.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db},
    error::{Error, Problems, Result},
    http::{json::Body, once},
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions,
    rules::{DecisionStatus, ListName, StatusPlace, status_of},
    store,
};
use crate::{Procurement, batch, decision, ledger::http::PublicProblems};

const REASON_MAX: usize = 2_000;

/// Why a decision is withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// In words; whoever may read the decision reads it.
    #[schema(example = "示例：判断所用的信息有误")]
    reason: String,
}

/// Whether a decision still holds.
#[derive(Serialize, ToSchema)]
pub struct DecisionStatusView {
    /// `dec_…` or `bat_…`.
    id: String,
    /// `active`, `revoked` or `changed`.
    status: DecisionStatus,
    /// Since when it is not active.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Instant>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The outcome by now, where it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// Where the same stands in published lists, of what is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<StatusPlace>,
}

/// Whom it is about, which is nobody alone for a batch, and who asked.
fn of(conn: &mut Conn, id: &str) -> Result<Option<(String, String)>> {
    if id.starts_with("bat_") {
        return Ok(batch::store::find(conn, id)?.map(|kept| (String::new(), kept.client)));
    }
    decision::store::subject(conn, id)
}

fn view(conn: &mut Conn, id: &str) -> Result<DecisionStatusView> {
    let marks = store::marks(conn, id)?;
    let (status, mark) = status_of(&marks);
    Ok(DecisionStatusView {
        id: id.to_owned(),
        status,
        since: mark.map(|mark| mark.recorded_at),
        reason: mark.map(|mark| mark.reason.clone()),
        outcome: mark.and_then(|mark| mark.outcome.clone()),
        place: actions::place_of(conn, id)?.map(StatusPlace::from),
    })
}

fn read_id(path: &str) -> Result<String> {
    let kind = if path.starts_with("bat_") { "bat" } else { "dec" };
    Id::parse(kind, path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Read whether a decision still holds, by what was recorded up to now.
#[utoipa::path(params(("id" = String, Path, description = "The id of the decision or the batch.", example = "dec_01JD0000000000000000000000")), responses((status = OK, body = DecisionStatusView, description = "Whether it holds, since when not, and why."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/decisions/{id}/status")]
pub(crate) async fn read_decision_status(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, all, client) = (read_id(&path)?, caller.may_read_internal(), caller.client().to_owned());
    let read = db.read(move |conn| {
        let known = of(conn, &id)?.filter(|(_, asked_by)| all || *asked_by == client);
        known.ok_or_else(|| Error::not_found("decision", &id))?;
        view(conn, &id)
    });
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(read.await?))
}

/// Withdraw a decision, for good: its bit in the list of what is revoked is set.
///
/// The client that asked for it may, and an authority. Who withdraws it again gets the same answer.
#[utoipa::path(
    request_body = Revocation,
    params(("id" = String, Path, description = "The id of the decision or the batch.", example = "dec_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = OK, body = DecisionStatusView, description = "Its status from now on."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/decisions/{id}/revoke")]
pub(crate) async fn revoke_decision(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Revocation>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let id = read_id(&path).map_err(|error| faults.extend_from_slice(error.errors())).ok();
    let reason = line(&body.reason, REASON_MAX).map_err(|fault| faults.push(FieldFault::of("/reason", fault))).ok();
    let (Some(id), Some(reason)) = (id, reason) else { return Err(faults.into()) };
    let (all, client, organisation) = (caller.role() == Role::Authority, caller.client().to_owned(), caller.organisation()?.to_string());
    let answer = db.write_once(key, move |tx| {
        let known = of(tx.conn, &id)?.filter(|(_, asked_by)| all || *asked_by == client);
        let (subject, _) = known.ok_or_else(|| Error::not_found("decision", &id))?;
        let subject = if subject.is_empty() { &organisation } else { &subject };
        actions::revoke(tx, &id, &reason, (subject, &client))?;
        let body = serde_json::to_string(&view(tx.conn, &id)?).map_err(Error::internal)?;
        Ok(Answer { status: 200, etag: None, location: None, body })
    });
    Ok(once::respond(&answer.await?))
}

/// Read a status list, without a token: a signed credential (W3C Bitstring Status List v1.0).
#[utoipa::path(params(("list" = String, Path, description = "The last part of the address that a receipt names.", example = "revocation-0")), responses((status = OK, content_type = "application/vc+jwt", body = String, description = "The list as a JWT of type `BitstringStatusListCredential`."), (status = NOT_MODIFIED, description = "It is still the one that the caller has."), PublicProblems))]
#[get("/status/{list}")]
pub(crate) async fn read_status_list(app: Data<Procurement>, req: HttpRequest, path: Path<String>) -> Result<HttpResponse> {
    let name = ListName::parse(&path).ok_or_else(|| Error::not_found("status list", path.as_str()))?;
    let list = actions::list(&app, name).await?;
    let etag = format!("\"{}\"", receipt::digest(list.as_bytes()).trim_start_matches("sha256:"));
    let max_age = format!("public, max-age={}", actions::TTL_MS / 1_000);
    let known = req.headers().get_all("If-None-Match").filter_map(|value| value.to_str().ok()).any(|known| known.contains(etag.as_str()));
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header(("ETag", etag)).insert_header(("Cache-Control", max_age));
    if known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type("application/vc+jwt").body(list))
}
