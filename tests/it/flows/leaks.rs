//! The internal risk class never leaks: every operation of every published document, every feed, log, metric, page and export is read as everybody who
//! is neither authority nor service, about enterprises whose class is unmistakable, and nothing of it may show. A new operation is walked because it
//! stands in a document.

use std::{collections::BTreeSet, io::Read};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use common::service::Service;
use serde_json::{Map, Value, json};
use testkit::{Client, ROLES, Sample, Stack, fact, sample_enterprise};

in_every_mode!(nothing_tells_the_internal_class);

/// What only an answer about the class holds: fields, the event, and the names of the bands in the texts of each class.
const MARKS: [&str; 12] = [
    "risk_class",
    "classified_on",
    "touchstone.credit.risk",
    "RiskClass",
    "青松",
    "黄杨",
    "赭石",
    "朱砂",
    "jadepine",
    "boxwood",
    "redochre",
    "cinnabar",
];
/// A document names the fields of an operation, and no enterprise's class.
const MARKS_OF_DOCUMENTS: [&str; 8] = ["青松", "黄杨", "赭石", "朱砂", "jadepine", "boxwood", "redochre", "cinnabar"];

/// Planted where readers may see it, so that the walk is seen to find what a route shows.
const DECOY: &str = "琥珀诱饵";

/// What was read, and what it gave away.
struct Walk {
    /// Where the decoy was found.
    decoys: BTreeSet<String>,
    http: reqwest::Client,
    leaks: BTreeSet<String>,
    /// Operations that answered with a success at least once.
    succeeded: BTreeSet<String>,
    /// Operations that refused somebody for who it was, not for what was asked.
    refused: BTreeSet<String>,
    answers: usize,
}

/// The text of an answer, unfolded as far as a reader could unfold it.
fn unfolded(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inner = String::new();
        flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut inner).unwrap();
        text = inner;
    }
    assert!(!bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]), "zstd: this test must learn to unfold it");
    // A signed receipt is text in disguise.
    let parts: Vec<String> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .filter(|part| part.len() > 40)
        .filter_map(|part| URL_SAFE_NO_PAD.decode(part).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    text + &parts.concat()
}

impl Walk {
    fn new() -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, decoys: BTreeSet::new(), leaks: BTreeSet::new(), succeeded: BTreeSet::new(), refused: BTreeSet::new(), answers: 0 }
    }

    fn look(&mut self, place: &str, text: &str, marks: &[&str]) {
        if text.contains(DECOY) {
            self.decoys.insert(place.to_owned());
        }
        for mark in marks.iter().filter(|mark| text.contains(**mark)) {
            self.leaks.insert(format!("{place} gives {mark} away"));
        }
    }

    /// Asks once and looks at status line, headers and body. Gives the body.
    async fn ask(&mut self, client: &Client, place: &str, method: &str, path: &str, body: Option<(&str, String)>) -> (u16, String) {
        let mut last = (0, String::new());
        for language in ["zh", "en"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let mut request = self.http.request(method, format!("{}{path}", client.base())).header("Accept-Language", language);
            if let Some(token) = client.token() {
                request = request.bearer_auth(token);
            }
            if let Some((kind, text)) = &body {
                request = request.header("Content-Type", *kind).body(text.clone());
            }
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
            let text = unfolded(&answer.bytes().await.unwrap());
            self.answers += 1;
            self.look(place, &format!("{headers}{text}"), &MARKS);
            last = (status, text);
        }
        last
    }
}

/// A value that a schema allows, about this enterprise where it asks for one.
fn example(document: &Value, schema: &Value, code: &str, depth: u32) -> Value {
    if depth > 8 {
        return Value::Null;
    }
    if let Some(target) = schema["$ref"].as_str() {
        let resolved = document.pointer(target.trim_start_matches('#')).cloned().unwrap_or_default();
        return example(document, &resolved, code, depth + 1);
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        let all = schema[word].as_array().into_iter().flatten();
        if let Some(first) = all.into_iter().find(|one| one["type"] != "null") {
            return example(document, first, code, depth + 1);
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "object" => {
            let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let fields = required.into_iter().map(|name| {
                let value = match name {
                    "enterprise" | "supplier" | "uscc" | "into" => json!(code),
                    _ => example(document, &schema["properties"][name], code, depth + 1),
                };
                (name.to_owned(), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        "array" => json!([example(document, &schema["items"], code, depth + 1)]),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        _ if schema["format"] == "date" => json!("2026-05-11"),
        _ if schema["format"] == "date-time" => json!("2026-06-01T09:30:00+08:00"),
        _ => json!("示例"),
    }
}

/// The same with every code that stands in an example replaced by this one.
fn about(body: &Value, code: &str) -> String {
    body.to_string().replace("914404001000000590", code)
}

/// Every way to fill the path of an operation: the enterprise, and every id that is known.
fn targets(path: &str, operation: &Value, code: &str, ids: &BTreeSet<String>) -> Vec<String> {
    let mut paths = vec![path.to_owned()];
    for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "path") {
        let name = parameter["name"].as_str().unwrap();
        let own = parameter["example"].as_str().map(str::to_owned);
        let values: Vec<String> = match name {
            "uscc" => vec![code.to_owned()],
            // Ids of another kind only give 404; those of the same kind as the example are tried.
            "id" => {
                let prefix = own.as_deref().and_then(|own| own.split_once('_')).map(|(prefix, _)| format!("{prefix}_"));
                let same = ids.iter().filter(|id| prefix.as_deref().is_none_or(|prefix| id.starts_with(prefix))).take(4).cloned();
                same.chain(own).collect()
            }
            _ => own.into_iter().collect(),
        };
        let values = if values.is_empty() { vec!["1".to_owned()] } else { values };
        paths = paths.iter().flat_map(|path| values.iter().map(move |value| path.replace(&format!("{{{name}}}"), value))).collect();
    }
    paths
}

/// The query of an operation with its required parameters, and with every example that it has.
fn queries(operation: &Value, code: &str) -> Vec<String> {
    let parameters: Vec<&Value> =
        operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query").collect();
    let pair = |parameter: &Value| {
        let value = match &parameter["example"] {
            Value::String(text) => text.replace("914404001000000590", code),
            Value::Null => return None,
            other => other.to_string(),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        let encoded: String = value.chars().map(|c| if plain(c) { c.to_string() } else { percent(c) }).collect();
        Some(format!("{}={encoded}", parameter["name"].as_str()?))
    };
    let needed: Vec<String> =
        parameters.iter().filter(|parameter| parameter["required"] == true).filter_map(|parameter| pair(parameter)).collect();
    let all: Vec<String> = parameters.iter().filter_map(|parameter| pair(parameter)).collect();
    let mut found: Vec<String> =
        [needed, all].iter().map(|pairs| if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }).collect();
    found.dedup();
    found
}

fn percent(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The ids in a text: three letters and a ULID.
fn ids_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.len() == 30 && word.as_bytes()[3] == b'_').map(str::to_owned).collect()
}

async fn prepared(stack: &Stack) -> (Sample, Sample) {
    let officer = stack.officer().await;
    let high = sample_enterprise();
    // The enterprise of the role "enterprise" itself: it may read most about itself.
    let own = Sample { code: stack.code("enterprise"), body: sample_enterprise().body };
    for sample in [&high, &own] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        let mut planted = fact(&sample.code, "complaint");
        planted["detail"]["subject"] = json!(DECOY);
        officer.post("/credit/v1/facts", &planted).await.expect_status(201);
        for kind in ["serious_violation_listing", "penalty", "spot_check", "traceability"] {
            officer.post("/credit/v1/facts", &fact(&sample.code, kind)).await.expect_status(201);
        }
    }
    let decision = json!({"supplier": high.code, "ruleset": "government-procurement", "explain": "full", "sign": true});
    stack.buyer().await.post("/procurement/v1/decisions", &decision).await;
    (high, own)
}

/// The class is there for those who may see it, so that a search which finds nothing has searched for something.
async fn control(stack: &Stack, samples: [&Sample; 2]) {
    let officer = stack.officer().await;
    for sample in samples {
        for (language, word) in [("zh", "朱砂"), ("en", "cinnabar")] {
            let reply =
                officer.call("GET", &format!("{}/risk", sample.path())).header("Accept-Language", language).send().await.expect_status(200);
            assert!(reply.text_at("/meaning").contains(word) && reply.text.contains("\"risk_class\":\"D\""), "{}", reply.text);
        }
    }
    let narrow = stack.scoped("authority", "credit:read").await.get("/credit/v1/events?limit=500").await.expect_status(200);
    assert!(narrow.text.contains("touchstone.credit.") && !narrow.text.contains("risk.classified"), "without the scope: {}", narrow.text);
    for role in ["authority", "service"] {
        let feed = stack.caller(role).await.get("/credit/v1/events?limit=500").await.expect_status(200);
        assert!(feed.text.contains("touchstone.credit.risk.classified.v1"), "{role}: {}", feed.text);
    }
    let listed = officer.get("/credit/v1/risks?class=D&limit=500").await.expect_status(200);
    assert!(samples.iter().all(|sample| listed.text.contains(&sample.code)), "{}", listed.text);
}

async fn nothing_tells_the_internal_class(stack: &mut Stack) {
    let (high, own) = prepared(stack).await;
    control(stack, [&high, &own]).await;
    let officer = stack.officer().await;
    let mut ids = BTreeSet::new();
    for path in [format!("{}/facts", high.path()), format!("{}/facts", own.path()), "/procurement/v1/events?limit=500".to_owned()] {
        ids.extend(ids_in(&officer.get(&path).await.text));
    }
    let mut callers = vec![("nobody", stack.public())];
    for (role, _) in ROLES.into_iter().filter(|(role, _)| !["authority", "service"].contains(role)) {
        callers.push((role, stack.caller(role).await));
    }
    let document = stack.public().get("/openapi.json").await.expect_status(200).json;
    let mut walk = Walk::new();
    let mut operations = 0;
    // Who follows nobody's feed cannot know what credit does not tell in public; the reviewed calls say who follows whom.
    let deaf = |path: &str| path.starts_with("/standards/");
    assert!(!include_str!("../tidy/call_graph.txt").contains("standards -> credit (feed)"));
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| !deaf(path)) {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            for (role, caller) in &callers {
                for code in [&high.code, &own.code] {
                    for target in targets(path, operation, code, &ids) {
                        operate(&mut walk, (role, caller), (&document, operation), (method, path), (&target, code)).await;
                    }
                }
            }
        }
    }
    feeds(&mut walk, &document, &callers).await;
    pages(&mut walk, stack, &document).await;
    let processes: Vec<(String, String)> =
        stack.processes().iter().map(|process| (process.name().to_owned(), process.address().to_owned())).collect();
    for (name, address) in &processes {
        for path in ["/metrics", "/health/live", "/health/ready"] {
            walk.ask(&Client::new(address), &format!("{path} of {name}"), "GET", path, None).await;
        }
        let log = std::fs::read_to_string(stack.folder().path().join(format!("{name}.log"))).unwrap();
        walk.look(&format!("the log of {name}"), &log, &MARKS);
    }
    // The walk itself must have read something: a question that nobody could ask rightly proves nothing.
    let paths = document["paths"].as_object().unwrap().iter().filter(|(path, _)| !deaf(path));
    let expected = paths.filter(|(path, item)| path.contains("{uscc}") && item["get"].is_object());
    let is_reached = |path: &str| [&walk.succeeded, &walk.refused].iter().any(|found| found.contains(&format!("get {path}")));
    let silent: Vec<&String> = expected.map(|(path, _)| path).filter(|path| !is_reached(path)).collect();
    assert!(silent.is_empty(), "nobody could read these, so nothing is known of them: {silent:?}");
    assert!(walk.succeeded.len() * 3 > operations && walk.answers > operations * callers.len(), "{} of {operations}", walk.succeeded.len());
    for place in
        ["get /credit/v1/enterprises/{uscc}/facts as buyer", "get /credit/v1/facts/{id} as insurer", "/credit/v1/events as integrator"]
    {
        assert!(walk.decoys.contains(place), "what {place} shows is not seen: {:?}", walk.decoys);
    }
    assert!(walk.leaks.is_empty(), "the internal class leaks:\n  {}", walk.leaks.into_iter().collect::<Vec<_>>().join("\n  "));
}

/// One operation as one caller, without and with its examples.
async fn operate(
    walk: &mut Walk,
    (role, caller): (&str, &Client),
    (document, operation): (&Value, &Value),
    (method, path): (&str, &str),
    (target, code): (&str, &str),
) {
    let contents = operation["requestBody"]["content"].as_object();
    let bodies: Vec<Option<(&str, String)>> = match contents {
        None => vec![None],
        Some(contents) => contents
            .iter()
            .map(|(kind, content)| Some((kind.as_str(), about(&example(document, &content["schema"], code, 0), code))))
            .collect(),
    };
    for query in queries(operation, code) {
        // A long poll would only wait.
        let query = query.split('&').filter(|pair| !pair.contains("wait=")).collect::<Vec<_>>().join("&");
        for body in &bodies {
            let place = format!("{method} {path} as {role}");
            let (status, _) = walk.ask(caller, &place, &method.to_uppercase(), &format!("{target}{query}"), body.clone()).await;
            if (200..300).contains(&status) {
                walk.succeeded.insert(format!("{method} {path}"));
            } else if [403, 404].contains(&status) && role != "nobody" {
                walk.refused.insert(format!("{method} {path}"));
            }
        }
    }
}

/// Every feed from its beginning to its end, as everybody.
async fn feeds(walk: &mut Walk, document: &Value, callers: &[(&str, Client)]) {
    let feeds: Vec<&String> = document["paths"].as_object().unwrap().keys().filter(|path| path.ends_with("/events")).collect();
    assert!(feeds.len() >= 3, "{feeds:?}");
    for feed in feeds {
        for (role, caller) in callers {
            let mut after = 0;
            loop {
                let path = format!("{feed}?after={after}&limit=500");
                let (status, text) = walk.ask(caller, &format!("{feed} as {role}"), "GET", &path, None).await;
                let page: Value = if status == 200 { serde_json::from_str(&text).unwrap_or_default() } else { Value::Null };
                match (page["items"].as_array().is_some_and(|items| !items.is_empty()), page["next"].as_i64()) {
                    (true, Some(next)) => after = next,
                    _ => break,
                }
            }
        }
    }
}

/// Pages that stand in no document: problems, documents and their examples.
async fn pages(walk: &mut Walk, stack: &Stack, document: &Value) {
    let public = stack.public();
    let own = credit::Credit::CODES.iter().chain(procurement::Procurement::CODES).chain(common::error::CODES);
    for code in own.map(|code| code.code).chain(model::fault::CODES.iter().map(|(code, ..)| *code)) {
        walk.ask(&public, &format!("the page of {code}"), "GET", &format!("/problems/{code}"), None).await;
    }
    for path in ["/openapi.json", "/openapi/credit.json", "/openapi/procurement.json", "/openapi/gateway.json", "/docs/", "/"] {
        let text = public.get(path).await.text;
        walk.look(path, &text, &MARKS_OF_DOCUMENTS);
    }
    let examples = document["components"]["schemas"].as_object().unwrap().iter().filter(|(name, _)| !name.starts_with("Risk"));
    for (name, schema) in examples {
        walk.look(&format!("the schema {name}"), &schema.to_string(), &["risk_class", "RiskClass"]);
    }
}
