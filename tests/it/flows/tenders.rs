//! Tenders: drafts, publication, amendments, documents of other systems, discriminatory terms. Not here: who may take part, `screening`.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use testkit::{Client, Stack};

in_every_mode!(a_tender_from_draft_to_cancellation);
in_every_mode!(documents_of_other_systems_become_tenders);

const TENDERS: &str = "/procurement/v1/tenders";

/// A tender that can be published: nothing in it is discriminatory, and bidders have time.
pub(super) fn sample(method: &str) -> Value {
    json!({
        "title": "示例小家电采购", "category": "goods", "method": method, "cut_off": "2056-06-01T09:30:00+08:00", "delivery_on": "2056-09-01",
        "criteria": [{"code": "SEL.MIN_SCORE", "params": {"score": 600}}],
        "lots": [
            {"id": "LOT-1", "title": "电热水壶", "budget": {"amount": "500000.00", "currency": "CNY"}},
            {"id": "LOT-2", "title": "电风扇", "criteria": [{"code": "SEL.TRACEABILITY", "params": {"level": 2}}]},
        ],
    })
}

pub(super) async fn put(client: &Client, id: &str, body: &Value, if_match: Option<&str>) -> testkit::Reply {
    let call = client.call("PUT", &format!("{TENDERS}/{id}")).json(body);
    if let Some(tag) = if_match { call.header("If-Match", tag) } else { call }.send().await
}

pub(super) async fn publish(client: &Client, id: &str, if_match: &str) -> testkit::Reply {
    client.call("POST", &format!("{TENDERS}/{id}/publish")).header("If-Match", if_match).send().await
}

async fn a_tender_from_draft_to_cancellation(stack: &mut Stack) {
    let (buyer, officer, other) = (stack.buyer().await, stack.officer().await, stack.caller("integrator").await);
    let place = format!("{TENDERS}/T-1");
    let made = put(&buyer, "T-1", &sample("open"), None).await.expect_status(201);
    assert_eq!((made.header("etag"), made.header("location")), (Some("\"1\""), Some(place.as_str())));
    assert_eq!((made.field("/state"), made.field("/ruleset_version")), (&json!("draft"), &Value::Null));

    // A draft is its organisation's and the authorities' matter.
    other.get(&place).await.expect_problem(404, "not_found");
    officer.get(&place).await.expect_status(200);
    assert_eq!(other.get(TENDERS).await.expect_status(200).field("/items"), &json!([]));
    assert_eq!(buyer.get(TENDERS).await.expect_status(200).field("/items/0/id"), &json!("T-1"));
    put(&stack.enterprise().await, "T-2", &sample("open"), None).await.expect_problem(403, "not_your_organisation");

    put(&buyer, "T-1", &sample("open"), None).await.expect_problem(428, "if_match_required");
    put(&buyer, "T-1", &sample("open"), Some("\"7\"")).await.expect_problem(412, "etag_mismatch");
    put(&buyer, "T-9", &sample("open"), Some("\"1\"")).await.expect_problem(412, "etag_mismatch");
    discriminating(&buyer).await;

    let published = publish(&buyer, "T-1", "\"3\"").await.expect_status(200);
    assert_eq!((published.field("/state"), published.field("/version")), (&json!("published"), &json!(4)));
    assert_eq!(published.field("/ruleset_version"), &json!(1), "the version in force at the cut-off is pinned");
    publish(&buyer, "T-1", "\"4\"").await.expect_problem(409, "illegal_transition");
    assert_eq!(other.get(&place).await.expect_status(200).field("/digest"), published.field("/digest"));
    amended(&buyer, &other, &published.json).await;

    let called_off = buyer.call("POST", &format!("{place}/cancel")).header("If-Match", "\"5\"").json(&json!({"reason": "需求变化"}));
    let cancelled = called_off.send().await.expect_status(200);
    assert_eq!((cancelled.field("/state"), cancelled.field("/rationale")), (&json!("cancelled"), &json!("需求变化")));
    put(&buyer, "T-1", &sample("open"), Some("\"6\"")).await.expect_problem(409, "illegal_transition");
    told(&other).await;
}

/// What discriminates stays a draft; each place and practice is named.
async fn discriminating(buyer: &Client) {
    let mut bad = sample("open");
    bad["cut_off"] = json!("2056-06-01");
    bad["requirements"] = json!([{"text": "近三年年均营业收入不低于5000万元"}]);
    bad["lots"][0]["requirements"] = json!([{"text": "须为本市企业，某某品牌"}]);
    put(buyer, "T-1", &bad, Some("\"1\"")).await.expect_status(200);
    let refused = publish(buyer, "T-1", "\"2\"").await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let faults = refused.faults();
    for (pointer, code) in [
        ("/requirements/0/text", "discrimination_scale"),
        ("/lots/0/requirements/0/text", "discrimination_ownership_or_location"),
        ("/lots/0/requirements/0/text", "discrimination_brand"),
    ] {
        assert!(faults.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {faults:?}");
    }
    put(buyer, "T-1", &sample("open"), Some("\"2\"")).await.expect_status(200);
    let mut twice = sample("open");
    let text = json!({"zh": "守信名单优先", "en": "Priority for the trustworthy list"});
    let condition = json!({
        "code": "COND.TRUSTWORTHY", "class": "preference", "title": text, "expression": "on_trustworthy_list", "legal_basis": "示例", "failed_text": text,
    });
    twice["lots"][1]["conditions"] = json!([condition]);
    put(buyer, "T-TWICE", &twice, None).await.expect_status(201);
    let repeated = publish(buyer, "T-TWICE", "\"1\"").await.expect_status(422).faults();
    assert_eq!(repeated, [("/lots/1/conditions/0/code".to_owned(), "code_duplicate".to_owned())], "the ruleset has it");
    let mut hasty = sample("open");
    hasty["cut_off"] = json!(testkit::today().succ_opt().unwrap().to_string());
    hasty["delivery_on"] = Value::Null;
    put(buyer, "T-HASTY", &hasty, None).await.expect_status(201);
    publish(buyer, "T-HASTY", "\"1\"").await.expect_problem(422, "document_days");
    hasty["cut_off"] = json!("2020-01-01");
    put(buyer, "T-HASTY", &hasty, Some("\"1\"")).await.expect_status(200);
    publish(buyer, "T-HASTY", "\"2\"").await.expect_problem(422, "cut_off_passed");
}

async fn amended(buyer: &Client, other: &Client, published: &Value) {
    let place = format!("{TENDERS}/T-1");
    let mut changed = sample("open");
    changed["cut_off"] = json!("2056-07-01T09:30:00+08:00");
    put(buyer, "T-1", &changed, Some("\"4\"")).await.expect_problem(422, "amendment_missing");
    changed["amendment"] = json!({"rationale": "顺延"});
    let mut past = changed.clone();
    past["cut_off"] = json!("2020-06-01");
    put(buyer, "T-1", &past, Some("\"4\"")).await.expect_problem(422, "cut_off_passed");
    let amended = put(buyer, "T-1", &changed, Some("\"4\"")).await.expect_status(200);
    assert_eq!((amended.field("/version"), amended.field("/rationale")), (&json!(5), &json!("顺延")));
    assert_ne!(amended.field("/digest"), &published["digest"]);

    // All versions stay; strangers see those since publication.
    let old = other.get(&format!("{place}?version=4")).await.expect_status(200);
    assert_eq!(&old.json, published);
    other.get(&format!("{place}?version=1")).await.expect_problem(404, "not_found");
    let versions = |reply: testkit::Reply| -> Vec<i64> {
        reply.json["items"].as_array().unwrap().iter().map(|item| item["version"].as_i64().unwrap()).collect()
    };
    assert_eq!(versions(other.get(&format!("{place}/versions")).await.expect_status(200)), [4, 5]);
    assert_eq!(versions(buyer.get(&format!("{place}/versions?limit=3")).await.expect_status(200)), [1, 2, 3]);
}

/// The feed tells everybody of what was published, and of no draft.
async fn told(other: &Client) {
    let feed = other.get("/procurement/v1/events?after=0&limit=500").await.expect_status(200);
    let events = feed.json["items"].as_array().unwrap();
    let told: Vec<_> = events.iter().filter(|event| event["data"]["id"] == "T-1").map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(told, ["published", "amended", "cancelled"].map(|verb| format!("touchstone.procurement.tender.{verb}.v1")));
    assert!(!feed.text.contains("T-HASTY"));
}

fn data(path: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data").join(path)).unwrap()
}

async fn send(client: &Client, path: &str, kind: &str, body: &str, if_match: Option<&str>) -> testkit::Reply {
    let call = client.call("PUT", &format!("{TENDERS}/{path}")).body(kind, body);
    if let Some(tag) = if_match { call.header("If-Match", tag) } else { call }.send().await
}

async fn documents_of_other_systems_become_tenders(stack: &mut Stack) {
    let buyer = stack.buyer().await;
    let ocid = "ocds-213czf-000-00001";
    let tender = data("ocds/fictional_1_1/ocds-213czf-000-00001-02-tender.json");
    let made = send(&buyer, &format!("{ocid}/ocds"), "application/json", &tender, None).await.expect_status(201);
    assert_eq!(made.field("/tender/tender/title"), &json!("Planned cycle lane improvements"));
    assert_eq!(made.field("/tender/tender/source"), made.field("/source/digest"));
    assert!(made.json["source"]["notes"].as_array().unwrap().iter().any(|note| note["place"] == "/tender/awardCriteria"), "{}", made.text);

    // What OCDS cannot say is said in the own form, and stays when the next release comes.
    let mut own = made.json["tender"]["tender"].clone();
    own["criteria"] = json!([{"code": "SEL.MIN_SCORE", "params": {"score": 600}}]);
    put(&buyer, ocid, &own, Some("\"1\"")).await.expect_status(200);

    // The whole process, its amendment merged in.
    let package = data("ocds/fictional_1_1/ocds-213czf-000-00001.json");
    send(&buyer, &format!("{ocid}/ocds"), "application/json", &package, None).await.expect_problem(428, "if_match_required");
    let merged = send(&buyer, &format!("{ocid}/ocds"), "application/json", &package, Some("\"2\"")).await.expect_status(200);
    assert_eq!(merged.field("/tender/tender/criteria"), &own["criteria"]);
    assert_eq!(merged.field("/tender/tender/cut_off"), &json!("2010-04-08T18:00:00Z"));
    let digest = merged.text_at("/source/digest");
    let (status, bytes) = buyer.call("GET", &format!("{TENDERS}/{ocid}/sources/{digest}")).bytes().await;
    assert_eq!((status, bytes.as_slice()), (200, package.as_bytes()), "byte for byte");
    let sources = buyer.get(&format!("{TENDERS}/{ocid}/sources")).await.expect_status(200);
    assert_eq!(sources.json["items"].as_array().unwrap().len(), 2);
    publish(&buyer, ocid, "\"3\"").await.expect_problem(422, "cut_off_passed");
    stack.caller("integrator").await.get(&format!("{TENDERS}/{ocid}/sources/{digest}")).await.expect_problem(404, "not_found");

    for (body, pointer, code) in [
        ("{}".to_owned(), "/ocid", "ocds_missing"),
        (json!({"releases": [1]}).to_string(), "/releases/0", "ocds_shape"),
        (json!({"records": [{}, {}]}).to_string(), "/records", "ocds_several"),
    ] {
        let refused = send(&buyer, "T-BAD/ocds", "application/json", &body, None).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.faults().contains(&(pointer.to_owned(), code.to_owned())), "{}", refused.text);
    }
    send(&buyer, "T-BAD/ocds", "text/plain", "{}", None).await.expect_problem(415, "unsupported_media_type");
    send(&buyer, "T-BAD/ocds", "application/json", "{", None).await.expect_problem(400, "malformed_json");
    espd(&buyer).await;
}

async fn espd(buyer: &Client) {
    let request = data("espd/BASIC-ESPDRequest-2.1.1.xml");
    send(buyer, "T-ESPD/espd", "application/xml", &request, Some("\"1\"")).await.expect_problem(404, "not_found");
    put(buyer, "T-ESPD", &sample("inquiry"), None).await.expect_status(201);
    for (body, code) in [
        ("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "xml_forbidden"),
        ("<a><b></a>", "xml_malformed"),
        ("<a/>", "espd_shape"),
    ] {
        send(buyer, "T-ESPD/espd", "application/xml", body, Some("\"1\"")).await.expect_problem(422, code);
    }
    let taken = send(buyer, "T-ESPD/espd", "application/xml", &request, Some("\"1\"")).await.expect_status(200);
    let codes: Vec<_> = taken.json["tender"]["tender"]["criteria"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert!(codes.contains(&json!("SEL.MIN_SCORE")) && codes.contains(&json!("EXC.MAJOR_VIOLATION")), "{codes:?}");
    let notes = taken.json["source"]["notes"].as_array().unwrap();
    assert!(notes.len() > 40 && notes.iter().all(|note| note["line"].as_i64().unwrap() > 1));
    let digest = taken.text_at("/source/digest");
    let (_, bytes) = buyer.call("GET", &format!("{TENDERS}/T-ESPD/sources/{digest}")).bytes().await;
    assert_eq!(bytes.as_slice(), request.as_bytes(), "byte for byte");
    // It asks for turnover: nobody may publish that.
    let refused = publish(buyer, "T-ESPD", "\"2\"").await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.faults().iter().any(|(pointer, code)| code == "discrimination_scale" && pointer.ends_with("/espd")),
        "{}",
        refused.text
    );
    // The same request once more takes the place of the first.
    let again = send(buyer, "T-ESPD/espd", "application/xml", &request, Some("\"2\"")).await.expect_status(200);
    assert_eq!(again.field("/tender/tender"), taken.field("/tender/tender"));
}
