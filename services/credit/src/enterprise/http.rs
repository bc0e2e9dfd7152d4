//! The register on HTTP. Not here: what an entry must be like, `rules.rs`; reading many from a file, `intake`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db},
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
    text::{Lang, Text},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Author, Expectation, Recorded},
    rules::{Enterprise, FormerName, NewEnterprise, read},
    store::{self, Stored},
};
use crate::{
    Credit,
    fact::actions::unknown,
    match_reason::rules::{How, explained},
    name_key::store::Within,
    script::rules::folded,
    search::{
        self,
        rules::{Hit, Matched},
    },
};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    status_since: Option<Day>,
    #[schema(value_type = String, format = Date)]
    established_on: Day,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// What is odd about the code although it is valid (GB 11714, GB/T 2260).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningView>,
    /// The name that went among the former ones by itself, because the entry has a new one and did not list it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_given_up: Option<FormerName>,
    /// How well it fits what was asked for, 0 to 1000; only in the answer to a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u16>,
    /// The names by which it was found, and why; only in the answer to a search.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matched: Vec<MatchView>,
}

/// A name or a code by which an entry was found.
#[derive(Serialize, ToSchema)]
pub struct MatchView {
    name: String,
    /// `current`, `former`, `short`, `english`, `code`, or `absorbed` for a name of an enterprise that went into this one.
    kind: String,
    score: u16,
    /// Why, the weightiest first.
    how: Vec<How>,
    /// The same as text, in the caller's language.
    text: String,
}

impl MatchView {
    /// An alias that matched, explained.
    #[must_use]
    pub fn of(matched: Matched, lang: Lang) -> Self {
        let text = explained(&matched.how).pick(lang).to_owned();
        Self { name: matched.name, kind: matched.kind, score: matched.score, how: matched.how, text }
    }
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
        status_since: entry.status_since,
        established_on: entry.established_on,
        version,
        recorded_at,
        warnings: warnings.into_iter().map(|fault| WarningView { code: fault.code.to_owned(), detail: fault.detail.en }).collect(),
        name_given_up: None,
        score: None,
        matched: Vec::new(),
    }
}

impl From<&Stored> for EnterpriseView {
    fn from(stored: &Stored) -> Self {
        show(&stored.enterprise, stored.version, stored.recorded_at)
    }
}

/// What a caller who puts an entry expects to find.
///
/// # Errors
/// `bad_header` where a header cannot be read.
pub(crate) fn expected(req: &HttpRequest) -> Result<Expectation> {
    Ok(match (IfMatch::of(req)?, if_none_match_star(req)?) {
        // A version that matches is one that stands, so that both are never met (RFC 9110, 13.2.2).
        (Some(_), true) => Expectation::Version(IfMatch::Versions(Vec::new())),
        (Some(tag), false) => Expectation::Version(tag),
        (None, true) => Expectation::Absent,
        (None, false) => Expectation::Unsaid,
    })
}

/// The answer to who puts an entry; a new one has a location.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn replaced(view: &impl Serialize, version: i64, location: Option<String>) -> Result<Answer> {
    let body = serde_json::to_string(view).map_err(Error::internal)?;
    Ok(Answer { status: if location.is_some() { 201 } else { 200 }, etag: Some(ETag(version).to_string()), location, body })
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
    let expectation = expected(&req)?;
    let (entry, inner) = (entry?, Arc::clone(&app));
    let author = Author { client: caller.client().to_owned(), organisation: caller.organisation()?, role: caller.role() };
    let answer = db
        .write(move |tx| {
            let outcome = actions::record(tx, &inner, &entry, &expectation, &author)?;
            let view = EnterpriseView { name_given_up: outcome.given_up, ..show(&outcome.entry, outcome.version, tx.now()) };
            let created = outcome.recorded == Recorded::Created;
            replaced(&view, outcome.version, created.then(|| format!("/credit/v1/enterprises/{}", outcome.entry.uscc)))
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
    /// A code or part of one, or a name as people type it: full or short, simplified or traditional, by its pinyin or initials, with a slip.
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

/// A search, read.
struct Asked {
    text: Option<String>,
    within: Within,
    after: Option<String>,
    limit: i64,
}

/// Search the register by code or by any name an enterprise has or had, or list it by division and industry.
///
/// With `q` the best come first, each with the names by which it was found and why; without, the order is that of the codes.
#[utoipa::path(params(EnterprisesQuery), responses((status = OK, body = Page<EnterpriseView>, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises")]
pub(crate) async fn list_enterprises(db: Data<Db>, req: HttpRequest, query: Query<EnterprisesQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let asked = asked(query, bad)?;
    let lang = param::language(&req);
    let page = db.read(move |conn| if asked.text.is_some() { found(conn, &asked, lang) } else { listed(conn, &asked) });
    Ok(page.await?.respond(&req))
}

fn listed(conn: &mut Conn, asked: &Asked) -> Result<Page<EnterpriseView>> {
    let after = asked.after.as_deref().map(|cursor| Cursor::decode(cursor, 1)).transpose()?.and_then(|cursor| cursor.0.into_iter().next());
    let codes = search::store::list(conn, &asked.within, after.as_deref(), asked.limit)?;
    let page = Page::cut(codes, asked.limit, |code| Cursor::after([code.clone()]));
    let mut items = Vec::with_capacity(page.items.len());
    for code in page.items {
        items.extend(store::find_any(conn, &Uscc::parse(&code)?)?.as_ref().map(EnterpriseView::from));
    }
    Ok(Page { items, next_cursor: page.next_cursor })
}

fn found(conn: &mut Conn, asked: &Asked, lang: Lang) -> Result<Page<EnterpriseView>> {
    let hits = search::actions::find(conn, asked.text.as_deref().unwrap_or_default(), &asked.within)?;
    let after = asked.after.as_deref().map(|cursor| Cursor::decode(cursor, 2)).transpose()?;
    // A place in a ranking is a score and a code.
    let place = |hit: &Hit| [format!("{:04}", 1000_u16.saturating_sub(hit.score)), hit.code.clone()];
    let hits = hits.into_iter().filter(|hit| after.as_ref().is_none_or(|after| after.0.as_slice() < place(hit).as_slice()));
    let page = Page::cut(hits.collect(), asked.limit, |hit| Cursor::after(place(hit)));
    let mut items = Vec::with_capacity(page.items.len());
    for hit in page.items {
        let Some(stored) = store::find_any(conn, &Uscc::parse(&hit.code)?)? else { continue };
        let matched = hit.matched.into_iter().map(|matched| MatchView::of(matched, lang)).collect();
        items.push(EnterpriseView { score: Some(hit.score), matched, ..EnterpriseView::from(&stored) });
    }
    Ok(Page { items, next_cursor: page.next_cursor })
}

fn asked(query: EnterprisesQuery, mut bad: Vec<FieldError>) -> Result<Asked> {
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
    if query.q.as_deref().is_some_and(|q| q.chars().count() > QUERY_MAX || folded(q).is_empty()) {
        refuse("q", "请给出 1 到 100 个字的代码或名称。", "Give a code or a name of 1 to 100 characters.");
    }
    let limit = limit.unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    param::refuse(bad)?;
    let within = Within { division: query.division, industry: query.industry.map(|text| text.to_ascii_uppercase()) };
    Ok(Asked { text: query.q, within, after: query.cursor, limit })
}
