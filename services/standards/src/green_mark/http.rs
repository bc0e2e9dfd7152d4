//! Green-product marks on HTTP, and the check of a certificate that needs no token. Not here: their states and granting them, `green`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        param,
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Day};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Standards,
    author::{
        actions::Author,
        http::{Judged, Sent, judged, today},
    },
    green::{
        actions::{self, Grant},
        rules::{GreenMarkAct, GreenMarkEntry, GreenMarkState},
        store::{self, Mark},
    },
    said::rules::{Fields, NAME_MAX, TEXT_MAX, is_outer_id, outer_id_invalid},
};

/// A mark as it is granted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGreenMark {
    /// The number of the certificate: 1 to 100 letters, digits, `.`, `_` and `-`.
    #[schema(example = "EX-2026-000001")]
    certificate: String,
    /// Who makes the product, a Unified Social Credit Code.
    #[schema(example = "91110108551385082Q")]
    enterprise: String,
    /// The product and its model.
    #[schema(example = "示例书桌 SL-1")]
    product: String,
    /// The green standard, in force on the first day.
    #[schema(example = "grs_01JD0000000000000000000000")]
    standard: String,
    /// The first day.
    #[schema(format = Date, example = "2026-02-01")]
    valid_from: String,
    /// The last day.
    #[schema(format = Date, example = "2029-01-31")]
    valid_to: String,
    /// The digest of the report, `sha256:…`.
    #[schema(example = "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    report: String,
}

/// A mark that a product bears.
#[derive(Serialize, ToSchema)]
pub struct GreenMarkView {
    #[schema(example = "EX-2026-000001")]
    certificate: String,
    /// The state on `on`.
    state: GreenMarkState,
    #[schema(value_type = String, format = Date)]
    on: Day,
    enterprise: String,
    product: String,
    category: String,
    /// The green standard.
    standard: String,
    /// The number of its edition.
    number: String,
    /// Who granted it.
    issuer: String,
    #[schema(value_type = String, format = Date)]
    valid_from: Day,
    #[schema(value_type = String, format = Date)]
    valid_to: Day,
    report: String,
    /// What was done with it, in order.
    history: Vec<GreenMarkEntry>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

fn show((mark, version): Mark, on: Day) -> GreenMarkView {
    let state = mark.state_on(on);
    GreenMarkView {
        certificate: mark.certificate,
        state,
        on,
        enterprise: mark.enterprise.to_string(),
        product: mark.product,
        category: mark.category,
        standard: mark.standard,
        number: mark.number,
        issuer: mark.issuer.to_string(),
        valid_from: mark.valid_from,
        valid_to: mark.valid_to,
        report: mark.report,
        history: mark.history,
        allowed: state.allowed(),
        version,
    }
}

fn mark_answer(status: u16, stored: Mark, on: Day) -> Result<Answer> {
    let (etag, location) =
        (ETag(stored.1).to_string(), (status == 201).then(|| format!("/standards/v1/green_marks/{}", stored.0.certificate)));
    Ok(Answer { status, etag: Some(etag), location, body: serde_json::to_string(&show(stored, on)).map_err(Error::internal)? })
}

fn certificate(path: &str) -> Result<String> {
    if is_outer_id(path) {
        return Ok(path.to_owned());
    }
    Err(Error::invalid(vec![outer_id_invalid("{certificate}")]))
}

/// Grant the mark to a product; for certification bodies and authorities.
#[utoipa::path(
    request_body = NewGreenMark,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = GreenMarkView, description = "It is granted."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/green_marks")]
pub(crate) async fn create_green_mark(db: Data<Db>, req: HttpRequest, caller: Caller, body: Body<NewGreenMark>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Laboratory])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let new = body.into_inner();
    let mut fields = Fields::default();
    if !is_outer_id(&new.certificate) {
        fields.bad.push(outer_id_invalid("/certificate"));
    }
    let enterprise = fields.uscc("/enterprise", &new.enterprise);
    let product = fields.line("/product", &new.product, NAME_MAX);
    let standard = Id::parse("grs", &new.standard).map_err(|fault| fields.bad.push(FieldFault::of("/standard", fault))).unwrap_or_default();
    let valid = (fields.day("/valid_from", &new.valid_from), fields.day("/valid_to", &new.valid_to));
    fields.in_order("/valid_to", valid.0, Some(valid.1));
    let report = fields.digest("/report", &new.report);
    let (Some(enterprise), true) = (enterprise, fields.bad.is_empty()) else { return Err(fields.bad.into()) };
    let grant = Grant { certificate: new.certificate, enterprise, product, standard, valid, report };
    let answer = db.write_once(key, move |tx| {
        let granted = actions::grant(tx, &grant, &author)?;
        mark_answer(201, granted, tx.now().day())
    });
    Ok(once::respond(&answer.await?))
}

/// On which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GreenMarksQuery {
    /// Of this enterprise, a Unified Social Credit Code.
    enterprise: Option<String>,
    /// As they stand on this day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    on: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List marks and their state on a day, by certificate.
#[utoipa::path(params(GreenMarksQuery), responses((status = OK, body = Page<GreenMarkView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/green_marks")]
pub(crate) async fn list_green_marks(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<GreenMarksQuery>,
) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let on = param::day("on", query.on.as_deref(), &mut bad).unwrap_or_else(|| app.clock.now().day());
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::marks(conn, query.enterprise.as_deref(), after.as_deref(), limit)).await?;
    Ok(Page::cut(all, limit, |(mark, _)| Cursor::after([mark.certificate.clone()])).map(|mark| show(mark, on)).respond(&req))
}

/// Read a mark as it stands today.
#[utoipa::path(params(("certificate" = String, Path, description = "The number of the certificate.", example = "EX-2026-000001")), responses((status = OK, body = GreenMarkView, description = "The mark."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/green_marks/{certificate}")]
pub(crate) async fn read_green_mark(app: Data<Standards>, db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let certificate = certificate(&path)?;
    let stored = db.read(move |conn| store::mark(conn, &certificate)?.ok_or_else(|| Error::not_found("green_mark", &certificate))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.1).header()).json(show(stored, app.clock.now().day())))
}

/// What everybody may know of a mark.
#[derive(Serialize, ToSchema)]
pub struct PublicGreenMark {
    certificate: String,
    /// The state today.
    state: GreenMarkState,
    enterprise: String,
    product: String,
    category: String,
    /// The number of the standard.
    number: String,
    issuer: String,
    #[schema(value_type = String, format = Date)]
    valid_from: Day,
    #[schema(value_type = String, format = Date)]
    valid_to: Day,
}

/// Check a certificate; nobody needs a token.
#[utoipa::path(params(("certificate" = String, Path, description = "The number of the certificate.", example = "EX-2026-000001")), responses((status = OK, body = PublicGreenMark, description = "The mark as it stands today."), Problems))]
#[get("/public/green_marks/{certificate}")]
pub(crate) async fn check_green_mark(app: Data<Standards>, db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let certificate = certificate(&path)?;
    let stored = db.read(move |conn| store::mark(conn, &certificate)?.ok_or_else(|| Error::not_found("green_mark", &certificate))).await?;
    let mark = show(stored, app.clock.now().day());
    let GreenMarkView { certificate, state, enterprise, product, category, number, issuer, valid_from, valid_to, .. } = mark;
    let public = PublicGreenMark { certificate, state, enterprise, product, category, number, issuer, valid_from, valid_to };
    Ok(HttpResponse::Ok().json(public))
}

/// A mark in a path.
pub(crate) struct OfGreenMark;

impl Place for OfGreenMark {
    fn parts() -> Vec<Part> {
        vec![Part::new("certificate", "The number of the certificate.", "EX-2026-000001")]
    }
}

/// Why a step is taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GreenMarkRemark {
    /// In words.
    #[schema(example = "示例：年度监督检查未通过。")]
    text: String,
}

async fn take(judged: Judged, act: GreenMarkAct, text: &str) -> Result<HttpResponse> {
    let (certificate, mut fields) = (certificate(&judged.part(0))?, Fields::default());
    let text = fields.line("/text", text, TEXT_MAX);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let taken = judged.take(move |tx, judged| {
        let moved = actions::step(tx, (&certificate, judged.version), (act, &text), &judged.by)?;
        mark_answer(200, moved, today(judged))
    });
    taken.await
}

/// Suspend a mark; for whoever granted it, and authorities.
#[utoipa::path(request_body = GreenMarkRemark, params(Sent<OfGreenMark>), responses((status = OK, body = GreenMarkView, description = "The product may not bear it for the time being."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/green_marks/{certificate}/suspend")]
pub(crate) async fn suspend_green_mark(sent: Sent<OfGreenMark>, body: Body<GreenMarkRemark>) -> Result<HttpResponse> {
    take(judged(sent, &body.sha256, &[Role::Laboratory])?, GreenMarkAct::Suspend, &body.text).await
}

/// Let a suspended mark hold again; for whoever granted it, and authorities.
#[utoipa::path(request_body = GreenMarkRemark, params(Sent<OfGreenMark>), responses((status = OK, body = GreenMarkView, description = "The product may bear it again."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/green_marks/{certificate}/resume")]
pub(crate) async fn resume_green_mark(sent: Sent<OfGreenMark>, body: Body<GreenMarkRemark>) -> Result<HttpResponse> {
    take(judged(sent, &body.sha256, &[Role::Laboratory])?, GreenMarkAct::Resume, &body.text).await
}

/// Revoke a mark for good; for whoever granted it, and authorities.
#[utoipa::path(request_body = GreenMarkRemark, params(Sent<OfGreenMark>), responses((status = OK, body = GreenMarkView, description = "The product may not bear it any more."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/green_marks/{certificate}/revoke")]
pub(crate) async fn revoke_green_mark(sent: Sent<OfGreenMark>, body: Body<GreenMarkRemark>) -> Result<HttpResponse> {
    take(judged(sent, &body.sha256, &[Role::Laboratory])?, GreenMarkAct::Revoke, &body.text).await
}
