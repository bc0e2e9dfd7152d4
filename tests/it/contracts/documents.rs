//! The documents as the code gives them: one of the gateway, one of each service, and one of all. Not here: the published files, `openapi`.

use std::collections::BTreeMap;

use common::{document, service::Service};
use credit::Credit;
use gateway::{
    Gateway,
    page::{Document, merged},
};
use procurement::Procurement;
use serde_json::Value;
use standards::Standards;

/// One document per crate that has one, by its name.
pub(super) fn single() -> Vec<Document> {
    let made = [
        Document::of(Gateway::NAME, &gateway::document()),
        Document::of(Credit::NAME, &document::of::<Credit>()),
        Document::of(Standards::NAME, &document::of::<Standards>()),
        Document::of(Procurement::NAME, &document::of::<Procurement>()),
    ];
    made.into_iter().map(Result::unwrap).collect()
}

/// The same and the one of the whole platform, as they are published.
pub(super) fn all() -> Vec<(String, Value)> {
    let single = single();
    let whole = merged(&single).unwrap();
    single.into_iter().map(|document| (document.name, document.json)).chain([("touchstone".to_owned(), whole)]).collect()
}

/// The text of a published file: the parts of the document in the order in which they are read, and every object below sorted by name. What the
/// JSON library does by itself depends on features that other crates of a build switch on.
pub(super) fn text(document: &Value) -> String {
    let parts = ["openapi", "info", "servers", "tags", "paths", "components"];
    let members = document.as_object().unwrap();
    let other: Vec<&String> = members.keys().filter(|name| !parts.contains(&name.as_str())).collect();
    assert!(other.is_empty(), "parts without a place: {other:?}");
    let known = parts.iter().filter_map(|name| Some((*name, members.get(*name)?)));
    let shown = known.map(|(name, value)| {
        let value = serde_json::to_string_pretty(&sorted(value)).unwrap().replace('\n', "\n  ");
        format!("  \"{name}\": {value}")
    });
    format!("{{\n{}\n}}\n", shown.collect::<Vec<_>>().join(",\n"))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let ordered: BTreeMap<&String, Value> = members.iter().map(|(name, value)| (name, sorted(value))).collect();
            ordered.into_iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// One operation of a document.
pub(super) struct Operation {
    /// `credit: GET /credit/v1/enterprises`, for messages.
    pub(super) shown: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) item: Value,
}

/// The operations of a document.
pub(super) fn operations(name: &str, document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, item) in methods.as_object().unwrap().iter().filter(|(method, _)| *method != "parameters") {
            let method = method.to_uppercase();
            found.push(Operation { shown: format!("{name}: {method} {path}"), path: path.clone(), item: item.clone(), method });
        }
    }
    found
}
