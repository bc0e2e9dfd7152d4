//! The register on HTTP. Not here: what an entry must be like, `rules.rs`; reading many from a file, `intake`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, FieldError, Problems, Result},
    http::{
        json::Body,
        once,
        page::{Cursor, Limit, Page},
        param,
        precondition::{ETag, IfMatch, if_none_match_star, not_modified},
        query::Query,
    },
    token::Caller,
};
use contracts::credit::EnterpriseStatus;
use model::{
    instant::{Day, Instant},
    normalise,
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Expectation, Recorded},
    rules::{Enterprise, FormerName, NewEnterprise, folded, read},
    store::{self, Search, Stored},
};
use crate::{Credit, fact::actions::unknown};

const QUERY_MAX: usize = 100;

/// An entry of the register.
#[derive(Serialize, ToSchema)]
pub struct EnterpriseView {
    /// Its Unified Social Credit Code.
    #[schema(example = "914404001000000590")]
    pub uscc: String,
    name: String,
    former_names: Vec<FormerName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<String>,
    division: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    industry: Option<String>,
    status: EnterpriseStatus,
    #[schema(value_type = String, format = Date)]
    established_on: Day,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// What is odd about the code although it is valid (GB 11714, GB/T 2260).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningView>,
}

/// Something odd about a valid value.
#[derive(Serialize, ToSchema)]
pub struct WarningView {
    code: String,
    detail: String,
}

fn show(entry: &Enterprise, version: i64, recorded_at: Instant) -> EnterpriseView {
    let entry = entry.clone();
    let warnings = entry.uscc.warnings();
    EnterpriseView {
        uscc: entry.uscc.to_string(),
        name: entry.name,
        former_names: entry.former_names,
        short_name: entry.short_name,
        name_en: entry.name_en,
        division: entry.division,
        industry: entry.industry,
        status: entry.status,
        established_on: entry.established_on,
        version,
        recorded_at,
        warnings: warnings.into_iter().map(|fault| WarningView { code: fault.code.to_owned(), detail: fault.detail.en }).collect(),
    }
}

impl From<&Stored> for EnterpriseView {
    fn from(stored: &Stored) -> Self {
        show(&stored.enterprise, stored.version, stored.recorded_at)
    }
}

/// Register an enterprise, or replace what the register says of it.
#[utoipa::path(
    request_body = NewEnterprise,
    params(
        ("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where the enterprise exists."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if it does not exist yet."),
    ),
    responses((status = OK, body = EnterpriseView, description = "It was replaced."), (status = CREATED, body = EnterpriseView, description = "It is new."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[put("/enterprises/{uscc}")]
pub(crate) async fn update_enterprise(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewEnterprise>,
) -> Result<HttpResponse> {
    let today = app.clock.now().day();
    let (uscc, entry) = match param::uscc(&path) {
        Ok(uscc) => (uscc.clone(), read(uscc, &body, today).map_err(Error::from)),
        Err(error) => return Err(error),
    };
    caller.owns(&uscc)?;
    let expectation = match (IfMatch::of(&req)?, if_none_match_star(&req)?) {
        (Some(tag), _) => Expectation::Version(tag),
        (None, true) => Expectation::Absent,
        (None, false) => Expectation::Unsaid,
    };
    let (entry, inner, by) = (entry?, Arc::clone(&app), caller.client().to_owned());
    let answer = db
        .write(move |tx| {
            let (recorded, version) = actions::record(tx, &inner.models, &entry, &expectation, &by)?;
            let body = serde_json::to_string(&show(&entry, version, tx.now())).map_err(Error::internal)?;
            let created = recorded == Recorded::Created;
            let location = created.then(|| format!("/credit/v1/enterprises/{}", entry.uscc));
            Ok(Answer { status: if created { 201 } else { 200 }, etag: Some(ETag(version).to_string()), location, body })
        })
        .await?;
    Ok(once::respond(&answer))
}

/// Read what the register says of an enterprise.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590")), responses((status = OK, body = EnterpriseView, description = "The entry as it stands."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises/{uscc}")]
pub(crate) async fn read_enterprise(db: Data<Db>, req: HttpRequest, path: Path<String>) -> Result<HttpResponse> {
    let uscc = param::uscc(&path)?;
    let stored = db.read(move |conn| store::find(conn, &uscc)?.ok_or_else(|| unknown(&uscc))).await?;
    if not_modified(&req, stored.version) {
        return Ok(HttpResponse::NotModified().insert_header(ETag(stored.version).header()).finish());
    }
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(EnterpriseView::from(&stored)))
}

/// What to search for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EnterprisesQuery {
    /// A code or part of one, or part of a name: the present one, a former, the short or the English one.
    #[param(example = "示例")]
    q: Option<String>,
    /// Only in this division or below it: two, four or six digits.
    #[param(example = "4403")]
    division: Option<String>,
    /// Only in this industry or below it.
    #[param(example = "C38")]
    industry: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Search the register by code or by any name an enterprise has or had.
#[utoipa::path(params(EnterprisesQuery), responses((status = OK, body = Page<EnterpriseView>, description = "One page, in the order of the codes."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises")]
pub(crate) async fn list_enterprises(db: Data<Db>, req: HttpRequest, query: Query<EnterprisesQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let search = searched(query, bad)?;
    let limit = search.limit;
    let found = db.read(move |conn| store::search(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.enterprise.uscc.to_string()]));
    Ok(page.map(|stored| EnterpriseView::from(&stored)).respond(&req))
}

fn searched(query: EnterprisesQuery, mut bad: Vec<FieldError>) -> Result<Search> {
    let mut refuse = |name: &str, zh: &str, en: &str| bad.push(FieldError::new(format!("?{name}"), "bad_parameter", Text::new(zh, en)));
    let limit = Limit::parse(query.limit.as_deref());
    let digits = |text: &String| [2, 4, 6].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if query.division.as_ref().is_some_and(|text| !digits(text)) {
        refuse("division", "应为 2、4 或 6 位数字。", "Must be two, four or six digits.");
    }
    let class = |text: &String| text.len() <= 5 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if query.industry.as_ref().is_some_and(|text| !class(text)) {
        refuse("industry", "应为行业代码或其前几位。", "Must be an industry code or its first characters.");
    }
    let (code, name) = query.q.as_deref().map_or((None, None), |q| (code_part(q), Some(folded(q)).filter(|name| !name.is_empty())));
    if query.q.as_deref().is_some_and(|q| q.chars().count() > QUERY_MAX) || (query.q.is_some() && code.is_none() && name.is_none()) {
        refuse("q", "请给出 1 到 100 个字的代码或名称。", "Give a code or a name of 1 to 100 characters.");
    }
    let limit = limit.unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    param::refuse(bad)?;
    let after = query.cursor.as_deref().map(|cursor| Cursor::decode(cursor, 1)).transpose()?.and_then(|cursor| cursor.0.into_iter().next());
    Ok(Search { code, name, division: query.division, industry: query.industry.map(|text| text.to_ascii_uppercase()), after, limit })
}

/// What could be a part of a code: at least four characters of its alphabet.
fn code_part(text: &str) -> Option<String> {
    let part = normalise::compact(text);
    (part.len() >= 4 && part.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(part)
}
