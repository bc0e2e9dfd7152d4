//! Reconciliation API 0.2 as OpenRefine speaks it: manifest, batches in a form, matches that need no second look; and producers abroad, who take part.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, sample_enterprise};

on_both_databases!(a_table_of_suppliers_is_matched);
on_both_databases!(producers_abroad_are_known_by_their_identifier);

const RECONCILE: &str = "/credit/v1/reconcile";

fn data(path: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data").join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

async fn ask(client: &Client, queries: &Value) -> Reply {
    client.call("POST", RECONCILE).form(&[("queries", &queries.to_string())]).send().await
}

/// What the schema of a batch of results asks of every candidate.
fn candidates<'a>(reply: &'a Reply, key: &str) -> Vec<&'a Value> {
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let found: Vec<&Value> = reply.json[key]["result"].as_array().unwrap_or_else(|| panic!("{key}: {}", reply.text)).iter().collect();
    let required = data("reconcile/reconciliation-result-batch.schema.json")["patternProperties"]["^.*$"]["properties"]["result"]["items"]
        ["required"]
        .clone();
    for candidate in &found {
        assert!(required.as_array().unwrap().iter().all(|field| !candidate[field.as_str().unwrap()].is_null()), "{candidate}");
        assert!(candidate["score"].is_f64() && candidate["match"].is_boolean() && candidate["type"][0]["id"].is_string(), "{candidate}");
    }
    found
}

async fn a_table_of_suppliers_is_matched(stack: &mut Stack) {
    let (officer, public) = (stack.officer().await, stack.public());
    let one = sample_enterprise().with("name", json!("深圳市示例优晶电子有限公司")).with("short_name", json!("示例优晶"));
    let near = sample_enterprise().with("name", json!("深圳市示例优品电子有限公司")).with("division", json!("440306"));
    let twins = [sample_enterprise(), sample_enterprise()].map(|twin| twin.with("name", json!("示例双名电器有限公司")));
    for sample in [&one, &near].into_iter().chain(&twins) {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    let manifest = public.get(RECONCILE).await.expect_status(200);
    for field in data("reconcile/manifest.schema.json")["required"].as_array().unwrap() {
        assert!(!manifest.json[field.as_str().unwrap()].is_null(), "{}", manifest.text);
    }
    assert_eq!((manifest.field("/versions"), manifest.field("/batchSize")), (&json!(["0.2"]), &json!(50)));
    assert!(manifest.text_at("/view/url").contains("{{id}}"));
    assert_eq!(public.call("POST", RECONCILE).form(&[]).send().await.expect_status(200).json, manifest.json);

    let queries = json!({
        "full": {"query": "深圳市示例優晶電子有限公司"},
        "code": {"query": one.code},
        "property": {"properties": [{"pid": "uscc", "v": one.code}]},
        "one_character": {"query": "深圳市示例优昌电子有限公司"},
        "short": {"query": "示例优晶"},
        "twins": {"query": "示例双名电器有限公司", "limit": 2},
        "elsewhere": {"query": "深圳市示例优晶电子有限公司", "properties": [{"pid": "division", "v": "310000"}]},
        "here": {"query": "深圳市示例优晶电子有限公司", "properties": [{"pid": "division", "v": {"id": "4403"}}], "type": "enterprise"},
        "abroad": {"query": "深圳市示例优晶电子有限公司", "type": ["foreign_producer"]},
        "pinyin": {"query": "shili youjing dianzi"},
    });
    let answer = ask(&public, &queries).await.expect_status(200);
    for (key, expected) in [
        ("full", true),
        ("code", true),
        ("property", true),
        ("one_character", false),
        ("short", false),
        ("elsewhere", false),
        ("here", true),
        ("pinyin", false),
    ] {
        let found = candidates(&answer, key);
        assert!(!found.is_empty(), "{key}: {}", answer.text);
        let matches = found.iter().filter(|candidate| candidate["match"] == true).count();
        assert_eq!(matches, usize::from(expected), "{key}: {found:?}");
        if key != "one_character" {
            assert_eq!(found[0]["id"], json!(one.code), "{key}: {found:?}");
        }
    }
    let twins = candidates(&answer, "twins");
    assert!(twins.len() == 2 && twins.iter().all(|candidate| candidate["match"] == false), "{twins:?}");
    assert!(candidates(&answer, "abroad").is_empty());
    let same = public.call("GET", RECONCILE).query("queries", &queries.to_string()).send().await.expect_status(200);
    assert_eq!(same.json, answer.json, "the address takes what the form takes");

    sole_traders_are_not_shown(&officer, &public).await;
    for name in ["example-full", "example-min", "multi-values", "no-query-string"] {
        let batch = data(&format!("reconcile/valid-{name}.json"));
        let answer = ask(&public, &batch).await.expect_status(200);
        assert_eq!(answer.json.as_object().unwrap().len(), batch.as_object().unwrap().len(), "{name}");
    }
    for name in ["empty-properties", "empty-query", "misnamed-property"] {
        ask(&public, &data(&format!("reconcile/invalid-{name}.json"))).await.expect_status(400);
    }
    ask(&public, &json!([])).await.expect_problem(400, "malformed_json");
    let many: serde_json::Map<String, Value> = (0..51).map(|number| (format!("q{number}"), json!({"query": "x"}))).collect();
    ask(&public, &Value::Object(many)).await.expect_problem(413, "batch_too_large");
    public.post(RECONCILE, &json!({})).await.expect_problem(415, "unsupported_media_type");
    let suggested = public.call("GET", &format!("{RECONCILE}/suggest/entity")).query("prefix", "示例优").send().await.expect_status(200);
    assert!(suggested.text.contains(&one.code) && suggested.text.contains(&near.code), "{}", suggested.text);
    let suggested = public.get(&format!("{RECONCILE}/suggest/property?prefix=div")).await.expect_status(200);
    assert_eq!(suggested.text_at("/result/0/id"), "division");
}

/// Name and code of a sole trader are data of a person: without a token nobody is told.
async fn sole_traders_are_not_shown(officer: &Client, public: &Client) {
    let code = (0..40).find_map(|number| model::uscc::Uscc::with_check(&format!("92440300XY00{number:02}009")).ok());
    let code = code.unwrap();
    let body = sample_enterprise().with("name", json!("示例个体烘焙店")).body;
    officer.put(&format!("/credit/v1/enterprises/{code}"), &body).await.expect_status(201);
    let answer = ask(public, &json!({"name": {"query": "示例个体烘焙店"}, "code": {"query": code.as_str()}})).await.expect_status(200);
    assert!(!answer.text.contains(code.as_str()) && !answer.text.contains("烘焙"), "{}", answer.text);
    let found = officer.call("GET", "/credit/v1/enterprises").query("q", "示例个体烘焙店").send().await.expect_status(200);
    assert_eq!(found.text_at("/items/0/uscc"), code.as_str(), "who has a token finds it");
}

async fn producers_abroad_are_known_by_their_identifier(stack: &mut Stack) {
    let (officer, public) = (stack.officer().await, stack.public());
    let domestic = sample_enterprise();
    officer.put(&domestic.path(), &domestic.body).await.expect_status(201);
    let records = data("enterprises/lei_records.json");
    for record in records.as_array().unwrap() {
        let names: Vec<Value> =
            record["other_names"].as_array().unwrap().iter().map(|name| json!({"name": name, "kind": "former"})).collect();
        let body = json!({
            "name": record["name"], "other_names": names, "country": record["country"], "legal_form": record["legal_form"],
            "status": record["status"].as_str().unwrap().to_lowercase(), "represented_by": domestic.code,
        });
        let path = format!("/credit/v1/foreign_producers/{}", record["lei"].as_str().unwrap());
        let made = officer.put(&path, &body).await.expect_status(201);
        assert_eq!((made.header("etag"), officer.get(&path).await.expect_status(200).json), (Some("\"1\""), made.json.clone()));
        officer.put(&path, &body).await.expect_problem(428, "if_match_required");
        stack.enterprise().await.put(&path, &body).await.expect_problem(403, "not_your_organisation");
        let mut bad = body.clone();
        bad["represented_by"] = json!(sample_enterprise().code);
        let refused =
            officer.call("PUT", &path).header("If-Match", "\"1\"").json(&bad).send().await.expect_problem(422, "enterprise_unknown");
        assert_eq!(refused.faults(), [("/represented_by".to_owned(), "enterprise_unknown".to_owned())]);
    }
    officer.put("/credit/v1/foreign_producers/529900GRZ2BQY5ZM9N48", &json!({})).await.expect_status(400);
    officer.get("/credit/v1/foreign_producers/529900GRZ2BQY5ZM9N48").await.expect_problem(422, "lei_check_digits");
    officer.get("/credit/v1/foreign_producers/5493001KJTIIGC8Y1R12").await.expect_problem(404, "not_found");
    for (q, lei) in
        [("puma", "529900GRZ2BQY5ZM9N49"), ("Royal Dutch Shell", "21380068P1DRHMJ8KU70"), ("529900GRZ2BQY5ZM9N49", "529900GRZ2BQY5ZM9N49")]
    {
        let found = officer.call("GET", "/credit/v1/foreign_producers").query("q", q).send().await.expect_status(200);
        assert_eq!(found.text_at("/items/0/lei"), lei, "{q}");
    }
    let german = officer.get("/credit/v1/foreign_producers?country=DE").await.expect_status(200);
    assert_eq!(german.field("/items").as_array().unwrap().len(), 1);
    let answer =
        ask(&public, &json!({"q0": {"query": "Microsoft Corporation"}, "q1": {"query": "PUMA"}, "q2": {"query": "529900GRZ2BQY5ZM9N49"}}))
            .await;
    for (key, lei, sure) in
        [("q0", "INR2EJN1ERAN0W5ZP974", true), ("q1", "529900GRZ2BQY5ZM9N49", false), ("q2", "529900GRZ2BQY5ZM9N49", true)]
    {
        let found = candidates(&answer, key);
        assert_eq!((&found[0]["id"], &found[0]["match"]), (&json!(lei), &json!(sure)), "{key}: {found:?}");
    }
}
