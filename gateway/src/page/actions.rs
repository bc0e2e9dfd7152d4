//! Making the pages, once, at start. Not here: serving them, `http`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use common::{
    document,
    error::{self, Code, Error, Result},
    http::once::hex,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, Url};

use super::rules::Entry;

/// The file of Swagger UI that is made to measure.
pub(crate) const SCRIPT: &str = "swagger-initializer.js";

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// A document ready to be sent.
pub(crate) struct Rendered {
    pub(crate) body: Bytes,
    pub(crate) etag: String,
}

/// All pages.
pub(crate) struct Pages {
    /// By path: `/openapi.json`, `/openapi/credit.json`.
    pub(crate) documents: BTreeMap<String, Rendered>,
    /// By code.
    pub(crate) problems: BTreeMap<String, Entry>,
    /// The script that tells the documentation page which documents there are.
    pub(crate) script: Bytes,
}

impl Pages {
    /// The pages of these services.
    pub(crate) fn new<'a>(documents: &[Document], codes: impl IntoIterator<Item = &'a [Code]>) -> Result<Self> {
        let mut rendered = BTreeMap::from([("/openapi.json".to_owned(), render(&merged(documents)?)?)]);
        for document in documents {
            rendered.insert(path_of(&document.name), render(&document.json)?);
        }
        Ok(Self { documents: rendered, problems: problems(codes), script: script(documents)? })
    }
}

fn path_of(name: &str) -> String {
    format!("/openapi/{name}.json")
}

fn script(documents: &[Document]) -> Result<Bytes> {
    let paths: Vec<String> = documents.iter().map(|document| path_of(&document.name)).collect();
    let mut urls = vec![Url::with_primary("all", "/openapi.json", true)];
    urls.extend(documents.iter().zip(&paths).map(|(document, path)| Url::new(&document.name, path)));
    let config = Config::new(urls).try_it_out_enabled(true).validator_url("none");
    let file = utoipa_swagger_ui::serve(SCRIPT, Arc::new(config)).map_err(|error| Error::internal(error.to_string()))?;
    Ok(file.map(|file| file.bytes.into_owned()).unwrap_or_default().into())
}

fn render(document: &Value) -> Result<Rendered> {
    let body = serde_json::to_vec(document).map_err(Error::internal)?;
    let etag = format!("\"{}\"", hex(&Sha256::digest(&body)));
    Ok(Rendered { body: body.into(), etag })
}

fn problems<'a>(codes: impl IntoIterator<Item = &'a [Code]>) -> BTreeMap<String, Entry> {
    let mut problems = BTreeMap::new();
    // Whoever comes first is kept: the shared codes, then those of the services, then those of the model, which are rules.
    for code in error::CODES.iter().chain(codes.into_iter().flatten()) {
        let entry = Entry {
            code: code.code.to_owned(),
            status: code.status,
            title_en: code.title_en.to_owned(),
            title_zh: code.title_zh.to_owned(),
        };
        problems.entry(code.code.to_owned()).or_insert(entry);
    }
    for (code, title_en, title_zh) in model::fault::CODES {
        let entry = Entry { code: (*code).to_owned(), status: 422, title_en: (*title_en).to_owned(), title_zh: (*title_zh).to_owned() };
        problems.entry((*code).to_owned()).or_insert(entry);
    }
    problems
}

/// The document of one service. What was read from a file stays JSON: the library cannot read back every schema that it writes.
#[derive(Clone)]
pub struct Document {
    /// The service.
    pub name: String,
    /// The document as it is published.
    pub json: Value,
    /// Its operations with their scopes, without schemas.
    pub(crate) outline: OpenApi,
}

impl Document {
    /// The document of a service in this process.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn of(name: &str, document: &OpenApi) -> Result<Self> {
        let json = serde_json::to_value(document).map_err(Error::internal)?;
        Ok(Self { name: name.to_owned(), json, outline: document.clone() })
    }

    /// A published document.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let unreadable = |error: serde_json::Error| Error::internal(format!("openapi/{name}.json: {error}"));
        let json: Value = serde_json::from_str(text).map_err(unreadable)?;
        let outline = serde_json::from_value(outline(&json)).map_err(unreadable)?;
        Ok(Self { name: name.to_owned(), json, outline })
    }
}

fn outline(json: &Value) -> Value {
    let operation = |operation: &Value| {
        let mut kept = Map::from_iter([("responses".to_owned(), json!({}))]);
        for name in ["operationId", "security"] {
            kept.extend(operation.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        Value::Object(kept)
    };
    let item = |item: &Value| -> Value {
        let methods = item.as_object().into_iter().flatten().filter(|(name, _)| METHODS.contains(&name.as_str()));
        methods.map(|(name, value)| (name.clone(), operation(value))).collect()
    };
    let paths = json.get("paths").and_then(Value::as_object).into_iter().flatten();
    let paths: Value = paths.map(|(path, value)| (path.clone(), item(value))).collect();
    json!({"openapi": "3.1.0", "info": {"title": "", "version": "1"}, "paths": paths})
}

/// The document of the whole platform. An operation id that several services use gets the service's name in front.
///
/// # Errors
/// When a document is no JSON.
pub fn merged(documents: &[Document]) -> Result<Value> {
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for id in documents.iter().flat_map(|document| operation_ids(&document.outline)) {
        if !once.insert(id.clone()) {
            twice.insert(id);
        }
    }
    let outlines: Vec<OpenApi> = documents.iter().map(|document| document.outline.clone()).collect();
    let about = "Every service of the platform behind one gateway.";
    let mut whole = serde_json::to_value(document::merge(&outlines, "Touchstone", about)).map_err(Error::internal)?;
    let tags = documents.iter().filter_map(|document| document.json.get("tags")?.as_array()).flatten();
    put(&mut whole, &["tags"], tags.cloned().collect());
    for document in documents {
        for (path, item) in members(&document.json, "/paths") {
            put(&mut whole, &["paths", path], prefixed(item, &document.name, &twice));
        }
        for (kind, inner) in members(&document.json, "/components") {
            for (name, value) in inner.as_object().into_iter().flatten().filter(|_| kind != "securitySchemes") {
                put(&mut whole, &["components", kind, name], value.clone());
            }
        }
    }
    Ok(whole)
}

fn members<'a>(json: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    json.pointer(pointer).and_then(Value::as_object).into_iter().flatten()
}

/// Sets a member, making the objects on the way where they are missing.
fn put(json: &mut Value, way: &[&str], value: Value) {
    let Some((name, rest)) = way.split_first() else { return };
    if let Value::Object(members) = json {
        if rest.is_empty() {
            members.insert((*name).to_owned(), value);
        } else {
            put(members.entry((*name).to_owned()).or_insert_with(|| json!({})), rest, value);
        }
    }
}

fn operation_ids(document: &OpenApi) -> Vec<String> {
    let operations = document.paths.paths.values().flat_map(document::operations);
    operations.filter_map(|(_, operation)| operation.operation_id.clone()).collect()
}

fn prefixed(item: &Value, name: &str, clashing: &BTreeSet<String>) -> Value {
    let mut item = item.clone();
    for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let clash = operation.get("operationId").and_then(Value::as_str).filter(|id| clashing.contains(*id));
        if let Some(id) = clash.map(|id| format!("{name}_{id}")) {
            put(operation, &["operationId"], json!(id));
        }
    }
    item
}

/// Every scope that an operation of these documents asks for.
#[must_use]
pub fn scopes(documents: &[Document]) -> Vec<String> {
    let operations = documents.iter().flat_map(|document| document.outline.paths.paths.values()).flat_map(document::operations);
    let all: BTreeSet<String> = operations.filter_map(|(_, operation)| document::scopes(operation)).flatten().collect();
    all.into_iter().collect()
}
