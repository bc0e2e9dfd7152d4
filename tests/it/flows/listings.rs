//! The three lists over HTTP: a listing for serious violation from proposal to early removal, one for abnormal operation, one as trustworthy that ends by
//! itself, and who may see and do what.

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, decided_at, fact, sample_enterprise};

on_both_databases!(a_serious_violation_is_listed_and_removed_early);
on_both_databases!(an_abnormal_operation_is_listed_until_its_ground_goes);
on_both_databases!(trust_ends_by_itself);

const LISTINGS: &str = "/credit/v1/listings";

/// A step with the version that was read just now.
async fn step(client: &Client, listing: &str, verb: &str, body: Value) -> Reply {
    let tag = client.get(listing).await.header("etag").unwrap_or("\"1\"").to_owned();
    client.call("POST", &format!("{listing}/{verb}")).header("If-Match", &tag).json(&body).send().await
}

async fn done(client: &Client, listing: &str, steps: &[(&str, Value)]) -> Reply {
    let mut last = None;
    for (verb, body) in steps {
        last = Some(step(client, listing, verb, body.clone()).await.expect_status(200));
    }
    last.expect("a step")
}

fn proposal(code: &str, list: &str, ground: &str) -> Value {
    json!({
        "enterprise": code, "list": list, "ground": ground,
        "authority": {"name": "示例市某区市场监督管理局", "level": "county"}, "statement": "示例：经查属实。",
    })
}

async fn on_list(client: &Client, list: &str, day: &str, code: &str) -> Option<Value> {
    let page = client.get(&format!("/credit/v1/lists/{list}?as_of={day}&limit=500")).await.expect_status(200);
    page.field("/items").as_array().unwrap().iter().find(|item| item["enterprise"] == code).cloned()
}

async fn vetoes(client: &Client, code: &str, day: &str) -> Value {
    client.get(&format!("/credit/v1/enterprises/{code}/score?as_of={day}")).await.expect_status(200).field("/vetoes").clone()
}

/// A heavier penalty of an enterprise, and its id.
async fn penalised(officer: &Client, code: &str) -> String {
    let mut penalty = fact(code, "penalty");
    penalty["detail"] = json!({"types": ["stop_production"], "law": "示例法第一条"});
    for (field, value) in [("degree", "serious"), ("decided_on", "2023-12-01"), ("valid_from", "2023-12-01")] {
        penalty[field] = json!(value);
    }
    officer.post("/credit/v1/facts", &penalty).await.expect_status(201).text_at("/id")
}

async fn a_serious_violation_is_listed_and_removed_early(stack: &mut Stack) {
    let (officer, enterprise, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let code = stack.code("enterprise");
    officer.put(&format!("/credit/v1/enterprises/{code}"), &sample_enterprise().body).await.expect_status(201);
    let penalty = penalised(&officer, &code).await;

    let mut new = proposal(&code, "serious_violation", "quality_safety");
    new["on"] = json!("2024-03-01");
    // SAMR Order 44 Art 2: a heavier penalty and a circumstance; all that is missing is told at once.
    let lacking = officer.post(LISTINGS, &new).await.expect_status(422);
    let missing: Vec<String> = lacking.faults().into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
    assert_eq!(missing, ["/circumstances circumstance_missing", "/fact_ids penalty_missing"]);
    new["fact_ids"] = json!([penalty]);
    new["circumstances"] = json!(["serious_circumstances"]);
    for other in [&buyer, &enterprise] {
        other.post(LISTINGS, &new).await.expect_problem(403, "not_your_organisation");
    }
    let keyed = || officer.call("POST", LISTINGS).header("Idempotency-Key", "listing-1").json(&new);
    let made = keyed().send().await.expect_status(201);
    assert_eq!((made.field("/state"), made.header("etag")), (&json!("proposed"), Some("\"1\"")));
    assert_eq!(keyed().send().await.expect_status(201).text, made.text, "the first answer again");
    officer.post(LISTINGS, &new).await.expect_problem(409, "duplicate");
    let listing = made.header("location").unwrap().to_owned();

    steps_before_publication(&officer, &enterprise, &buyer, &listing).await;
    assert_eq!(on_list(&buyer, "serious_violation", "2024-06-01", &code).await, None);
    let head = stack.head().await;
    let listed = step(&officer, &listing, "publish", json!({"on": "2024-03-11"})).await.expect_status(200);
    assert_eq!(
        (listed.field("/state"), listed.field("/from"), listed.field("/to")),
        (&json!("published"), &json!("2024-03-11"), &json!("2027-03-11"))
    );
    it_follows_everywhere(&officer, &buyer, &code, &listing, head).await;
    removed_early(&officer, &listing, &code).await;
}

async fn steps_before_publication(officer: &Client, enterprise: &Client, buyer: &Client, listing: &str) {
    // Before publication it is the matter of the authority and of the enterprise.
    buyer.get(listing).await.expect_problem(404, "not_found");
    enterprise.get(listing).await.expect_status(200);
    assert_eq!(buyer.get(LISTINGS).await.expect_status(200).field("/items").as_array().unwrap().len(), 0);
    officer.post(&format!("{listing}/notice"), &json!({})).await.expect_problem(428, "if_match_required");
    let stale = officer.call("POST", &format!("{listing}/notice")).header("If-Match", "\"7\"").json(&json!({})).send().await;
    stale.expect_problem(412, "etag_mismatch");
    let early = step(officer, listing, "publish", json!({})).await.expect_problem(409, "illegal_transition");
    assert_eq!(early.field("/allowed"), &json!(["notice", "decide"]));
    step(officer, listing, "notice", json!({"on": "2024-02-29"})).await.expect_problem(422, "date_order");
    step(officer, listing, "notice", json!({"on": "2199-01-01"})).await.expect_problem(422, "date_in_future");
    step(officer, listing, "notice", json!({"on": "2024-3-4"})).await.expect_status(422);
    step(officer, listing, "notice", json!({"on": "2024-03-04", "document_no": "示例告〔2024〕1号"})).await.expect_status(200);
    // Administrative Penalty Law 64 and 85: five working days, or the reply.
    let consent = json!({"authority": "示例市市场监督管理局", "on": "2024-03-06"});
    let waiting = step(officer, listing, "consent", consent.clone()).await.expect_problem(422, "time_not_run");
    assert_eq!(waiting.field("/earliest"), &json!("2024-03-12"));
    let reply = json!({"statement": "示例：申辩。", "on": "2024-03-05"});
    let foreign = buyer.call("POST", &format!("{listing}/reply")).header("If-Match", "\"2\"").json(&reply).send().await;
    foreign.expect_problem(404, "not_found");
    step(enterprise, listing, "notice", json!({})).await.expect_problem(403, "not_your_organisation");
    step(enterprise, listing, "reply", reply).await.expect_status(200);
    // Domain-updates A11: a county authority needs the consent of the next higher level.
    let decision = json!({"outcome": "list", "reasons": "示例：理由。", "document_no": "示例决〔2024〕1号", "on": "2024-03-07"});
    let without = step(officer, listing, "decide", decision.clone()).await.expect_problem(409, "illegal_transition");
    assert_eq!(without.field("/allowed"), &json!(["consent"]), "what was just refused is no way on");
    let decided = done(officer, listing, &[("consent", consent), ("decide", decision)]).await;
    assert_eq!((decided.field("/state"), decided.field("/due/step")), (&json!("decided"), &json!("publish")));
    assert_eq!((decided.field("/due/due_on"), decided.field("/due/overdue")), (&json!("2024-04-07"), &json!(true)), "twenty working days");
}

async fn it_follows_everywhere(officer: &Client, buyer: &Client, code: &str, listing: &str, head: i64) {
    let shown = buyer.get(listing).await.expect_status(200);
    let fact_id = shown.text_at("/fact");
    let fact = buyer.get(&format!("/credit/v1/facts/{fact_id}")).await.expect_status(200);
    assert_eq!((fact.field("/kind"), fact.field("/valid_to")), (&json!("serious_violation_listing"), &json!("2027-03-11")));
    assert_eq!(fact.field("/source/document_no"), &json!("示例决〔2024〕1号"));
    assert_eq!(vetoes(buyer, code, "2024-03-10").await, json!([]));
    assert_eq!(vetoes(buyer, code, "2024-03-11").await[0]["code"], json!("serious_violation_list"));
    let entry = on_list(buyer, "serious_violation", "2024-03-11", code).await.expect("on the list");
    assert_eq!((&entry["ground"], &entry["source"], &entry["to"]), (&json!("quality_safety"), &json!("listing"), &json!("2027-03-11")));
    assert_eq!(on_list(buyer, "serious_violation", "2024-03-10", code).await, None);
    assert_eq!(on_list(buyer, "serious_violation", "2027-03-12", code).await, None, "three years, then off by time alone");
    let later = buyer.get(&format!("{listing}?as_of=2027-03-12")).await.expect_status(200);
    assert_eq!(later.field("/state"), &json!("expired"));
    let question = json!({"supplier": code, "ruleset": "government-procurement", "as_of": "2024-06-01T09:30:00+08:00", "explain": "full"});
    let decision = decided_at(buyer, &question, head + 1).await;
    assert_eq!(decision["outcome"], json!("ineligible"), "{decision}");
    // The feed tells the steps to authorities and services only.
    let told = |client: Client| async move {
        let page = client.get("/credit/v1/events?limit=500").await.expect_status(200);
        let kinds = page.field("/items").as_array().unwrap().iter().map(|event| event["type"].to_string());
        kinds.filter(|kind| kind.contains("listing.changed")).count()
    };
    assert_eq!((told(officer.clone()).await, told(buyer.clone()).await), (6, 0));
    let annul = officer.post(&format!("/credit/v1/facts/{fact_id}/annul"), &json!({"reason": "示例"})).await;
    annul.expect_problem(422, "fact_of_listing");
}

async fn removed_early(officer: &Client, listing: &str, code: &str) {
    let mut removal = json!({"reason": "early", "statement": "示例：已履行。", "on": "2024-06-01"});
    let refused = step(officer, listing, "remove", removal.clone()).await.expect_problem(422, "removal_refused");
    let failing: Vec<String> = refused.faults().into_iter().map(|(_, code)| code).collect();
    assert_eq!(failing, ["duties_not_performed", "harm_not_removed", "listed_too_short"]);
    assert_eq!(refused.field("/earliest"), &Value::Null, "time alone does not help");
    removal["duties_performed_on"] = json!("2024-04-01");
    removal["harm_removed_on"] = json!("2024-05-01");
    let refused = step(officer, listing, "remove", removal.clone()).await.expect_problem(422, "removal_refused");
    assert_eq!(refused.field("/earliest"), &json!("2025-03-12"), "{}", refused.text);
    // Not while a ban runs (domain.md 3.4).
    let mut ban = fact(code, "procurement_ban");
    for (field, value) in [("decided_on", "2024-03-01"), ("valid_from", "2024-03-01"), ("valid_to", "2025-06-30")] {
        ban[field] = json!(value);
    }
    officer.post("/credit/v1/facts", &ban).await.expect_status(201);
    removal["on"] = json!("2025-03-12");
    let refused = step(officer, listing, "remove", removal.clone()).await.expect_problem(422, "removal_refused");
    assert_eq!((refused.faults()[0].1.as_str(), refused.field("/earliest")), ("ban_running", &json!("2025-07-01")));
    step(officer, listing, "remove", json!({"reason": "ground_gone", "statement": "示例"}))
        .await
        .expect_problem(422, "reason_not_for_list");
    removal["on"] = json!("2025-07-01");
    let removed = step(officer, listing, "remove", removal.clone()).await.expect_status(200);
    assert_eq!((removed.field("/state"), removed.field("/to")), (&json!("removed"), &json!("2025-06-30")));
    assert_eq!(removed.field("/history").as_array().unwrap().len(), 7);
    let again = step(officer, listing, "remove", removal).await.expect_problem(409, "illegal_transition");
    assert_eq!(again.field("/allowed"), &json!([]));
    assert_eq!(vetoes(officer, code, "2025-06-30").await[0]["code"], json!("serious_violation_list"));
    assert_eq!(vetoes(officer, code, "2025-07-01").await, json!([]));
    assert!(on_list(officer, "serious_violation", "2025-06-30", code).await.is_some());
    assert_eq!(on_list(officer, "serious_violation", "2025-07-01", code).await, None);
}

async fn an_abnormal_operation_is_listed_until_its_ground_goes(stack: &mut Stack) {
    let officer = stack.officer().await;
    let (sample, diligent, elsewhere) = (sample_enterprise(), sample_enterprise(), sample_enterprise());
    for sample in [&sample, &diligent, &elsewhere] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    let report = |code: &str, on: &str| {
        let mut report = fact(code, "annual_report");
        report["detail"] = json!({"year": 2023, "on_time": false});
        report["decided_on"] = json!(on);
        report["valid_from"] = json!(on);
        report
    };
    officer.post("/credit/v1/facts", &report(&diligent.code, "2024-03-01")).await.expect_status(201);
    due_list(stack, &officer, &sample.code, &diligent.code).await;

    let mut new = proposal(&sample.code, "abnormal_operation", "annual_report_missing");
    new["on"] = json!("2024-06-30");
    assert_eq!(officer.post(LISTINGS, &new).await.expect_status(422).faults()[0].1, "year_missing");
    new["year"] = json!(1998);
    let unborn = officer.post(LISTINGS, &new).await.expect_problem(422, "report_not_due");
    assert_eq!(unborn.faults()[0].0, "/year", "established in 1999");
    new["year"] = json!(2023);
    assert_eq!(officer.post(LISTINGS, &new).await.expect_status(422).faults()[0].1, "report_not_due", "30 June is the last day");
    new["on"] = json!("2024-07-01");
    let made = officer.post(LISTINGS, &new).await.expect_status(201);
    let listing = made.header("location").unwrap().to_owned();
    new["enterprise"] = json!(diligent.code);
    assert_eq!(officer.post(LISTINGS, &new).await.expect_status(422).faults()[0].1, "report_present");
    let decision = json!({"outcome": "list", "reasons": "示例：逾期未报。", "on": "2024-07-05"});
    let listed = done(&officer, &listing, &[("decide", decision), ("publish", json!({"on": "2024-07-08"}))]).await;
    assert_eq!((listed.field("/state"), listed.field("/to")), (&json!("published"), &Value::Null));
    assert!(on_list(&officer, "abnormal_operation", "2026-06-01", &sample.code).await.is_some(), "it stays until it is removed");
    let cut = sample.code.clone();
    let due = officer.get("/credit/v1/listings/due?as_of=2024-07-20&limit=500").await.expect_status(200);
    assert!(!due.text.contains(&cut), "it is listed");

    let removal = json!({"reason": "ground_gone", "statement": "示例：已补报。", "corrected_on": "2024-08-01", "on": "2024-08-05"});
    let refused = step(&officer, &listing, "remove", removal.clone()).await.expect_problem(422, "removal_refused");
    assert_eq!(refused.faults()[0].1, "annual_report_missing", "domain-updates B5: the report, not a word");
    officer.post("/credit/v1/facts", &report(&sample.code, "2024-08-01")).await.expect_status(201);
    let waiting = officer.get(&listing).await.expect_status(200);
    assert_eq!(
        (waiting.field("/due/step"), waiting.field("/due/due_on")),
        (&json!("remove"), &json!("2024-08-08")),
        "B4: five working days"
    );
    let removed = step(&officer, &listing, "remove", removal).await.expect_status(200);
    assert_eq!((removed.field("/state"), removed.field("/to")), (&json!("removed"), &json!("2024-08-04")));

    // A listing recorded by hand counts as well.
    officer.post("/credit/v1/facts", &fact(&elsewhere.code, "abnormal_operation_listing")).await.expect_status(201);
    let entry = on_list(&officer, "abnormal_operation", "2026-06-01", &elsewhere.code).await.expect("on the list");
    assert_eq!((&entry["source"], &entry["listing"], &entry["ground_text"]), (&json!("fact"), &Value::Null, &json!("示例事由")));
    officer.get("/credit/v1/lists/no_such_list").await.expect_problem(404, "not_found");
}

async fn due_list(stack: &Stack, officer: &Client, late: &str, diligent: &str) {
    let due = officer.get("/credit/v1/listings/due?as_of=2024-07-10&limit=500").await.expect_status(200);
    let items = due.field("/items").as_array().unwrap();
    let item = items.iter().find(|item| item["enterprise"] == late).expect("due");
    // 30 June 2024 and ten working days (domain.md 3.6).
    assert_eq!((&item["year"], &item["due_on"], &item["overdue"]), (&json!(2023), &json!("2024-07-12"), &json!(false)));
    assert!(!items.iter().any(|item| item["enterprise"] == diligent));
    let unknown = officer.get("/credit/v1/listings/due?as_of=2027-07-20&limit=1").await.expect_status(200);
    assert_eq!((unknown.field("/items/0/due_on"), unknown.field("/items/0/reason")), (&Value::Null, &json!("calendar_missing")));
    let next = unknown.text_at("/next_cursor");
    let second = officer.get(&format!("/credit/v1/listings/due?as_of=2027-07-20&limit=1&cursor={next}")).await.expect_status(200);
    assert_ne!(second.field("/items/0/enterprise"), unknown.field("/items/0/enterprise"));
    stack.buyer().await.get("/credit/v1/listings/due").await.expect_problem(403, "not_your_organisation");
}

async fn trust_ends_by_itself(stack: &mut Stack) {
    let (officer, enterprise) = (stack.officer().await, stack.enterprise().await);
    let code = stack.code("enterprise");
    officer.put(&format!("/credit/v1/enterprises/{code}"), &sample_enterprise().body).await.expect_status(201);
    let application = json!({"authority": {"name": "示例市市场监督管理局", "level": "prefecture"}, "statement": "示例：申请。"});
    let refused = enterprise.post("/credit/v1/listings/apply", &application).await.expect_problem(422, "entry_refused");
    assert_eq!(refused.faults(), [("/enterprise".to_owned(), "grade_too_low".to_owned())], "{}", refused.text);
    for kind in ["licence", "certificate", "inspection", "standard_conformity", "commitment", "award", "complaint", "insurance_cover"] {
        officer.post("/credit/v1/facts", &fact(&code, kind)).await.expect_status(201);
    }
    let mut new = proposal(&code, "trustworthy", "objective_entry");
    new["on"] = json!("2026-06-01");
    let made = officer.post(LISTINGS, &new).await.expect_status(201);
    let listing = made.header("location").unwrap().to_owned();
    enterprise.post("/credit/v1/listings/apply", &application).await.expect_problem(409, "duplicate");
    step(&officer, &listing, "notice", json!({"on": "2026-06-02"})).await.expect_status(200);
    let decision = |on: &str| json!({"outcome": "list", "reasons": "示例：条件符合。", "on": on});
    let waiting = step(&officer, &listing, "decide", decision("2026-06-09")).await.expect_problem(422, "time_not_run");
    assert_eq!(waiting.field("/earliest"), &json!("2026-06-10"), "seven days of public notice");
    done(&officer, &listing, &[("decide", decision("2026-06-10")), ("publish", json!({"on": "2026-06-10"}))]).await;
    assert!(on_list(&officer, "trustworthy", "2026-06-10", &code).await.is_some());
    let before = officer.get(&listing).await.expect_status(200).text_at("/fact");

    // A passed check changes nothing; a failed one ends it in the same transaction.
    let mut check = fact(&code, "spot_check");
    check["detail"] = json!({"result": "pass", "product": "电热水壶"});
    officer.post("/credit/v1/facts", &check).await.expect_status(201);
    assert_eq!(officer.get(&listing).await.field("/state"), &json!("published"));
    let failed = officer.post("/credit/v1/facts", &fact(&code, "spot_check")).await.expect_status(201).text_at("/id");
    let ended = officer.get(&listing).await.expect_status(200);
    assert_eq!((ended.field("/state"), ended.field("/history/4/reason")), (&json!("removed"), &json!("new_adverse_fact")));
    assert!(ended.text_at("/history/4/statement").contains(&failed), "it says why");
    let today = testkit::today();
    assert_eq!(on_list(&officer, "trustworthy", &today.to_string(), &code).await, None);
    assert!(on_list(&officer, "trustworthy", "2026-06-10", &code).await.is_some(), "it stood until then");
    let fact = officer.get(&format!("/credit/v1/facts/{before}")).await.expect_status(200);
    assert_eq!(fact.field("/state"), &json!("superseded"));
    assert_eq!(officer.post(LISTINGS, &new).await.expect_problem(422, "entry_refused").faults()[0].1, "adverse_fact");
}
