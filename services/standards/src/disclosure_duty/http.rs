//! Duties to disclose on HTTP. Not here: what follows from them, `disclosure`.

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
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Day};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    author::{
        actions::Author,
        http::{Sent, judged},
    },
    disclosure::{
        actions,
        http::ITEMS_MAX,
        rules::{DisclosureItem, Duty, twice},
        store,
    },
    said::rules::{Fields, NAME_MAX, is_outer_id, outer_id_invalid},
};

/// A duty to disclose, as it is set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisclosureDuty {
    /// The category of products.
    #[schema(example = "电动自行车")]
    category: String,
    /// What must be disclosed; 1 to 100.
    items: Vec<DisclosureItem>,
    /// From when.
    #[schema(format = Date, example = "2026-01-01")]
    effective_from: String,
    /// The last day, where one is set.
    #[serde(default)]
    #[schema(format = Date)]
    effective_to: Option<String>,
    /// The rule.
    #[schema(example = "示例公告〔2026〕1号")]
    basis: String,
}

/// A duty to disclose.
#[derive(Serialize, ToSchema)]
pub struct DisclosureDutyView {
    /// `dty_…`.
    id: String,
    category: String,
    items: Vec<DisclosureItem>,
    #[schema(value_type = String, format = Date)]
    effective_from: Day,
    #[schema(value_type = Option<String>, format = Date)]
    effective_to: Option<Day>,
    basis: String,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<(Duty, i64)> for DisclosureDutyView {
    fn from((duty, version): (Duty, i64)) -> Self {
        let Duty { id, category, items, effective_from, effective_to, basis } = duty;
        Self { id, category, items, effective_from, effective_to, basis, version }
    }
}

fn duty_answer(status: u16, stored: (Duty, i64)) -> Result<Answer> {
    let (etag, location) =
        (ETag(stored.1).to_string(), (status == 201).then(|| format!("/standards/v1/disclosure_duties/{}", stored.0.id)));
    let body = serde_json::to_string(&DisclosureDutyView::from(stored)).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(etag), location, body })
}

fn duty_id(path: &str) -> Result<String> {
    Id::parse("dty", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Say what must be disclosed of a category of products, and from when; for authorities.
#[utoipa::path(
    request_body = NewDisclosureDuty,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = DisclosureDutyView, description = "It is set."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/disclosure_duties")]
pub(crate) async fn create_disclosure_duty(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewDisclosureDuty>,
) -> Result<HttpResponse> {
    Author::with_role(&caller, &[])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let new = body.into_inner();
    let mut fields = Fields::default();
    fields.count("/items", new.items.len(), 1..=ITEMS_MAX);
    let mut items = Vec::new();
    for (place, item) in new.items.iter().enumerate() {
        if !is_outer_id(&item.code) {
            fields.bad.push(outer_id_invalid(&format!("/items/{place}/code")));
        }
        items.push(DisclosureItem { code: item.code.clone(), title: fields.line(&format!("/items/{place}/title"), &item.title, NAME_MAX) });
    }
    fields.bad.extend(twice(items.iter().map(|item| item.code.as_str())));
    let duty = Duty {
        id: String::new(),
        category: fields.line("/category", &new.category, NAME_MAX),
        items,
        effective_from: fields.day("/effective_from", &new.effective_from),
        effective_to: fields.day_or_none("/effective_to", new.effective_to.as_deref()),
        basis: fields.line("/basis", &new.basis, NAME_MAX),
    };
    fields.in_order("/effective_to", duty.effective_from, duty.effective_to);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write_once(key, move |tx| duty_answer(201, actions::oblige(tx, &duty)?));
    Ok(once::respond(&answer.await?))
}

/// Read a duty to disclose.
#[utoipa::path(params(("id" = String, Path, description = "The id of the duty.", example = "dty_01JD0000000000000000000000")), responses((status = OK, body = DisclosureDutyView, description = "The duty."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/disclosure_duties/{id}")]
pub(crate) async fn read_disclosure_duty(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = duty_id(&path)?;
    let stored = db.read(move |conn| store::duty(conn, &id)?.ok_or_else(|| Error::not_found("disclosure_duty", &id))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.1).header()).json(DisclosureDutyView::from(stored)))
}

/// Which duties.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DisclosureDutiesQuery {
    /// Of this category, in full.
    #[param(example = "电动自行车")]
    category: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the duties to disclose, the oldest first.
#[utoipa::path(params(DisclosureDutiesQuery), responses((status = OK, body = Page<DisclosureDutyView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/disclosure_duties")]
pub(crate) async fn list_disclosure_duties(db: Data<Db>, req: HttpRequest, query: Query<DisclosureDutiesQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::duties_after(conn, query.category.as_deref(), after.as_deref(), limit)).await?;
    Ok(Page::cut(all, limit, |(duty, _)| Cursor::after([duty.id.clone()])).map(DisclosureDutyView::from).respond(&req))
}

/// A duty in a path.
pub(crate) struct OfDisclosureDuty;

impl Place for OfDisclosureDuty {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the duty.", "dty_01JD0000000000000000000000")]
    }
}

/// The last day of a duty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureDutyEnd {
    /// Today or later.
    #[schema(format = Date, example = "2036-12-31")]
    effective_to: String,
}

/// Set the last day of a duty to disclose; for authorities.
#[utoipa::path(request_body = DisclosureDutyEnd, params(Sent<OfDisclosureDuty>), responses((status = OK, body = DisclosureDutyView, description = "It is set."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/disclosure_duties/{id}/end")]
pub(crate) async fn end_disclosure_duty(sent: Sent<OfDisclosureDuty>, body: Body<DisclosureDutyEnd>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let (id, mut fields) = (duty_id(&judged.part(0))?, Fields::default());
    let last = fields.day("/effective_to", &body.effective_to);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    judged.take(move |tx, judged| duty_answer(200, actions::end(tx, (&id, judged.version), last)?)).await
}
