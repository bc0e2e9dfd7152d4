//! Every body that the documents know: a sample is made from its schema, and whatever is of a wrong type, unknown or missing is named. A body that is
//! added is covered by standing in the document. Not here: values of the right type that are wrong, `facts`, `enterprises`, `decisions`.

use serde_json::{Map, Value, json};
use testkit::Client;

use super::{
    case::{Case, Rule, run},
    rows::Product,
};

on_both!(every_body_names_what_is_wrong);

/// Bodies that are read as drafts: their own rules find every fault at once, with codes of their own, and their own tests send them bad input.
const DRAFTS: [&str; 3] = ["ScoringModel", "Mapping", "Object"];

/// What stands at a place of a body.
struct Place {
    pointer: String,
    /// The types that may stand there, in the words of JSON Schema; none where anything may.
    types: Vec<String>,
    /// Fields of the object that stands there which must be there.
    required: Vec<String>,
    /// Whether it is an object that knows all its fields.
    closed: bool,
}

/// A schema without references, and the types of all its alternatives.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolved(document, document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[word].as_array() {
            return parts.iter().flat_map(|part| resolved(document, part)).collect();
        }
    }
    vec![schema]
}

fn types(schema: &Value) -> Vec<String> {
    match &schema["type"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn is_null(schema: &Value) -> bool {
    types(schema) == ["null"]
}

/// A value that fits a schema, with every field that it knows; where there are alternatives, the first.
fn sample(document: &Value, schema: &Value, pointer: &str, places: &mut Vec<Place>) -> Value {
    let all = resolved(document, schema);
    let alternatives: Vec<&&Value> = all.iter().filter(|part| !is_null(part)).collect();
    let one = alternatives.first().map_or(&Value::Null, |first| **first);
    let mut place = Place {
        pointer: pointer.to_owned(),
        types: all.iter().flat_map(|part| types(part)).collect(),
        required: Vec::new(),
        closed: false,
    };
    // Where a part says nothing of its type, anything may stand there; and of alternatives only the whole is judged.
    if all.iter().any(|part| types(part).is_empty() && part["enum"].is_null()) {
        place.types.clear();
    }
    let single = alternatives.len() == 1;
    let (made, at) = (kind(one), places.len());
    places.push(place);
    let mut below = Vec::new();
    let value = match made {
        "object" => {
            let mut fields = Map::new();
            for (name, field) in one["properties"].as_object().into_iter().flatten() {
                fields.insert(name.clone(), sample(document, field, &format!("{pointer}/{name}"), &mut below));
            }
            places[at].closed = single && one["additionalProperties"] == json!(false);
            places[at].required =
                one["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect();
            Value::Object(fields)
        }
        "array" => json!([sample(document, &one["items"], &format!("{pointer}/0"), &mut below)]),
        _ => leaf(schema, one),
    };
    if single {
        places.extend(below);
    } else {
        places[at].required.clear();
    }
    value
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|one| *one != "null").unwrap_or_default(),
        other => other.as_str().unwrap_or_default(),
    }
}

fn leaf(field: &Value, schema: &Value) -> Value {
    for said in [&field["example"], &schema["example"], &schema["enum"][0], &schema["const"]] {
        if !said.is_null() {
            return said.clone();
        }
    }
    match (kind(schema), schema["format"].as_str()) {
        ("string", Some("date")) => json!("2026-06-01"),
        ("string", Some("date-time")) => json!("2026-06-01T09:30:00+08:00"),
        ("string", _) => json!("示例"),
        ("integer" | "number", _) => schema.get("minimum").filter(|least| !least.is_null()).cloned().unwrap_or(json!(1)),
        ("boolean", _) => json!(true),
        _ => json!({}),
    }
}

/// The path with the examples of its parameters.
fn path_of(template: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "path");
    parameters.fold(template.to_owned(), |path, parameter| {
        let example = [&parameter["example"], &parameter["schema"]["example"]].into_iter().find(|example| !example.is_null());
        let text = example.map_or_else(|| "1".to_owned(), |example| example.as_str().map_or_else(|| example.to_string(), str::to_owned));
        path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &text)
    })
}

/// What is no value of any of these types.
fn wrong(types: &[String]) -> Vec<Value> {
    let may = |word: &str| types.iter().any(|one| one == word);
    let all = [("boolean", json!(true)), ("string", json!("x")), ("array", json!([])), ("object", json!({})), ("number", json!(1.5))];
    let mut found: Vec<Value> = all.into_iter().filter(|(word, _)| !may(word)).map(|(_, value)| value).collect();
    if !may("integer") && !may("number") {
        found.push(json!(7));
    }
    found
}

async fn client_of(product: &Product, scope: &str) -> Client {
    if scope.starts_with("procurement:decide") { product.stack.buyer().await } else { product.stack.officer().await }
}

async fn every_body_names_what_is_wrong(product: Product) {
    let document = product.stack.public().get("/openapi.json").await.expect_status(200).json;
    let (mut cases, mut bodies) = (Vec::new(), 0);
    for (template, methods) in document["paths"].as_object().unwrap() {
        for (method, word) in [("post", "POST"), ("put", "PUT"), ("patch", "PATCH")] {
            let operation = &methods[method];
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(scope) = operation["security"][0]["oauth2"][0].as_str().filter(|_| !schema.is_null()) else { continue };
            let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or("Object");
            if DRAFTS.contains(&name) {
                continue;
            }
            bodies += 1;
            let (client, path) = (client_of(&product, scope).await, path_of(template, operation));
            let case = |body: Value| Case { header: Some(("If-Match", "\"1\"".to_owned())), ..Case::json(&client, word, &path, body) };
            let mut places = Vec::new();
            let good = sample(&document, schema, "", &mut places);
            // One bad item never fails the rest: it is told in its own line, `facts`.
            places.retain(|place| name != "FactBatch" || !place.pointer.starts_with("/items/"));
            // A detail is read by its kind, when all around it has its shape: `shapes`.
            places.retain(|place| !place.pointer.ends_with("/detail"));
            for place in places {
                if !place.types.is_empty() && !place.pointer.is_empty() {
                    for bad in wrong(&place.types) {
                        let mut body = good.clone();
                        *body.pointer_mut(&place.pointer).unwrap() = bad.clone();
                        cases.push(case(body).must(&place.pointer, Rule::Refused(Some("wrong_type")), &bad.to_string()));
                    }
                }
                if place.closed {
                    let mut body = good.clone();
                    body.pointer_mut(&place.pointer).and_then(Value::as_object_mut).unwrap().insert("nobody_knows".to_owned(), json!(1));
                    let pointer = format!("{}/nobody_knows", place.pointer);
                    cases.push(case(body).must(&pointer, Rule::Refused(Some("unknown_field")), "an extra field"));
                }
                for field in &place.required {
                    let mut body = good.clone();
                    body.pointer_mut(&place.pointer).and_then(Value::as_object_mut).unwrap().remove(field);
                    let pointer = format!("{}/{field}", place.pointer);
                    cases.push(case(body).must(&pointer, Rule::Refused(Some("missing_field")), "left out"));
                }
            }
        }
    }
    assert!(bodies > 25 && cases.len() > 500, "{bodies} bodies and {} cases: the document is not read", cases.len());
    eprintln!("{bodies} bodies");
    let before = product.rows();
    for (case, reply) in run(cases).await.0 {
        assert_eq!(reply.status, 400, "{} {} {}: {}", case.path, case.pointer, case.tried, reply.text);
    }
    product.grew(&before, &[], &[]);
}
