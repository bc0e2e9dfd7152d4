//! Documents of other systems on HTTP. Not here: what becomes of them, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, get, put,
    web::{self, Data, Path},
};
use common::{
    db::Db,
    error::{Code, Error, Problems, Result, protocol},
    http::{
        json,
        page::{self, Cursor, Page, PageQuery},
        param,
        precondition::ETag,
        query::Query,
    },
    token::Caller,
};
use model::{fault::FieldFault, instant::Instant, normalise::line, text::Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{import, with_asked},
    rules::{Note, SourceForm},
    store::{self, Line, Record},
};
use crate::{
    Procurement,
    buyer::actions::{Author, visible},
    espd, ocds,
    tender::{
        http::{TenderView, expected, show, tender_id},
        rules::NewTender,
        store::Stored,
    },
};

const RATIONALE_MAX: usize = 4_000;

/// A document that a tender was made from.
#[derive(Clone, Serialize, ToSchema)]
pub struct SourceDocument {
    /// `sha256:…` of its bytes.
    digest: String,
    form: SourceForm,
    /// What was not taken over as it stands, each with its place.
    notes: Vec<Note>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl From<Line> for SourceDocument {
    fn from(Line { digest, form, notes, recorded_at }: Line) -> Self {
        Self { digest, form, notes, recorded_at }
    }
}

/// The tender that was made from a document.
#[derive(Serialize, ToSchema)]
#[schema(as = TenderImport)]
pub struct ImportView {
    tender: TenderView,
    source: SourceDocument,
}

fn unsupported(form: SourceForm) -> Error {
    let wanted = form.media_type();
    let detail = Text::new(format!("请求体应为 {wanted}。"), format!("The body must be {wanted}."));
    protocol(Code::UNSUPPORTED_MEDIA_TYPE, detail).with_header("Accept", wanted.to_owned())
}

/// The text of a body, as it was sent; a byte order mark is part of it.
async fn text(req: &HttpRequest, payload: web::Payload, form: SourceForm) -> Result<String> {
    let kind = req.content_type().to_ascii_lowercase();
    if kind != form.media_type() && !(form == SourceForm::Espd && kind == "text/xml") {
        return Err(unsupported(form));
    }
    let bytes = json::read(req, payload.into_inner()).await?;
    let broken = |zh: &str, en: &str| Error::malformed(vec![FieldFault::shape("", "malformed", zh, en)]);
    let text = String::from_utf8(bytes.to_vec()).map_err(|_error| broken("不是 UTF-8。", "Not UTF-8."))?;
    if text.contains('\0') { Err(broken("含有空字符。", "It holds a NUL character.")) } else { Ok(text) }
}

fn answer((stored, created): (&Stored, bool), record: &Record) -> Result<HttpResponse> {
    let view = ImportView { tender: show(stored)?, source: record.line.clone().into() };
    let mut response = if created { HttpResponse::Created() } else { HttpResponse::Ok() };
    if created {
        response.insert_header(("Location", format!("/procurement/v1/tenders/{}", stored.id)));
    }
    Ok(response.insert_header(ETag(i64::from(stored.version)).header()).json(view))
}

fn record(id: &str, form: SourceForm, body: String, notes: Vec<Note>, now: Instant) -> Record {
    Record { id: id.to_owned(), line: Line { digest: receipt::digest(body.as_bytes()), form, notes, recorded_at: now }, body }
}

/// Make a tender from a release, a package or a record of the Open Contracting Data Standard 1.1, as it is.
///
/// Several releases are merged by the rules of the standard. The document is kept byte for byte; what could not be taken over is in `notes`.
#[utoipa::path(
    request_body(content = Object, content_type = "application/json"),
    params(
        ("id" = String, Path, description = "The id of the tender; an OCID fits.", example = "SZ-2036-001"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where the tender exists."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if it does not exist yet."),
    ),
    responses((status = OK, body = ImportView, description = "It was changed."), (status = CREATED, body = ImportView, description = "It is new."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[put("/tenders/{id}/ocds")]
pub(crate) async fn update_tender_ocds(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let body = text(&req, payload, SourceForm::Ocds).await?;
    let id = tender_id(&path)?;
    let document: Value = json::parse(body.as_bytes())?;
    let (author, expected) = (Author::of(&caller)?, expected(&req)?);
    let imported = ocds::rules::read(&document)?;
    let record = record(&id, SourceForm::Ocds, body, imported.notes, app.clock.now());
    let (inner, kept) = (Arc::clone(&app), record.clone());
    let put = db.write(move |tx| import(tx, &inner, (&imported.tender, &kept), &expected, &author)).await?;
    answer((&put.0, put.1), &record)
}

/// Why a published tender is changed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EspdQuery {
    /// Why; required where the tender is published.
    rationale: Option<String>,
}

/// Take over what a European Single Procurement Document request 2.1.1 asks, as it is, into a tender that exists.
///
/// Criteria are found by their codes; what the platform cannot judge stays as a requirement in words and stands in `notes`.
#[utoipa::path(
    request_body(content = String, content_type = "application/xml"),
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        EspdQuery,
    ),
    responses((status = OK, body = ImportView, description = "It was changed."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[put("/tenders/{id}/espd")]
pub(crate) async fn update_tender_espd(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<EspdQuery>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    param::refuse(bad)?;
    let body = text(&req, payload, SourceForm::Espd).await?;
    let id = tender_id(&path)?;
    let asked = espd::rules::read(body.strip_prefix('\u{FEFF}').unwrap_or(&body))?;
    let rationale = query.rationale.as_deref().map(|text| line(text, RATIONALE_MAX)).transpose();
    let rationale = rationale.map_err(|fault| Error::invalid(vec![FieldFault::of("?rationale", fault)]))?;
    let (author, expected) = (Author::of(&caller)?, expected(&req)?);
    let wanted = id.clone();
    let stored = db.read(move |conn| visible(conn, &wanted, None, &caller)).await?;
    author.owns(&stored)?;
    let before: NewTender = serde_json::from_str(&stored.body).map_err(Error::internal)?;
    let tender = with_asked(before, &asked, rationale);
    let record = record(&id, SourceForm::Espd, body, asked.notes, app.clock.now());
    let (inner, kept) = (Arc::clone(&app), record.clone());
    // `If-Match` is needed, so what was read above is what is changed.
    let put = db.write(move |tx| import(tx, &inner, (&tender, &kept), &expected, &author)).await?;
    answer((&put.0, put.1), &record)
}

/// List the documents that a tender was made from; whoever does not own it sees the one that it names.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"), PageQuery),
    responses((status = OK, body = Page<SourceDocument>, description = "One page, by digest."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/sources")]
pub(crate) async fn list_tender_sources(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let id = tender_id(&path)?;
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let records = db.read(move |conn| {
        let stored = visible(conn, &id, None, &caller)?;
        let named = named(&stored, &caller)?;
        match named {
            Some(None) => Ok(Vec::new()),
            only => store::list(conn, &id, after.as_deref().unwrap_or_default(), only.flatten().as_deref(), limit),
        }
    });
    let page = Page::cut(records.await?, limit, |line| Cursor::after([line.digest.clone()]));
    Ok(page.map(SourceDocument::from).respond(&req))
}

/// The only document that a stranger may see, `None` inside where there is none; nothing for its owner, who sees all.
fn named(stored: &Stored, caller: &Caller) -> Result<Option<Option<String>>> {
    if caller.may_read_internal() || caller.organisation().is_ok_and(|own| own.as_str() == stored.organisation) {
        return Ok(None);
    }
    let tender: NewTender = serde_json::from_str(&stored.body).map_err(Error::internal)?;
    Ok(Some(tender.source))
}

/// Read a document that a tender was made from, byte for byte.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("digest" = String, Path, description = "The digest of its bytes.", example = "sha256:0000000000000000000000000000000000000000000000000000000000000000"),
    ),
    responses((status = OK, content_type = "application/octet-stream", body = String, description = "The document as it was sent, in its own media type."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/sources/{digest}")]
pub(crate) async fn read_tender_source(db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (id, digest) = path.into_inner();
    let id = tender_id(&id)?;
    let record = db.read(move |conn| {
        let stored = visible(conn, &id, None, &caller)?;
        let is_seen = named(&stored, &caller)?.is_none_or(|named| named.as_deref() == Some(digest.as_str()));
        let found = if is_seen { store::find(conn, &id, &digest)? } else { None };
        found.ok_or_else(|| Error::not_found("source", &digest))
    });
    let record = record.await?;
    Ok(HttpResponse::Ok()
        .content_type(record.line.form.media_type())
        .insert_header(("ETag", format!("\"{}\"", record.line.digest)))
        .insert_header(("Content-Disposition", "attachment"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(record.body))
}
