//! Method conversions on HTTP: record, withdraw, read, list. Not here: comparing, `comparison`.

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
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{MethodConversion, NewMethodConversion, Recorded, Withdrawn},
    store,
};
use crate::{
    author::{
        actions::Author,
        http::{Sent, judged},
    },
    indicator::rules::{TestMethod, property},
};

/// The longest reason.
const REASON_MAX: usize = 500;

/// A recorded conversion between test methods; what it says never changes.
#[derive(Serialize, ToSchema)]
pub struct MethodConversionView {
    /// `mcv_…`.
    #[schema(example = "mcv_01JD0000000000000000000000")]
    id: String,
    property: String,
    from: TestMethod,
    to: TestMethod,
    /// A value by the method `to` is the factor times the value by the method `from`, and the offset.
    #[schema(example = "1.2")]
    factor: String,
    #[schema(example = "0")]
    offset: String,
    /// In which unit both values are counted.
    unit: String,
    source: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Since when and why it is used no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<Withdrawn>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Recorded> for MethodConversionView {
    fn from(recorded: Recorded) -> Self {
        let Recorded { id, conversion, source, recorded_at, withdrawn, version } = recorded;
        let MethodConversion { property, from, to, factor, offset, unit } = conversion;
        let (factor, offset) = (factor.to_string(), offset.to_string());
        Self { id, property, from, to, factor, offset, unit, source, recorded_at, withdrawn, version }
    }
}

fn answer(status: u16, recorded: Recorded) -> Result<Answer> {
    let location = (status == 201).then(|| format!("/standards/v1/method_conversions/{}", recorded.id));
    let etag = Some(ETag(recorded.version).to_string());
    let body = serde_json::to_string(&MethodConversionView::from(recorded)).map_err(Error::internal)?;
    Ok(Answer { status, etag, location, body })
}

fn conversion_id(path: &str) -> Result<String> {
    Id::parse("mcv", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Record how values by one test method become values by another.
#[utoipa::path(
    request_body = NewMethodConversion,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = MethodConversionView, description = "It is used from now on."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/method_conversions")]
pub(crate) async fn create_method_conversion(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewMethodConversion>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let (conversion, source) = body.read()?;
    let answer = db.write_once(key, move |tx| {
        let made = actions::record(tx, &conversion, &source, &author)?;
        answer(201, made)
    });
    Ok(once::respond(&answer.await?))
}

/// A conversion in a path.
pub(crate) struct OfMethodConversion;

impl Place for OfMethodConversion {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the conversion.", "mcv_01JD0000000000000000000000")]
    }
}

/// Why a conversion is withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodConversionWithdrawal {
    /// In words.
    #[schema(example = "示例：系数有误。")]
    reason: String,
}

/// Withdraw a conversion that is wrong; comparisons that used it are judged again.
#[utoipa::path(request_body = MethodConversionWithdrawal, params(Sent<OfMethodConversion>), responses((status = OK, body = MethodConversionView, description = "It is used no more."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/method_conversions/{id}/withdraw")]
pub(crate) async fn withdraw_method_conversion(
    sent: Sent<OfMethodConversion>,
    body: Body<MethodConversionWithdrawal>,
) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let id = conversion_id(&judged.part(0))?;
    let reason = line(&body.reason, REASON_MAX).map_err(|fault| Error::invalid(vec![FieldFault::of("/reason", fault)]))?;
    let taken = judged.take(move |tx, judged| answer(200, actions::withdraw(tx, (&id, judged.version), &reason, &judged.by)?));
    taken.await
}

/// Read a conversion between test methods.
#[utoipa::path(params(("id" = String, Path, description = "The id of the conversion.", example = "mcv_01JD0000000000000000000000")), responses((status = OK, body = MethodConversionView, description = "The conversion."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/method_conversions/{id}")]
pub(crate) async fn read_method_conversion(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = conversion_id(&path)?;
    let found = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("method conversion", &id))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(found.version).header()).json(MethodConversionView::from(found)))
}

/// Which conversions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MethodConversionsQuery {
    /// Of this property.
    #[param(example = "formaldehyde")]
    property: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the conversions between test methods, the oldest first.
#[utoipa::path(params(MethodConversionsQuery), responses((status = OK, body = Page<MethodConversionView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/method_conversions")]
pub(crate) async fn list_method_conversions(db: Data<Db>, req: HttpRequest, query: Query<MethodConversionsQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    if let Some(Err(fault)) = query.property.as_deref().map(property) {
        bad.push(FieldFault::new("?property", "bad_parameter", fault.detail));
    }
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::list(conn, query.property, after, limit)).await?;
    let page = Page::cut(all, limit, |recorded| Cursor::after([recorded.id.clone()]));
    Ok(page.map(MethodConversionView::from).respond(&req))
}
