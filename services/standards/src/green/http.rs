//! Green standards on HTTP. Not here: windows, `rules.rs`; marks, `green_mark`.

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
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Day};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::GreenStandard,
    store::{self, Standard},
};
use crate::{
    author::{
        actions::Author,
        http::{Sent, judged},
    },
    said::rules::{Fields, NAME_MAX},
};

/// A standard by which a category of products is assessed, as it is set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGreenStandard {
    /// The edition, in force on the first day.
    #[schema(example = "edn_01JD0000000000000000000000")]
    edition: String,
    /// The category of products.
    #[schema(example = "家具")]
    category: String,
    /// From when products are assessed by it.
    #[schema(format = Date, example = "2026-01-01")]
    effective_from: String,
    /// The last day, where one is set.
    #[serde(default)]
    #[schema(format = Date)]
    effective_to: Option<String>,
    /// The number of the notice that says so.
    #[schema(example = "示例公告〔2026〕1号")]
    document_no: String,
}

/// A standard by which a category of products is assessed.
#[derive(Serialize, ToSchema)]
pub struct GreenStandardView {
    /// `grs_…`.
    id: String,
    edition: String,
    #[schema(example = "GB/T 35607-2017")]
    number: String,
    category: String,
    #[schema(value_type = String, format = Date)]
    effective_from: Day,
    #[schema(value_type = Option<String>, format = Date)]
    effective_to: Option<Day>,
    document_no: String,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Standard> for GreenStandardView {
    fn from((standard, version): Standard) -> Self {
        let GreenStandard { id, edition, number, category, effective_from, effective_to, document_no } = standard;
        Self { id, edition, number, category, effective_from, effective_to, document_no, version }
    }
}

fn standard_answer(status: u16, stored: Standard) -> Result<Answer> {
    let (etag, location) = (ETag(stored.1).to_string(), (status == 201).then(|| format!("/standards/v1/green_standards/{}", stored.0.id)));
    let body = serde_json::to_string(&GreenStandardView::from(stored)).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(etag), location, body })
}

fn green_standard_id(path: &str) -> Result<String> {
    Id::parse("grs", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Make an edition the standard by which green products of a category are assessed; for authorities.
#[utoipa::path(
    request_body = NewGreenStandard,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = GreenStandardView, description = "It is set."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/green_standards")]
pub(crate) async fn create_green_standard(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewGreenStandard>,
) -> Result<HttpResponse> {
    Author::with_role(&caller, &[])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let new = body.into_inner();
    let mut fields = Fields::default();
    let edition = Id::parse("edn", &new.edition).map_err(|fault| fields.bad.push(FieldFault::of("/edition", fault))).unwrap_or_default();
    let made = GreenStandard {
        id: String::new(),
        edition,
        number: String::new(),
        category: fields.line("/category", &new.category, NAME_MAX),
        effective_from: fields.day("/effective_from", &new.effective_from),
        effective_to: fields.day_or_none("/effective_to", new.effective_to.as_deref()),
        document_no: fields.line("/document_no", &new.document_no, NAME_MAX),
    };
    fields.in_order("/effective_to", made.effective_from, made.effective_to);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write_once(key, move |tx| standard_answer(201, actions::set(tx, &made)?));
    Ok(once::respond(&answer.await?))
}

/// Read a green standard.
#[utoipa::path(params(("id" = String, Path, description = "The id of the green standard.", example = "grs_01JD0000000000000000000000")), responses((status = OK, body = GreenStandardView, description = "The green standard."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/green_standards/{id}")]
pub(crate) async fn read_green_standard(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = green_standard_id(&path)?;
    let stored = db.read(move |conn| store::standard(conn, &id)?.ok_or_else(|| Error::not_found("green_standard", &id))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.1).header()).json(GreenStandardView::from(stored)))
}

/// Which green standards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GreenStandardsQuery {
    /// Of this category, in full.
    #[param(example = "家具")]
    category: Option<String>,
    /// Those that hold on this day; of all times where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    on: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the standards by which green products are assessed, the oldest first.
#[utoipa::path(params(GreenStandardsQuery), responses((status = OK, body = Page<GreenStandardView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/green_standards")]
pub(crate) async fn list_green_standards(db: Data<Db>, req: HttpRequest, query: Query<GreenStandardsQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let on = param::day("on", query.on.as_deref(), &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::standards(conn, query.category.as_deref(), on, after.as_deref(), Some(limit))).await?;
    Ok(Page::cut(all, limit, |(standard, _)| Cursor::after([standard.id.clone()])).map(GreenStandardView::from).respond(&req))
}

/// A green standard in a path.
pub(crate) struct OfGreenStandard;

impl Place for OfGreenStandard {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the green standard.", "grs_01JD0000000000000000000000")]
    }
}

/// The last day of a green standard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GreenStandardEnd {
    /// Today or later.
    #[schema(format = Date, example = "2036-12-31")]
    effective_to: String,
}

/// Set the last day on which marks are granted by a green standard; for authorities.
#[utoipa::path(request_body = GreenStandardEnd, params(Sent<OfGreenStandard>), responses((status = OK, body = GreenStandardView, description = "It is set."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/green_standards/{id}/end")]
pub(crate) async fn end_green_standard(sent: Sent<OfGreenStandard>, body: Body<GreenStandardEnd>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let (id, mut fields) = (green_standard_id(&judged.part(0))?, Fields::default());
    let last = fields.day("/effective_to", &body.effective_to);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    judged.take(move |tx, judged| standard_answer(200, actions::end(tx, (&id, judged.version), last)?)).await
}
