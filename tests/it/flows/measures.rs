//! Measures over HTTP: the published table, what follows from a list, a grade and a ban, that it ends with its ground, and that nothing else can be imposed.

use serde_json::{Value, json};
use testkit::{Client, Stack, fact, sample_enterprise};

on_both_databases!(measures_follow_and_end_by_themselves);

async fn codes(client: &Client, path: &str, day: &str) -> Vec<String> {
    let reply = client.get(&format!("{path}/measures?as_of={day}")).await.expect_status(200);
    reply.field("/items").as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

async fn told(client: &Client, code: &str) -> Vec<Value> {
    let page = client.get("/credit/v1/events?limit=500").await.expect_status(200);
    let events = page.field("/items").as_array().unwrap().iter();
    let of_measures = |event: &&Value| event["type"] == "touchstone.credit.measures.changed.v1" && event["subject"] == code;
    events.filter(of_measures).map(|event| event["data"]["intervals"].clone()).collect()
}

async fn measures_follow_and_end_by_themselves(stack: &mut Stack) {
    let (officer, buyer, public) = (stack.officer().await, stack.buyer().await, stack.public());
    // The table is public: what is not in it cannot be imposed.
    let table = public.get("/credit/v1/measures?as_of=2026-06-01").await.expect_status(200);
    let published = table.field("/items").as_array().unwrap();
    let restricted = published.iter().find(|item| item["code"] == "D.FUNDS_RESTRICTED").unwrap();
    assert_eq!((&restricted["side"], &restricted["scope"]), (&json!("discipline"), &json!("fiscal_funds")));
    assert!(restricted["basis"].as_str().is_some_and(|basis| !basis.is_empty()));
    assert_eq!(public.get("/credit/v1/measures?as_of=2020-01-01").await.field("/items"), &json!([]), "not published yet");
    public.get("/credit/v1/measures?as_of=soon").await.expect_problem(400, "bad_parameter");

    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    assert_eq!(codes(&buyer, &sample.path(), "2026-06-01").await, Vec::<String>::new());
    assert_eq!(told(&buyer, &sample.code).await.len(), 0, "nothing is told of nothing");
    let mut listing = fact(&sample.code, "serious_violation_listing");
    listing["valid_to"] = json!("2029-05-11");
    let made = officer.post("/credit/v1/facts", &listing).await.expect_status(201);
    let ground = made.text_at("/id");
    let found = buyer.get(&format!("{}/measures?as_of=2026-06-01", sample.path())).await.expect_status(200);
    let item = found.field("/items").as_array().unwrap().iter().find(|item| item["code"] == "D.FUNDS_RESTRICTED").unwrap().clone();
    assert_eq!((&item["fact_ids"], &item["from"], &item["to"]), (&json!([ground]), &json!("2026-05-11"), &json!("2029-05-11")));
    assert_eq!(found.field("/inspection_frequency"), &json!({"num": 3, "den": 1}));
    assert_eq!(found.field("/watermark").as_i64(), Some(stack.head().await));
    assert!(codes(&buyer, &sample.path(), "2029-05-11").await.contains(&"D.FUNDS_RESTRICTED".to_owned()));
    assert!(!codes(&buyer, &sample.path(), "2029-05-12").await.contains(&"D.FUNDS_RESTRICTED".to_owned()), "it ends by itself");
    let first = told(&buyer, &sample.code).await;
    assert_eq!(first.len(), 1);
    assert!(first[0].as_array().unwrap().iter().any(|interval| interval["code"] == "D.FUNDS_RESTRICTED" && interval["to"] == "2029-05-11"));
    // Something that changes no measure tells none.
    officer.post("/credit/v1/facts", &fact(&sample.code, "award")).await.expect_status(201);
    assert_eq!(told(&buyer, &sample.code).await.len(), 1);

    carried_out(stack, &officer, &buyer, &sample.path(), &ground).await;

    // The ground goes: everything that stood on it goes with it, and followers hear.
    let annulled = officer.post(&format!("/credit/v1/facts/{ground}/annul"), &json!({"reason": "示例：决定已撤销。"})).await;
    annulled.expect_status(200);
    assert_eq!(codes(&buyer, &sample.path(), "2026-06-01").await, Vec::<String>::new());
    assert_eq!(told(&buyer, &sample.code).await.last(), Some(&json!([])));
    let known_then = made.text_at("/recorded_at").replace('+', "%2B");
    let then = buyer.get(&format!("{}/measures?as_of=2026-06-01&known_at={known_then}", sample.path())).await.expect_status(200);
    assert!(then.field("/items").as_array().unwrap().len() > 3, "what was known then stays readable");

    // A ban bars from what it names.
    let mut ban = fact(&sample.code, "procurement_ban");
    ban["detail"] = json!({"scope": ["public_resource_trading"]});
    officer.post("/credit/v1/facts", &ban).await.expect_status(201);
    assert_eq!(codes(&buyer, &sample.path(), "2026-06-01").await, ["D.TRADING_BANNED"]);
    buyer.get(&format!("/credit/v1/enterprises/{}/measures", sample_enterprise().code)).await.expect_problem(404, "enterprise_unknown");
}

async fn carried_out(stack: &Stack, officer: &Client, buyer: &Client, path: &str, ground: &str) {
    let new = |code: &str, from: &str| json!({"code": code, "department": "示例市财政局", "notice_document_no": "示例〔2026〕1号", "from": from, "ground_fact": ground});
    let measures = format!("{path}/measures");
    buyer.post(&measures, &new("D.FUNDS_RESTRICTED", "2026-06-01")).await.expect_problem(403, "not_your_organisation");
    let narrow = stack.scoped("authority", "credit:write").await;
    narrow.post(&measures, &new("D.FUNDS_RESTRICTED", "2026-06-01")).await.expect_problem(403, "scope_missing");
    officer.post(&measures, &new("D.MADE_UP", "2026-06-01")).await.expect_problem(422, "measure_not_published");
    officer.post(&measures, &new("D.FUNDS_RESTRICTED", "2026-05-10")).await.expect_problem(422, "ground_missing");
    officer.post(&measures, &new("D.FUNDS_BANNED", "2026-06-01")).await.expect_problem(422, "ground_missing");
    let mut backwards = new("D.FUNDS_RESTRICTED", "2026-06-01");
    backwards["to"] = json!("2026-05-31");
    officer.post(&measures, &backwards).await.expect_problem(422, "date_order");
    let made = officer.call("POST", &measures).header("Idempotency-Key", "measure-1").json(&new("D.FUNDS_RESTRICTED", "2026-06-01"));
    let made = made.send().await.expect_status(201);
    assert_eq!(made.field("/to"), &json!("2029-05-11"), "never longer than its ground");
    let shown = buyer.get(&format!("{measures}?as_of=2026-06-02")).await.expect_status(200);
    let items = shown.field("/items").as_array().unwrap();
    let item = items.iter().find(|item| item["code"] == "D.FUNDS_RESTRICTED").unwrap();
    assert_eq!(item["carried_out"][0]["department"], json!("示例市财政局"));
}
