//! Tenders on HTTP. Not here: what happens then, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page, PageQuery, bad_cursor},
        param,
        precondition::{ETag, IfMatch, if_none_match_star, not_modified, require_if_match},
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, instant::Instant, normalise::line, uscc::Uscc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Expected},
    rules::{self, NewTender, State},
    store::{self, Search, Stored},
};
use crate::{
    Procurement,
    buyer::actions::{Author, visible},
};

const REASON_MAX: usize = 4_000;

/// A version of a tender.
#[derive(Serialize, ToSchema)]
pub struct TenderView {
    #[schema(example = "示例-2036-001")]
    id: String,
    /// Whose, a Unified Social Credit Code.
    organisation: String,
    state: State,
    /// Counted from 1 with every change; also the `ETag`.
    version: u32,
    /// `sha256:…` of what it says, the pinned ruleset included.
    digest: String,
    /// The version of the ruleset that was pinned when it was published.
    ruleset_version: Option<u32>,
    /// When it was first published.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Instant>,
    /// When this version was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// By which organisation.
    recorded_by: String,
    /// Why it was amended or called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<String>,
    /// The tender as it was written.
    #[schema(value_type = NewTender)]
    tender: Value,
}

/// A tender as it is shown.
///
/// # Errors
/// Never in practice: it is JSON that was stored.
pub(crate) fn show(stored: &Stored) -> Result<TenderView> {
    Ok(TenderView {
        id: stored.id.clone(),
        organisation: stored.organisation.clone(),
        state: stored.state,
        version: stored.version,
        digest: stored.digest.clone(),
        ruleset_version: stored.ruleset_version,
        published_at: stored.published_at,
        recorded_at: stored.recorded_at,
        recorded_by: stored.recorded_by.clone(),
        rationale: stored.rationale.clone(),
        tender: serde_json::from_str(&stored.body).map_err(Error::internal)?,
    })
}

/// The answer to a write.
///
/// # Errors
/// As `show`.
pub(crate) fn answer(stored: &Stored, created: bool) -> Result<Answer> {
    Ok(Answer {
        status: if created { 201 } else { 200 },
        etag: Some(ETag(i64::from(stored.version)).to_string()),
        location: created.then(|| format!("/procurement/v1/tenders/{}", stored.id)),
        body: serde_json::to_string(&show(stored)?).map_err(Error::internal)?,
    })
}

/// The id of a tender in a path.
///
/// # Errors
/// `tender_id_invalid`.
pub(crate) fn tender_id(path: &str) -> Result<String> {
    if rules::is_id(path) {
        return Ok(path.to_owned());
    }
    let en = "1 to 100 letters, digits, \".\", \"_\" and \"-\".";
    Err(Error::invalid(vec![FieldFault::rule("{id}", "tender_id_invalid", "须为 1 至 100 个字母、数字、点、下划线或连字符。", en)]))
}

/// What whoever puts a tender expects to find.
///
/// # Errors
/// `bad_header`.
pub(crate) fn expected(req: &HttpRequest) -> Result<Expected> {
    Ok(Expected { version: IfMatch::of(req)?, nothing: if_none_match_star(req)? })
}

/// Write a tender as a draft, change the draft, or amend what is published.
#[utoipa::path(
    request_body = NewTender,
    params(
        ("id" = String, Path, description = "The id that the buyer gives it: 1 to 100 letters, digits, `.`, `_` and `-`.", example = "SZ-2036-001"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where the tender exists."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if it does not exist yet."),
    ),
    responses((status = OK, body = TenderView, description = "It was changed."), (status = CREATED, body = TenderView, description = "It is new."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[put("/tenders/{id}")]
pub(crate) async fn update_tender(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewTender>,
) -> Result<HttpResponse> {
    let id = tender_id(&path)?;
    let (author, expected) = (Author::of(&caller)?, expected(&req)?);
    let (tender, inner) = (rules::read(&body)?, Arc::clone(&app));
    let answer = db.write(move |tx| {
        let (stored, created) = actions::put(tx, &inner, &id, &tender, &expected, &author)?;
        answer(&stored, created)
    });
    Ok(once::respond(&answer.await?))
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TenderQuery {
    /// One of the past; the newest where nothing is said.
    #[param(value_type = Option<u32>, example = 1)]
    version: Option<String>,
}

/// Read a tender: a draft is seen by its organisation and by authorities only.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"), TenderQuery),
    responses((status = OK, body = TenderView, description = "The tender."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}")]
pub(crate) async fn read_tender(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<TenderQuery>,
) -> Result<HttpResponse> {
    let id = tender_id(&path)?;
    let (query, mut bad) = query.into_parts();
    let version = query.version.as_deref().map(str::parse::<u32>).transpose().unwrap_or_else(|_| {
        bad.push(FieldFault::shape("?version", "bad_parameter", "版本须为正整数。", "A version is a positive whole number."));
        None
    });
    param::refuse(bad)?;
    let stored = db.read(move |conn| visible(conn, &id, version, &caller)).await?;
    let tag = ETag(i64::from(stored.version));
    if not_modified(&req, tag.0) {
        return Ok(HttpResponse::NotModified().insert_header(tag.header()).finish());
    }
    Ok(HttpResponse::Ok().insert_header(tag.header()).json(show(&stored)?))
}

/// List the versions of a tender, oldest first.
///
/// Those before publication are seen by its organisation and by authorities only.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"), PageQuery),
    responses((status = OK, body = Page<TenderView>, description = "One page."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/versions")]
pub(crate) async fn list_tender_versions(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let id = tender_id(&path)?;
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let after = after.map(|text| text.parse::<u32>().map_err(|_error| bad_cursor())).transpose()?.unwrap_or(0);
    let page = db.read(move |conn| {
        let newest = visible(conn, &id, None, &caller)?;
        let drafts = caller.may_read_internal() || caller.organisation().is_ok_and(|own| own.as_str() == newest.organisation);
        let page = Page::cut(store::history(conn, &id, after, limit, drafts)?, limit, |one| Cursor::after([one.version.to_string()]));
        Ok(Page { items: page.items.iter().map(show).collect::<Result<Vec<_>>>()?, next_cursor: page.next_cursor })
    });
    Ok(page.await?.respond(&req))
}

/// A tender in a list.
#[derive(Serialize, ToSchema)]
pub struct TenderLine {
    id: String,
    organisation: String,
    state: State,
    version: u32,
    title: String,
    #[schema(value_type = String, format = DateTime)]
    cut_off: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Instant>,
}

/// Which tenders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TendersQuery {
    /// Only of this organisation.
    #[param(example = "914404001000000590")]
    organisation: Option<String>,
    /// Only in this state.
    #[param(value_type = Option<State>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List tenders by their ids: all that were published, and one's own drafts.
#[utoipa::path(params(TendersQuery), responses((status = OK, body = Page<TenderLine>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/tenders")]
pub(crate) async fn list_tenders(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<TendersQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let organisation = query.organisation.as_deref().map(Uscc::parse).transpose().unwrap_or_else(|fault| {
        bad.push(FieldFault::new("?organisation", "bad_parameter", fault.detail));
        None
    });
    let state = param::word("state", query.state.as_deref(), &State::ALL.map(|state| (state.as_str(), state)), &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let seen_by = if matches!(caller.role(), Role::Authority | Role::Service) { None } else { Some(caller.organisation()?.to_string()) };
    let search = Search { organisation, state, seen_by, after, limit };
    let heads = db.read(move |conn| store::search(conn, &search)).await?;
    let page = Page::cut(heads, limit, |head| Cursor::after([head.id.clone()]));
    let lines = page.map(|head| TenderLine {
        id: head.id,
        organisation: head.organisation,
        state: head.state,
        version: head.version,
        title: head.title,
        cut_off: head.cut_off,
        published_at: head.published_at,
    });
    Ok(lines.respond(&req))
}

/// Publish a draft: from then on everybody sees it.
///
/// The ruleset version in force at the cut-off is pinned, and only an amendment changes the tender.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again."),
    ),
    responses((status = OK, body = TenderView, description = "It is published."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/tenders/{id}/publish")]
pub(crate) async fn publish_tender(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &[0; 32])?;
    let (id, author) = (tender_id(&path)?, Author::of(&caller)?);
    let (if_match, inner) = (require_if_match(&req)?, Arc::clone(&app));
    let answer = db.write_once(key, move |tx| answer(&actions::publish(tx, &inner, &id, if_match, &author)?, false));
    Ok(once::respond(&answer.await?))
}

/// Why a tender is called off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// In words; everybody reads it.
    #[schema(example = "采购需求发生重大变化")]
    reason: String,
}

/// Call a tender off.
#[utoipa::path(
    request_body = Cancellation,
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again."),
    ),
    responses((status = OK, body = TenderView, description = "It is cancelled."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/tenders/{id}/cancel")]
pub(crate) async fn cancel_tender(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Cancellation>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &body.sha256)?;
    let (id, author) = (tender_id(&path)?, Author::of(&caller)?);
    let reason = line(&body.reason, REASON_MAX).map_err(|fault| Error::invalid(vec![FieldFault::of("/reason", fault)]))?;
    let if_match = require_if_match(&req)?;
    let answer = db.write_once(key, move |tx| answer(&actions::cancel(tx, &id, if_match, &reason, &author)?, false));
    Ok(once::respond(&answer.await?))
}
