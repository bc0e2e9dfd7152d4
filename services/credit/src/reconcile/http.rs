//! `GET` and `POST /reconcile` and its suggest services, without a token. Not here: which candidate is a match, `rules.rs`.

use std::collections::BTreeMap;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, get,
    http::header::ACCESS_CONTROL_ALLOW_ORIGIN,
    post,
    web::{self, Data},
};
use common::{
    db::Db,
    error::{Code, Error, FieldError, Problems, Result},
    http::{json, param, query::Query},
};
use model::text::Text;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Asked, BATCH_MAX, Candidate, Kind, PROPERTIES, ReconciliationQuery, read},
};
use crate::intake::http::{too_large, unsupported};

const SUGGESTED: usize = 10;

/// What a form holds: a batch of queries by their keys, as JSON.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it is shown; the form is read by hand")]
pub struct ReconciliationForm {
    /// For example `{"q0":{"query":"示例电器有限公司"}}`; nothing asks for the manifest.
    #[schema(example = r#"{"q0":{"query":"示例电器有限公司"}}"#)]
    queries: Option<String>,
}

/// A batch in the address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationParameters {
    /// Queries by their keys, as JSON; without them the manifest is the answer.
    #[param(example = r#"{"q0":{"query":"示例电器有限公司"}}"#)]
    queries: Option<String>,
}

/// A type that a candidate belongs to.
#[derive(Serialize, ToSchema)]
pub struct TypeView {
    id: &'static str,
    name: &'static str,
}

impl From<Kind> for TypeView {
    fn from(kind: Kind) -> Self {
        Self { id: kind.id(), name: kind.name() }
    }
}

/// Something of which a score is made.
#[derive(Serialize, ToSchema)]
pub struct FeatureView {
    /// A reason as in the search of the register, or `properties_fit`.
    id: String,
    /// The likeness of the alias of which it holds, 0 to 100; true or false for the properties.
    #[schema(value_type = Object)]
    value: Value,
}

/// Someone who may be meant.
#[derive(Serialize, ToSchema)]
pub struct CandidateView {
    /// The Unified Social Credit Code or the legal entity identifier.
    id: String,
    name: String,
    description: String,
    /// 0 to 100.
    score: f64,
    features: Vec<FeatureView>,
    /// Whether a person need not look.
    #[serde(rename = "match")]
    is_match: bool,
    #[serde(rename = "type")]
    types: Vec<TypeView>,
}

/// The answer to one query.
#[derive(Serialize, ToSchema)]
pub struct ReconciliationResult {
    /// The best first.
    result: Vec<CandidateView>,
}

fn hundredths(score: u16) -> f64 {
    f64::from(score) / 10.0
}

fn show(asked: &Asked, (candidate, score, is_match): (Candidate, u16, bool)) -> CandidateView {
    let mut features: BTreeMap<String, Value> = BTreeMap::new();
    for matched in &candidate.matched {
        for how in &matched.how {
            let id = serde_json::to_value(how).ok().and_then(|how| how.as_str().map(str::to_owned)).unwrap_or_default();
            features.entry(id).or_insert_with(|| json!(hundredths(matched.score)));
        }
    }
    features.insert("properties_fit".to_owned(), json!(candidate.fits(asked)));
    CandidateView {
        id: candidate.id,
        name: candidate.name,
        description: candidate.description,
        score: hundredths(score),
        features: features.into_iter().map(|(id, value)| FeatureView { id, value }).collect(),
        is_match,
        types: vec![candidate.kind.into()],
    }
}

/// Any page may call: the specification asks for it, and what is answered is public.
fn open(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(body)
}

fn opened(error: Error) -> Error {
    error.with_header("Access-Control-Allow-Origin", "*".to_owned())
}

fn manifest() -> Value {
    let types: Vec<Value> = Kind::ALL.iter().map(|kind| json!({"id": kind.id(), "name": kind.name()})).collect();
    json!({
        "versions": ["0.2"],
        "name": "Touchstone: 企业登记 register of enterprises",
        "identifierSpace": "urn:touchstone:enterprise",
        "schemaSpace": "urn:touchstone:credit",
        "defaultTypes": types,
        "view": {"url": "/credit/v1/public/enterprises/{{id}}"},
        "suggest": {
            "entity": {"service_url": "/credit/v1/reconcile", "service_path": "/suggest/entity"},
            "property": {"service_url": "/credit/v1/reconcile", "service_path": "/suggest/property"},
        },
        "batchSize": BATCH_MAX,
    })
}

/// Reads a batch; all that is wrong with it is said at once.
fn batch(text: &str) -> Result<BTreeMap<String, Asked>> {
    let broken = |zh: &str, en: &str| Error::malformed(vec![FieldError::new("?queries", "malformed_json", Text::new(zh, en))]);
    let unreadable = |_| broken("queries 不是 JSON。", "queries is not JSON.");
    let Value::Object(queries) = serde_json::from_str::<Value>(text).map_err(unreadable)? else {
        return Err(broken("queries 应为 JSON 对象。", "queries must be a JSON object."));
    };
    if queries.len() > BATCH_MAX {
        return Err(too_large(Code::BATCH_TOO_LARGE, BATCH_MAX));
    }
    let (mut asked, mut faults) = (BTreeMap::new(), Vec::new());
    for (key, value) in queries {
        let at = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        match json::parse_value::<ReconciliationQuery>(value, &at) {
            Ok(query) => match read(&query, &at) {
                Ok(query) => drop(asked.insert(key, query)),
                Err(found) => faults.extend(found),
            },
            Err(error) => faults.extend(error.errors().iter().cloned()),
        }
    }
    if faults.is_empty() { Ok(asked) } else { Err(Error::malformed(faults)) }
}

async fn reconciled(db: &Db, queries: Option<&str>) -> Result<HttpResponse> {
    let Some(text) = queries.filter(|text| !text.trim().is_empty()) else { return Ok(open(&manifest())) };
    let asked = batch(text)?;
    let results = db.read(move |conn| {
        let mut results = BTreeMap::new();
        for (key, asked) in asked {
            let result = actions::answer(conn, &asked)?.into_iter().map(|judged| show(&asked, judged)).collect();
            results.insert(key, ReconciliationResult { result });
        }
        Ok(results)
    });
    Ok(open(&results.await?))
}

/// Match a table against the register: a batch of queries, or the manifest of this service (Reconciliation API 0.2).
#[utoipa::path(params(ReconciliationParameters), responses((status = OK, body = Object, description = "The results by the keys of the queries, or the manifest."), Problems), security(()))]
#[get("/reconcile")]
pub(crate) async fn read_reconciliation(db: Data<Db>, query: Query<ReconciliationParameters>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    param::refuse(bad).map_err(opened)?;
    reconciled(&db, query.queries.as_deref()).await.map_err(opened)
}

/// Match a table against the register: a batch of queries in a form, as OpenRefine sends it (Reconciliation API 0.2).
#[utoipa::path(
    request_body(content((ReconciliationForm = "application/x-www-form-urlencoded"))),
    responses((status = OK, body = BTreeMap<String, ReconciliationResult>, description = "The results by the keys of the queries; the manifest where none is sent."), Problems),
    security(())
)]
#[post("/reconcile")]
pub(crate) async fn create_reconciliation(db: Data<Db>, req: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    if req.content_type() != "application/x-www-form-urlencoded" {
        return Err(opened(unsupported()));
    }
    let bytes = json::read(&req, payload.into_inner()).await.map_err(opened)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let fields = web::Query::<Vec<(String, String)>>::from_query(text).map_err(|error| {
        let detail = Text::new("表单无法读取。", format!("The form cannot be read: {error}."));
        opened(Error::malformed(vec![FieldError::new("", "malformed_json", detail)]))
    })?;
    let queries = fields.iter().find(|(name, _)| name == "queries").map(|(_, value)| value.as_str());
    reconciled(&db, queries).await.map_err(opened)
}

/// What is typed so far.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SuggestQuery {
    /// The beginning of a name, or any of its forms that the search knows.
    #[param(example = "示例")]
    prefix: String,
    /// Where to go on; there is one page only, so anything but 0 is empty.
    #[param(example = "0")]
    cursor: Option<String>,
}

/// Something that is suggested.
#[derive(Serialize, ToSchema)]
pub struct SuggestionView {
    id: String,
    name: String,
    description: String,
}

/// What is suggested.
#[derive(Serialize, ToSchema)]
pub struct Suggestions {
    /// The best first.
    result: Vec<SuggestionView>,
}

fn wanted(query: Query<SuggestQuery>) -> Result<Option<String>> {
    let (query, bad) = query.into_parts();
    param::refuse(bad).map_err(opened)?;
    let first = query.cursor.as_deref().is_none_or(|cursor| cursor.trim().is_empty() || cursor == "0");
    Ok(Some(query.prefix.chars().take(100).collect::<String>()).filter(|prefix| first && !prefix.trim().is_empty()))
}

/// Suggest enterprises and producers for what is typed so far (Reconciliation API 0.2).
#[utoipa::path(params(SuggestQuery), responses((status = OK, body = Suggestions, description = "At most ten."), Problems), security(()))]
#[get("/reconcile/suggest/entity")]
pub(crate) async fn suggest_entities(db: Data<Db>, query: Query<SuggestQuery>) -> Result<HttpResponse> {
    let Some(prefix) = wanted(query)? else { return Ok(open(&Suggestions { result: Vec::new() })) };
    let found = db.read(move |conn| actions::suggest(conn, &prefix, SUGGESTED)).await.map_err(opened)?;
    let result =
        found.into_iter().map(|candidate| SuggestionView { id: candidate.id, name: candidate.name, description: candidate.description });
    Ok(open(&Suggestions { result: result.collect() }))
}

/// Suggest properties that take part in a query (Reconciliation API 0.2).
#[utoipa::path(params(SuggestQuery), responses((status = OK, body = Suggestions, description = "The properties whose name or identifier holds what is typed."), Problems), security(()))]
#[get("/reconcile/suggest/property")]
pub(crate) async fn suggest_properties(query: Query<SuggestQuery>) -> Result<HttpResponse> {
    let Some(prefix) = wanted(query)? else { return Ok(open(&Suggestions { result: Vec::new() })) };
    let prefix = prefix.to_lowercase();
    let found = PROPERTIES.iter().filter(|(id, name)| id.contains(&prefix) || name.to_lowercase().contains(&prefix));
    let result = found.map(|(id, name)| SuggestionView { id: (*id).to_owned(), name: (*name).to_owned(), description: String::new() });
    Ok(open(&Suggestions { result: result.collect() }))
}
