//! Method conversions on HTTP: record, read, list. Not here: comparing, `comparison`.

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
    },
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{NewMethodConversion, Recorded},
    store,
};
use crate::{
    author::actions::Author,
    indicator::rules::{MethodConversion, TestMethod},
};

/// A recorded conversion between test methods; it never changes.
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
}

impl From<Recorded> for MethodConversionView {
    fn from(recorded: Recorded) -> Self {
        let Recorded { id, conversion, source, recorded_at } = recorded;
        let MethodConversion { property, from, to, factor, offset, unit } = conversion;
        Self { id, property, from, to, factor: factor.to_string(), offset: offset.to_string(), unit, source, recorded_at }
    }
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
        let location = Some(format!("/standards/v1/method_conversions/{}", made.id));
        let body = serde_json::to_string(&MethodConversionView::from(made)).map_err(Error::internal)?;
        Ok(Answer { status: 201, etag: Some(ETag(1).to_string()), location, body })
    });
    Ok(once::respond(&answer.await?))
}

/// Read a conversion between test methods.
#[utoipa::path(params(("id" = String, Path, description = "The id of the conversion.", example = "mcv_01JD0000000000000000000000")), responses((status = OK, body = MethodConversionView, description = "The conversion."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/method_conversions/{id}")]
pub(crate) async fn read_method_conversion(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = Id::parse("mcv", &path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let found = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("method conversion", &id))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(1).header()).json(MethodConversionView::from(found)))
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
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::list(conn, query.property, after, limit)).await?;
    let page = Page::cut(all, limit, |recorded| Cursor::after([recorded.id.clone()]));
    Ok(page.map(MethodConversionView::from).respond(&req))
}
