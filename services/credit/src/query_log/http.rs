//! Noting requests as they are answered, and reading the log. Not here: how entries are kept, `actions.rs`.

use std::collections::BTreeMap;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    document,
    error::{Code, Error, Problems, Result},
    http::{
        page::{self, Cursor, Limit, Page, bad_cursor},
        param,
        query::Query,
    },
    metrics::Metrics,
    token::{Caller, Role},
};
use model::{
    instant::{Day, Instant, parse_day},
    text::Text,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema, openapi::OpenApi};

use super::{
    actions::{LookUp, QueryLog},
    rules::{self, Operation},
    store::{self, About, Entry, Noted, Reader, Search},
};
use crate::{Credit, enterprise, fact::actions::unknown};

/// The header in which a reader may say why.
const PURPOSE: &str = "X-Query-Purpose";
const CLIENT_MAX: usize = 100;

/// The log, with every look-up that the document has.
///
/// # Errors
/// When the policy is not as it must be; a test keeps it from happening.
pub fn open(metrics: Metrics) -> Result<QueryLog> {
    let policy = rules::policy().map_err(Error::internal)?;
    let not_noted: Vec<String> = policy.rows().iter().flat_map(|row| row.value.not_noted.clone()).collect();
    Ok(QueryLog::new(look_ups(&document::of::<Credit>(), &not_noted), policy, metrics))
}

/// Every operation of a document that is a look-up, by method and path.
#[must_use]
pub fn look_ups(document: &OpenApi, not_noted: &[String]) -> BTreeMap<String, BTreeMap<String, LookUp>> {
    let mut all: BTreeMap<String, BTreeMap<String, LookUp>> = BTreeMap::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in document::operations(item) {
            let id = operation.operation_id.clone().unwrap_or_default();
            let scopes = document::scopes(operation);
            let named = rules::named(Operation { method, path, id: &id, scopes: scopes.as_deref() }, not_noted);
            if let Some(named) = named {
                all.entry(method.to_owned()).or_default().insert(path.clone(), LookUp { operation: id, named });
            }
        }
    }
    all
}

/// Whom a handler has read for a request whose body names them.
pub struct LookedUp(pub Vec<Uscc>);

/// Notes an answer if its operation is a look-up; reads nothing and waits for nothing.
pub fn note(app: &Credit, request: &HttpRequest, status: u16) {
    let found = app.query_log.look_ups.get(request.method().as_str()).zip(request.match_pattern());
    let Some(look_up) = found.and_then(|(by_path, pattern)| by_path.get(&pattern)) else { return };
    let about = match look_up.named {
        // What is no code is nobody's.
        rules::Named::Enterprise => {
            request.match_info().get("uscc").and_then(|text| Uscc::parse(text).ok()).map(|uscc| About::Enterprise(uscc.to_string()))
        }
        rules::Named::Thing => request.match_info().get("id").map(|id| About::Thing(id.to_owned())),
        rules::Named::Told => request.extensions_mut().remove::<LookedUp>().map(|told| About::Enterprises(told.0.into())),
    };
    let (Some(about), Some(caller)) = (about, request.extensions().get::<Caller>().cloned()) else { return };
    app.query_log.note(Noted {
        asked_at: app.clock.now(),
        client: caller.client().to_owned(),
        organisation: caller.organisation().map(|uscc| uscc.to_string()).unwrap_or_default(),
        role: caller.role().as_str().to_owned(),
        about,
        operation: look_up.operation.clone(),
        purpose: request.headers().get(PURPOSE).and_then(|value| rules::purpose(value.as_bytes())),
        trace_id: param::trace_id(request),
        status,
    });
}

/// What to look for in the log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct QueryLogQuery {
    /// Look-ups of this enterprise.
    #[param(example = "914404001000000590")]
    enterprise: Option<String>,
    /// Look-ups by this client.
    client: Option<String>,
    /// From this day on.
    #[param(example = "2026-06-01")]
    from: Option<String>,
    /// Up to this day, inclusive.
    to: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A look-up of what is not public.
#[derive(Serialize, ToSchema)]
pub struct LookUpView {
    /// `qry_…`.
    id: String,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Instant,
    client: String,
    organisation: String,
    role: String,
    enterprise: String,
    /// What was asked: the operation id.
    operation: String,
    /// Why, where the reader said so in `X-Query-Purpose`.
    purpose: Option<String>,
    trace_id: String,
    /// What was answered.
    status: i32,
}

/// A page of the log.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a page answers; this names its schema")]
pub struct LookUpPage {
    items: Vec<LookUpView>,
    next_cursor: Option<String>,
}

impl From<Entry> for LookUpView {
    fn from(entry: Entry) -> Self {
        let Entry { id, asked_at, client, organisation, role, enterprise, operation, purpose, trace_id, status, asked_on: _ } = entry;
        Self {
            id,
            asked_at: Instant::from_naive_utc(asked_at),
            client,
            organisation,
            role,
            enterprise,
            operation,
            purpose,
            trace_id,
            status,
        }
    }
}

/// Read who looked up what: the query log, newest first, for authorities.
#[utoipa::path(params(QueryLogQuery), responses((status = OK, body = LookUpPage, description = "One page, newest first."), Problems), security(("oauth2" = ["credit:decide"])))]
#[get("/query_log")]
pub(crate) async fn list_look_ups(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<QueryLogQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let enterprise = query.enterprise.as_deref().map(Uscc::parse);
    let (from, to) = (param::day("from", query.from.as_deref(), &mut bad), param::day("to", query.to.as_deref(), &mut bad));
    if query.client.as_ref().is_some_and(|client| client.is_empty() || client.len() > CLIENT_MAX || client.contains('\0')) {
        let detail = Text::new("应为 1 至 100 个字符。", "Must have 1 to 100 characters.");
        bad.push(model::fault::FieldFault::new("?client", "bad_parameter", detail));
    }
    if let Some(Err(fault)) = &enterprise {
        bad.push(model::fault::FieldFault::new("?enterprise", "bad_parameter", fault.detail.clone()));
    }
    let (limit, before) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    if caller.role() != Role::Authority {
        let detail = Text::new("查询日志仅供主管部门查阅。", "The query log is for authorities.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    let enterprise = enterprise.and_then(std::result::Result::ok).map(|uscc| uscc.to_string());
    let search = Search { enterprise, client: query.client, from, to, before, limit };
    let found = db.read(move |conn| store::search(conn, &search)).await?;
    let page = Page::cut(found, limit, |entry| Cursor::after([entry.id.clone()]));
    Ok(page.map(LookUpView::from).respond(&req))
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReadersQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Who looked at an enterprise on a day.
#[derive(Serialize, ToSchema)]
pub struct ReaderView {
    #[schema(value_type = String, format = Date)]
    on: Day,
    organisation: String,
    /// How often on that day.
    times: i64,
}

/// A page of readers.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a page answers; this names its schema")]
pub struct ReaderPage {
    items: Vec<ReaderView>,
    next_cursor: Option<String>,
}

impl From<Reader> for ReaderView {
    fn from(Reader { on, organisation, times }: Reader) -> Self {
        Self { on, organisation, times }
    }
}

/// Read who looked at an enterprise: organisation and day, for the enterprise itself and for authorities.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), ReadersQuery), responses((status = OK, body = ReaderPage, description = "One page, newest day first."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises/{uscc}/queries")]
pub(crate) async fn list_readers(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<ReadersQuery>,
) -> Result<HttpResponse> {
    let uscc = param::uscc(&path)?;
    let (query, mut bad) = query.into_parts();
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    param::refuse(bad)?;
    let after = query.cursor.as_deref().map(after).transpose()?;
    caller.owns(&uscc)?;
    let hidden = app.query_log.policy.at(app.clock.now().day()).map(|row| row.value.not_shown_to_enterprise.clone()).unwrap_or_default();
    let found = db.read(move |conn| {
        if !enterprise::store::exists(conn, &uscc)? {
            return Err(unknown(&uscc));
        }
        store::readers(conn, uscc.as_str(), &hidden, after, limit)
    });
    let page = Page::cut(found.await?, limit, |reader| Cursor::after([reader.on.to_string(), reader.organisation.clone()]));
    Ok(page.map(ReaderView::from).respond(&req))
}

fn after(cursor: &str) -> Result<(Day, String)> {
    let cursor = Cursor::decode(cursor, 2)?;
    let [day, organisation] = <[String; 2]>::try_from(cursor.0).map_err(|_parts| bad_cursor())?;
    Ok((parse_day(&day).map_err(|_fault| bad_cursor())?, organisation))
}
