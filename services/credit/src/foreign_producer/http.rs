//! Producers abroad on HTTP. Not here: what an entry must be like, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Code, Error, FieldError, Problems, Result},
    http::{
        json::Body,
        once,
        page::{Cursor, Limit, Page},
        param,
        precondition::{ETag, not_modified},
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, instant::Instant, lei::Lei, text::Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{ForeignProducer, NewForeignProducer, OtherName, ProducerStatus, read},
    store::{self, Stored},
};
use crate::{
    enterprise::http::{MatchView, expected, replaced},
    script::rules::folded,
    search::rules::Hit,
};

const QUERY_MAX: usize = 100;

/// A producer abroad.
#[derive(Serialize, ToSchema)]
pub struct ForeignProducerView {
    /// Its legal entity identifier.
    #[schema(example = "529900GRZ2BQY5ZM9N49")]
    pub lei: String,
    name: String,
    other_names: Vec<OtherName>,
    country: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_form: Option<String>,
    status: ProducerStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    represented_by: Option<String>,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// How well it fits what was asked for, 0 to 1000; only in the answer to a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u16>,
    /// The names by which it was found, and why; only in the answer to a search.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matched: Vec<MatchView>,
}

fn show(producer: &ForeignProducer, version: i64, recorded_at: Instant) -> ForeignProducerView {
    let producer = producer.clone();
    ForeignProducerView {
        lei: producer.lei.to_string(),
        name: producer.name,
        other_names: producer.other_names,
        country: producer.country,
        legal_form: producer.legal_form,
        status: producer.status,
        represented_by: producer.represented_by.map(|uscc| uscc.to_string()),
        version,
        recorded_at,
        score: None,
        matched: Vec::new(),
    }
}

fn view(stored: &Stored) -> ForeignProducerView {
    show(&stored.producer, stored.version, stored.recorded_at)
}

fn lei(text: &str) -> Result<Lei> {
    Lei::parse(text).map_err(|fault| Error::invalid(vec![FieldFault::of("{lei}", fault)]))
}

/// Record a producer abroad, or replace what is recorded of it.
#[utoipa::path(
    request_body = NewForeignProducer,
    params(
        ("lei" = String, Path, description = "The legal entity identifier.", example = "529900GRZ2BQY5ZM9N49"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where the entry exists."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if it does not exist yet."),
    ),
    responses((status = OK, body = ForeignProducerView, description = "It was replaced."), (status = CREATED, body = ForeignProducerView, description = "It is new."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[put("/foreign_producers/{lei}")]
pub(crate) async fn update_foreign_producer(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewForeignProducer>,
) -> Result<HttpResponse> {
    let lei = lei(&path)?;
    if caller.role() != Role::Authority {
        let detail = Text::new("只有主管部门可以登记境外生产者。", "Only an authority records producers abroad.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    let expectation = expected(&req)?;
    let (producer, by) = (read(lei, &body)?, caller.client().to_owned());
    let answer = db.write(move |tx| {
        let (version, created) = actions::record(tx, &producer, &expectation, &by)?;
        let location = created.then(|| format!("/credit/v1/foreign_producers/{}", producer.lei));
        replaced(&show(&producer, version, tx.now()), version, location)
    });
    Ok(once::respond(&answer.await?))
}

/// Read what is recorded of a producer abroad.
#[utoipa::path(params(("lei" = String, Path, description = "The legal entity identifier.", example = "529900GRZ2BQY5ZM9N49")), responses((status = OK, body = ForeignProducerView, description = "The entry as it stands."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/foreign_producers/{lei}")]
pub(crate) async fn read_foreign_producer(db: Data<Db>, req: HttpRequest, path: Path<String>) -> Result<HttpResponse> {
    let lei = lei(&path)?;
    let stored = db.read(move |conn| store::find(conn, &lei)?.ok_or_else(|| Error::not_found("foreign_producer", &lei))).await?;
    if not_modified(&req, stored.version) {
        return Ok(HttpResponse::NotModified().insert_header(ETag(stored.version).header()).finish());
    }
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(view(&stored)))
}

/// What to search for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ForeignProducersQuery {
    /// An identifier or part of one, or any of its names.
    #[param(example = "Sample")]
    q: Option<String>,
    /// Only of this country, ISO 3166-1 alpha-2.
    #[param(example = "DE")]
    country: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Search producers abroad by identifier or name, or list them by country.
#[utoipa::path(params(ForeignProducersQuery), responses((status = OK, body = Page<ForeignProducerView>, description = "One page: the best first with `q`, else in the order of the identifiers."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/foreign_producers")]
pub(crate) async fn list_foreign_producers(db: Data<Db>, req: HttpRequest, query: Query<ForeignProducersQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    if query.q.as_deref().is_some_and(|q| q.chars().count() > QUERY_MAX || folded(q).is_empty()) {
        let detail = Text::new("请给出 1 到 100 个字的标识或名称。", "Give an identifier or a name of 1 to 100 characters.");
        bad.push(FieldError::new("?q", "bad_parameter", detail));
    }
    if query.country.as_deref().is_some_and(|text| text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase())) {
        bad.push(FieldError::new("?country", "bad_parameter", Text::new("应为两位大写字母。", "Must be two capital letters.")));
    }
    param::refuse(bad)?;
    let parts = if query.q.is_some() { 2 } else { 1 };
    let after = query.cursor.as_deref().map(|cursor| Cursor::decode(cursor, parts)).transpose()?;
    let lang = param::language(&req);
    let page = db.read(move |conn| {
        let Some(text) = &query.q else {
            let after = after.as_ref().and_then(|after| after.0.first());
            let found = store::list(conn, query.country.as_deref(), after.map(String::as_str), limit)?;
            return Ok(Page::cut(found, limit, |stored| Cursor::after([stored.producer.lei.to_string()])).map(|stored| view(&stored)));
        };
        let place = |hit: &Hit| [format!("{:04}", 1000_u16.saturating_sub(hit.score)), hit.code.clone()];
        let mut found = actions::find(conn, text)?;
        found.retain(|(hit, stored)| {
            query.country.as_ref().is_none_or(|country| *country == stored.producer.country)
                && after.as_ref().is_none_or(|after| after.0.as_slice() < place(hit).as_slice())
        });
        let page = Page::cut(found, limit, |(hit, _)| Cursor::after(place(hit)));
        Ok(page.map(|(hit, stored)| {
            let matched = hit.matched.into_iter().map(|matched| MatchView::of(matched, lang)).collect();
            ForeignProducerView { score: Some(hit.score), matched, ..view(&stored) }
        }))
    });
    Ok(page.await?.respond(&req))
}
