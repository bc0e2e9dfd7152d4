//! What every operation of every document must say. Not here: whether the published files are up to date, `openapi`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::documents::{self, Operation, operations};

/// Operations that need no token. Everything else names its scopes, which edge and service enforce from the document.
const PUBLIC: [&str; 26] = [
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /credit/v1/measures",
    "GET /credit/v1/public/enterprises/{uscc}",
    "GET /credit/v1/public/exports/latest",
    "GET /credit/v1/public/exports/{id}/parts/{number}",
    "GET /credit/v1/public/lists/{kind}",
    "GET /credit/v1/reconcile",
    "GET /credit/v1/reconcile/suggest/entity",
    "GET /credit/v1/reconcile/suggest/property",
    "GET /procurement/v1/keys",
    "GET /procurement/v1/log/checkpoint",
    "GET /procurement/v1/log/consistency",
    "GET /procurement/v1/status/{list}",
    "GET /procurement/v1/public/awards",
    "GET /procurement/v1/public/awards/{id}",
    "GET /standards/v1/public/abolished",
    "GET /standards/v1/public/consultations",
    "GET /standards/v1/public/consultations/{id}",
    "GET /standards/v1/public/declaration_publicities",
    "GET /standards/v1/public/declarations/{id}",
    "GET /standards/v1/public/disclosures/{uscc}",
    "GET /standards/v1/public/green_marks/{certificate}",
    "GET /standards/v1/public/leaders",
    // A table of suppliers is sent in a form; nothing is stored.
    "POST /credit/v1/reconcile",
    // It authenticates with the client's secret.
    "POST /oauth2/token",
];
/// Operations that answer a POST without a body to send: the path says it all.
const WITHOUT_BODY: [&str; 7] = [
    "/replay",
    "/versions/{version}/publish",
    "/tenders/{id}/publish",
    "/watches/{id}/end",
    "/webhooks/{id}/rotate_secret",
    "/webhooks/{id}/test",
    "/deliveries/{message}/redeliver",
];
/// Fetched by every service before it can check a token, and therefore never limited.
const UNLIMITED: &str = "GET /.well-known/jwks.json";
/// What every operation behind the guard may answer.
const GUARDED: [&str; 5] = ["401", "403", "429", "500", "503"];
const METHODS_WITH_BODY: [&str; 3] = ["POST", "PUT", "PATCH"];

fn all_operations() -> Vec<Operation> {
    documents::single().iter().flat_map(|document| operations(&document.name, &document.json)).collect()
}

/// Passes when nothing was found.
fn none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}\n  {}", faults.join("\n  "));
}

fn complain(rule: &str, is_wrong: impl Fn(&Operation) -> Option<String>) {
    let wrong = all_operations().into_iter().filter_map(|operation| is_wrong(&operation).map(|why| format!("{}: {why}", operation.shown)));
    none(rule, &wrong.collect::<Vec<_>>());
}

fn is_public(operation: &Operation) -> bool {
    PUBLIC.contains(&format!("{} {}", operation.method, operation.path).as_str())
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_none_or(|text| text.trim().is_empty())
}

#[test]
fn every_reference_has_its_target() {
    for (name, document) in documents::all() {
        none(&format!("{name}: dangling references"), &common::document::dangling(&document));
    }
}

#[test]
fn every_schema_is_used() {
    let mut faults = Vec::new();
    for (name, document) in documents::all() {
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let unused = schemas.keys().filter(|schema| !text.contains(&format!("\"#/components/schemas/{schema}\"")));
        faults.extend(unused.map(|schema| format!("{name}: {schema}")));
    }
    none("These schemas stand in a document and nothing refers to them:", &faults);
}

#[test]
fn one_name_of_a_schema_means_one_thing() {
    // The merged document has one place per name.
    let mut seen: BTreeMap<String, (String, Value)> = BTreeMap::new();
    let mut faults = Vec::new();
    for document in documents::single() {
        for (schema, value) in document.json["components"]["schemas"].as_object().unwrap() {
            match seen.get(schema) {
                Some((other, before)) if before != value => faults.push(format!("{schema} differs in {other} and {}", document.name)),
                _ => drop(seen.insert(schema.clone(), (document.name.clone(), value.clone()))),
            }
        }
    }
    none("These schemas would overwrite each other:", &faults);
}

#[test]
fn operation_ids_are_a_verb_and_a_noun_and_unique() {
    let mut faults = Vec::new();
    for (name, document) in documents::all() {
        let mut seen = BTreeMap::new();
        for operation in operations(&name, &document) {
            let id = operation.item["operationId"].as_str().unwrap_or_default().to_owned();
            if !id.contains('_') || !id.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                faults.push(format!("{}: {id:?}", operation.shown));
            }
            if let Some(other) = seen.insert(id.clone(), operation.shown.clone()) {
                faults.push(format!("{} and {other}: {id:?}", operation.shown));
            }
        }
    }
    none("Operation ids:", &faults);
    // Across the documents as well, the feed apart: every service has it, and the merged document puts the service's name in front.
    let mut seen = BTreeMap::new();
    let ids = all_operations().into_iter().map(|operation| (operation.item["operationId"].to_string(), operation.shown));
    let twice = ids.filter(|(id, _)| id != "\"list_events\"").filter_map(|(id, shown)| seen.insert(id, shown.clone()).map(|_| shown));
    none("These operation ids stand in two documents:", &twice.collect::<Vec<_>>());
}

#[test]
fn every_operation_has_a_sentence_and_its_tag() {
    complain("Summaries and tags:", |operation| {
        let summary = operation.item["summary"].as_str().unwrap_or_default();
        let tag = operation.shown.split(':').next().unwrap_or_default();
        if summary.trim().is_empty() {
            Some("no summary".to_owned())
        } else if summary.chars().count() > 120 {
            Some(format!("a summary of {} characters", summary.chars().count()))
        } else {
            (operation.item["tags"] != serde_json::json!([tag])).then(|| format!("tags {} instead of {tag}", operation.item["tags"]))
        }
    });
}

#[test]
fn every_operation_says_what_it_answers() {
    complain("Answers:", |operation| {
        let answers = operation.item["responses"].as_object()?;
        let expected: &[&str] = match format!("{} {}", operation.method, operation.path) {
            called if called == UNLIMITED => &["500"],
            called if PUBLIC.contains(&called.as_str()) => &["429"],
            _ => &GUARDED,
        };
        let missing: Vec<&str> = expected.iter().copied().filter(|status| !answers.contains_key(*status)).collect();
        if !missing.is_empty() {
            return Some(format!("no {}", missing.join(", ")));
        }
        if !answers.keys().any(|status| status.starts_with('2')) {
            return Some("no success".to_owned());
        }
        let silent: Vec<&String> =
            answers.iter().filter(|(_, answer)| is_blank(&answer["description"])).map(|(status, _)| status).collect();
        if !silent.is_empty() {
            return Some(format!("no description of {silent:?}"));
        }
        let odd = answers.iter().find(|(status, answer)| {
            let is_refusal = status.starts_with(['4', '5']);
            let is_problem = answer["content"]["application/problem+json"]["schema"]["$ref"] == "#/components/schemas/Problem";
            // RFC 6749 has a form of its own for refusals of the token endpoint.
            is_refusal && !is_problem && operation.path != "/oauth2/token"
        });
        odd.map(|(status, _)| format!("{status} is not a problem document"))
    });
}

#[test]
fn every_operation_names_its_scopes_or_is_known_to_be_public() {
    complain("Security:", |operation| {
        let scopes: Vec<&str> = operation.item["security"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|each| each["oauth2"].as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .collect();
        if is_public(operation) {
            return (!scopes.is_empty()).then(|| "public, and asks for scopes".to_owned());
        }
        let service = operation.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if scopes.is_empty() {
            return Some("no scopes, and not on the list of public operations".to_owned());
        }
        scopes.iter().any(|scope| !scope.starts_with(&format!("{service}:"))).then(|| format!("scopes of another service: {scopes:?}"))
    });
    let known: Vec<String> = all_operations().iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    let gone: Vec<String> =
        PUBLIC.iter().filter(|public| !known.iter().any(|known| known == *public)).map(|public| (*public).to_owned()).collect();
    none("On the list of public operations, and in no document:", &gone);
}

#[test]
fn every_body_is_documented() {
    complain("Bodies:", |operation| {
        let body = &operation.item["requestBody"];
        let needs = METHODS_WITH_BODY.contains(&operation.method.as_str()) && !WITHOUT_BODY.iter().any(|end| operation.path.ends_with(end));
        if !needs {
            return (!body.is_null()).then(|| "a body where none is read".to_owned());
        }
        let forms = body["content"].as_object().map_or(0, serde_json::Map::len);
        if forms == 0 {
            return Some("no request body".to_owned());
        }
        (body["required"] != true).then(|| "the body is not marked as required".to_owned())
    });
}

#[test]
fn every_parameter_is_described() {
    complain("Parameters:", |operation| {
        let parameters = operation.item["parameters"].as_array().cloned().unwrap_or_default();
        let silent = parameters.iter().filter(|parameter| is_blank(&parameter["description"]));
        let silent: Vec<&str> = silent.filter_map(|parameter| parameter["name"].as_str()).collect();
        let in_path = operation.path.split('{').skip(1).filter_map(|part| part.split('}').next());
        let named: Vec<&str> =
            parameters.iter().filter(|parameter| parameter["in"] == "path").filter_map(|parameter| parameter["name"].as_str()).collect();
        let missing: Vec<&str> = in_path.filter(|name| !named.contains(name)).collect();
        (!silent.is_empty() || !missing.is_empty()).then(|| format!("not described: {silent:?}; not listed: {missing:?}"))
    });
}

#[test]
fn documents_say_who_they_are() {
    for (name, document) in documents::all() {
        let info = &document["info"];
        assert!(info["title"].as_str().is_some_and(|title| title.to_lowercase().contains(&name)), "{name}: {}", info["title"]);
        assert!(!info.to_string().contains("utoipa"), "{name}: the title of the library");
        assert!(!is_blank(&info["description"]) && !is_blank(&info["version"]), "{name}: no description");
        assert_eq!(info["license"]["identifier"], "Apache-2.0", "{name}");
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{name}");
        let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"];
        assert_eq!(flow["tokenUrl"], "/oauth2/token", "{name}");
    }
}
