//! JSON of a wrong shape: wrong types, fields nobody knows, required fields left out. Not here: texts that are no JSON, `texts.rs`.

use serde_json::{Value, json};
use testkit::{Client, KINDS, sample_enterprise};

use super::{
    case::{Case, Rule, run},
    facts::detailed,
    rows::Product,
};

on_both!(a_wrong_type_is_named);
on_both!(all_wrong_fields_are_named_at_once);

/// Fields that may be `null`, which says the same as nothing.
const MAY_BE_NULL: [&str; 37] = [
    "short_name",
    "name_en",
    "former_names",
    "industry",
    "until",
    "external_id",
    "document_no",
    "decided_on",
    "published_on",
    "valid_from",
    "valid_to",
    "degree",
    "supplier",
    "ruleset",
    "as_of",
    "fine",
    "law",
    "ban_until",
    "product",
    "items",
    "batch",
    "laboratory",
    "list",
    "ground",
    "scope",
    "basis",
    "issuer",
    "products",
    "subject",
    "resolved_on",
    "on_time",
    "reference",
    "of_fact",
    "of_penalty",
    "field",
    "on",
    "title",
];

/// Bodies of this kind, good but for what is asked of them.
struct Shape {
    client: Client,
    method: &'static str,
    path: String,
    body: Value,
    required: Vec<&'static str>,
    /// Where the object stands whose fields are told together: a detail is read when the rest has its shape.
    part: &'static str,
}

async fn shapes(product: &Product) -> Vec<Shape> {
    let (officer, buyer) = (product.stack.officer().await, product.stack.buyer().await);
    let code = product.enterprises(1).await.remove(0);
    let mut enterprise = sample_enterprise();
    enterprise.body["short_name"] = json!("示例");
    enterprise.body["name_en"] = json!("Sample");
    enterprise.body["former_names"] = json!([{"name": "示例旧名", "until": "2019-03-01"}]);
    let shape = |client: &Client, path: &str, body: Value, required: &[&'static str]| Shape {
        client: client.clone(),
        method: "POST",
        path: path.to_owned(),
        body,
        required: required.to_vec(),
        part: "",
    };
    let fact = |kind: &str| {
        let mut body = detailed(&code, kind);
        for (name, value) in [("external_id", "x"), ("published_on", "2026-05-12"), ("valid_to", "2030-05-11")] {
            body[name] = json!(value);
        }
        body
    };
    let names = ["/name", "/division", "/status", "/established_on", "/former_names/0/name"];
    let needed = ["/enterprise", "/kind", "/source/authority", "/detail"];
    let corrected = ["/reason", "/fact/enterprise", "/fact/kind", "/fact/source/authority", "/fact/detail"];
    let some_fact = "/credit/v1/facts/fct_01JD0000000000000000000000";
    let question =
        json!({"supplier": code, "ruleset": "government-procurement", "as_of": "2026-06-01", "explain": "failed", "sign": false});
    let many = json!({"suppliers": [code], "ruleset": "government-procurement", "as_of": "2026-06-01", "explain": "failed"});
    let mut shapes = vec![
        Shape { method: "PUT", ..shape(&officer, &enterprise.path(), enterprise.body.clone(), &names) },
        shape(&officer, "/credit/v1/facts", fact("penalty"), &needed),
        shape(&officer, &format!("{some_fact}/supersede"), json!({"fact": fact("award"), "reason": "示例"}), &corrected),
        shape(&officer, &format!("{some_fact}/annul"), json!({"reason": "示例"}), &["/reason"]),
        shape(&officer, &format!("{some_fact}/stay"), json!({"document_no": "示例", "on": "2026-06-01"}), &["/document_no"]),
        shape(&officer, &format!("{some_fact}/resume"), json!({"on": "2026-06-01"}), &[]),
        shape(
            &officer,
            "/credit/v1/objections",
            json!({"fact": "fct_01JD0000000000000000000000", "ground": "other", "statement": "示例", "on": "2026-06-01"}),
            &["/fact", "/ground", "/statement"],
        ),
        shape(
            &officer,
            "/credit/v1/repairs",
            json!({"fact": "fct_01JD0000000000000000000000", "basis": "ordinary", "commitment": "示例", "statement": "示例", "on": "2026-06-01"}),
            &["/fact", "/commitment", "/statement"],
        ),
        shape(
            &officer,
            "/credit/v1/repairs/rep_01JD0000000000000000000000/decide",
            json!({"outcome": "granted", "reasons": "示例", "verified": ["performed"], "on": "2026-06-01"}),
            &["/outcome", "/reasons"],
        ),
        shape(&officer, "/credit/v1/facts/batch", json!({"items": []}), &["/items"]),
        // A supplier or a consortium: neither field alone is required.
        shape(&buyer, "/procurement/v1/decisions", question, &[]),
        shape(&buyer, "/procurement/v1/decisions/batch", many, &["/suppliers"]),
        shape(&buyer, "/procurement/v1/receipts/verify", json!({"receipt": "x"}), &["/receipt"]),
    ];
    for kind in KINDS {
        shapes.push(Shape { part: "/detail", ..shape(&officer, "/credit/v1/facts", fact(kind), needed_in(kind)) });
    }
    shapes
}

fn needed_in(kind: &str) -> &'static [&'static str] {
    match kind {
        "penalty" => &["/detail/types", "/detail/fine/amount", "/detail/fine/currency"],
        "spot_check" | "inspection" | "rectification" => &["/detail/result"],
        "recall" => &["/detail/mode", "/detail/state"],
        "licence" | "certificate" => &["/detail/number", "/detail/name"],
        "award" | "commitment" => &["/detail/title"],
        "annual_report" => &["/detail/year", "/detail/on_time"],
        "judgment" => &["/detail/case_no", "/detail/outcome"],
        "insurance_cover" | "deposit" => &["/detail/amount/amount", "/detail/amount/currency"],
        "traceability" => &["/detail/level"],
        "standard_conformity" => &["/detail/standard", "/detail/result"],
        "contract_performance" => &["/detail/contract", "/detail/buyer", "/detail/result"],
        _ => &[],
    }
}

/// Every place in a body below an object or a list, with what stands there.
fn places(value: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    if !pointer.is_empty() {
        found.push((pointer.to_owned(), value.clone()));
    }
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(place, item)| places(item, &format!("{pointer}/{place}"), found)),
        Value::Object(fields) => fields.iter().for_each(|(name, item)| places(item, &format!("{pointer}/{name}"), found)),
        _ => {}
    }
}

fn of(shape: &Shape) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(&shape.body, "", &mut found);
    found.retain(|(pointer, _)| pointer.starts_with(shape.part));
    found
}

/// Whether two values are of one type, as far as JSON tells; a whole number is none with a fraction.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.is_i64() == other.is_i64(),
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

fn nullable(shape: &Shape, pointer: &str) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    MAY_BE_NULL.contains(&name) && !shape.required.contains(&pointer)
}

async fn a_wrong_type_is_named(product: Product) {
    let mut cases = Vec::new();
    for shape in shapes(&product).await {
        for (pointer, good) in of(&shape) {
            for bad in [json!(null), json!(true), json!(1), json!(1.5), json!("x"), json!([]), json!({})] {
                if alike(&good, &bad) || (bad.is_null() && nullable(&shape, &pointer)) {
                    continue;
                }
                let mut body = shape.body.clone();
                *body.pointer_mut(&pointer).unwrap() = bad.clone();
                let case = Case::json(&shape.client, shape.method, &shape.path, body);
                cases.push(case.must(&pointer, Rule::Refused(Some("wrong_type")), &bad.to_string()));
            }
        }
        for (pointer, object) in [(String::new(), shape.body.clone())].into_iter().chain(of(&shape)) {
            let Value::Object(fields) = object else { continue };
            // A list of the same values in the same order is no object.
            let mut body = shape.body.clone();
            *body.pointer_mut(&pointer).unwrap() = fields.values().cloned().collect();
            let case = Case::json(&shape.client, shape.method, &shape.path, body);
            cases.push(case.must(&pointer, Rule::Refused(Some("wrong_type")), "a list of its values"));
            let mut body = shape.body.clone();
            let object = body.pointer_mut(&pointer).and_then(Value::as_object_mut).unwrap();
            object.insert("a/b~c".to_owned(), json!(1));
            let case = Case::json(&shape.client, shape.method, &shape.path, body);
            cases.push(case.must(&format!("{pointer}/a~1b~0c"), Rule::Refused(Some("unknown_field")), "an extra field"));
        }
    }
    let before = product.rows();
    for (case, reply) in run(cases).await.0 {
        assert_eq!(reply.status, 400, "{} {} {}: {}", case.path, case.pointer, case.tried, reply.text);
    }
    product.grew(&before, &[], &[]);
}

/// Takes out a field.
fn remove(body: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    if let Some(Value::Object(fields)) = body.pointer_mut(parent) {
        fields.remove(name);
    }
}

/// Puts something of another type in the place of every leaf; gives the places.
fn spoil(value: &mut Value, pointer: &str, spoilt: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter_mut().for_each(|(name, item)| spoil(item, &format!("{pointer}/{name}"), spoilt));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter_mut().enumerate().for_each(|(place, item)| spoil(item, &format!("{pointer}/{place}"), spoilt));
        }
        leaf => {
            *leaf = if leaf.is_string() { json!(7) } else { json!("x") };
            spoilt.push(pointer.to_owned());
        }
    }
}

async fn all_wrong_fields_are_named_at_once(product: Product) {
    let shapes = shapes(&product).await;
    let before = product.rows();
    for shape in shapes {
        let what = format!("{} {} {}", shape.method, shape.path, shape.body);
        let (mut body, mut spoilt) = (shape.body.clone(), Vec::new());
        if shape.part.is_empty() {
            // A detail is read when everything around it has its shape: it has a turn of its own.
            for detail in ["/detail", "/fact/detail"] {
                body.pointer_mut(detail).into_iter().for_each(|detail| *detail = json!({}));
            }
        }
        spoil(body.pointer_mut(shape.part).unwrap(), shape.part, &mut spoilt);
        spoilt.sort();
        let ask = async |body: Value| {
            let reply = shape.client.call(shape.method, &shape.path).json(&body).send().await;
            let reply = reply.expect_status(400);
            assert_eq!(super::case::malformed(&reply, ""), None, "{what}");
            reply.faults()
        };
        let named: Vec<String> = ask(body).await.into_iter().filter(|(_, code)| code == "wrong_type").map(|(pointer, _)| pointer).collect();
        assert_eq!(named, spoilt, "{what}");
        if shape.required.is_empty() {
            continue;
        }
        let mut body = shape.body.clone();
        shape.required.iter().for_each(|pointer| remove(&mut body, pointer));
        let mut missing: Vec<(String, String)> = shape.required.iter().map(|at| ((*at).to_owned(), "missing_field".to_owned())).collect();
        missing.sort();
        assert_eq!(ask(body).await, missing, "{what}");
    }
    product.grew(&before, &[], &[]);
}
