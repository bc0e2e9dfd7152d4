//! `POST /facts/batch`. Not here: what a fact must be like, `draft`; files of enterprises, `register_file`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, post,
    web::{Data, Payload},
};
use common::{
    db::Db,
    error::{Code, Error, FieldError, Problems, Result, protocol},
    http::{json, param},
    token::Caller,
};
use futures_util::StreamExt;
use model::text::{Lang, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::actions::{self, CHUNK};
use crate::{
    Credit,
    draft::rules::{Draft, NewFact},
    fact::http::{accept, actor},
};

/// Items of a JSON batch.
const BATCH_MAX: usize = 1_000;
/// Lines of an NDJSON batch.
const LINES_MAX: usize = 10_000;
/// A batch in one body, in bytes.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Facts in one request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is shown; `Items` is read")]
pub struct FactBatch {
    /// At most 1,000.
    #[schema(value_type = Vec<NewFact>)]
    items: Vec<Value>,
}

/// The same as it is read: a bad item is that item's own fault.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Items {
    items: Vec<Value>,
}

/// How one item of a batch ended.
#[derive(Serialize, ToSchema)]
pub struct ItemResult {
    index: usize,
    status: u16,
    /// The fact, where it stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
    /// The problem document, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// How a batch ended, item by item, in order.
#[derive(Serialize, ToSchema)]
pub struct BatchResult {
    items: Vec<ItemResult>,
}

/// Assert many facts: one bad item never fails the rest.
#[utoipa::path(
    request_body(content((FactBatch = "application/json"), (String = "application/x-ndjson"))),
    responses((status = OK, body = BatchResult, description = "One answer per item, in order."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts/batch")]
pub(crate) async fn create_facts(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    payload: Payload,
) -> Result<HttpResponse> {
    let (actor, app) = (actor(&caller)?, app.into_inner());
    let (lang, trace_id) = (param::language(&req), param::trace_id(&req));
    let lines = req.content_type() == "application/x-ndjson";
    if !lines && req.content_type() != "application/json" {
        return Err(unsupported());
    }
    let bytes = collect(payload, BATCH_BYTES).await?;
    let items = if lines { ndjson(&bytes)? } else { objects(&bytes)? };
    let mut results: Vec<ItemResult> = Vec::with_capacity(items.len());
    let mut open: Vec<(usize, Draft)> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let draft = item.and_then(|value| json::parse_value::<NewFact>(value, "")).and_then(|new| accept(&app, &new, &actor));
        match draft {
            Ok(draft) => open.push((index, draft)),
            Err(error) => results.push(refused(index, &error, lang, &trace_id)),
        }
    }
    while !open.is_empty() {
        let rest = open.split_off(open.len().min(CHUNK));
        let (indexes, drafts): (Vec<usize>, Vec<Draft>) = std::mem::replace(&mut open, rest).into_iter().unzip();
        let outcomes = actions::record_facts(&app, &db, drafts, actor.clone()).await?;
        results.extend(indexes.into_iter().zip(outcomes).map(|(index, outcome)| match outcome {
            Ok(answer) => ItemResult { index, status: answer.status, body: serde_json::from_str(&answer.body).ok(), problem: None },
            Err(error) => refused(index, &error, lang, &trace_id),
        }));
    }
    results.sort_by_key(|result| result.index);
    if !lines {
        return Ok(HttpResponse::Ok().json(BatchResult { items: results }));
    }
    let body: Result<Vec<String>> = results.iter().map(|result| serde_json::to_string(result).map_err(Error::internal)).collect();
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").body(body?.join("\n") + "\n"))
}

fn refused(index: usize, error: &Error, lang: Lang, trace_id: &str) -> ItemResult {
    ItemResult { index, status: error.status(), body: None, problem: Some(error.document(lang, "/credit/v1/facts/batch", trace_id)) }
}

pub(crate) fn unsupported() -> Error {
    protocol(Code::UNSUPPORTED_MEDIA_TYPE, Text::new("不支持这种内容类型。", "This content type is not read here."))
}

pub(crate) fn too_large(code: Code, most: usize) -> Error {
    protocol(code, Text::new(format!("上限为 {most}。"), format!("The limit is {most}.")))
}

async fn collect(mut payload: Payload, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::malformed(vec![broken(&error)]))?;
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(too_large(Code::BODY_TOO_LARGE, most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

pub(crate) fn broken(error: &dyn std::fmt::Display) -> FieldError {
    FieldError::new("", "malformed_json", Text::new("请求体无法读取。", format!("The body cannot be read: {error}")))
}

fn objects(bytes: &[u8]) -> Result<Vec<Result<Value>>> {
    let batch: Items = json::parse(bytes)?;
    if batch.items.len() > BATCH_MAX {
        return Err(too_large(Code::BATCH_TOO_LARGE, BATCH_MAX));
    }
    Ok(batch.items.into_iter().map(Ok).collect())
}

fn ndjson(bytes: &[u8]) -> Result<Vec<Result<Value>>> {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    if lines.len() > LINES_MAX {
        return Err(too_large(Code::BATCH_TOO_LARGE, LINES_MAX));
    }
    Ok(lines.into_iter().map(json::parse::<Value>).collect())
}
