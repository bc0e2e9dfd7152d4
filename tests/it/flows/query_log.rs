//! Who looked at what: every look-up of what is not public is noted, nobody waits for it, and a stop loses none. Not here: which operations are
//! look-ups, `services/credit/src/query_log`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Client, Stack, eventually, fact, sample_enterprise};

on_both_databases!(every_look_up_is_noted);
on_both_databases!(an_enterprise_sees_who_looked);
on_both_databases!(a_stop_writes_what_memory_holds);

async fn entries(officer: &Client, query: &str) -> Vec<Value> {
    let page = officer.get(&format!("/credit/v1/query_log?limit=500&{query}")).await.expect_status(200);
    page.field("/items").as_array().unwrap().clone()
}

/// Waits until so many entries are there.
async fn noted(officer: &Client, query: &str, count: usize) -> Vec<Value> {
    eventually(&format!("{count} entries for {query}"), || async move {
        let found = entries(officer, query).await;
        (found.len() >= count).then_some(found)
    })
    .await
}

async fn registered(stack: &Stack) -> String {
    let sample = sample_enterprise();
    stack.officer().await.put(&sample.path(), &sample.body).await.expect_status(201);
    sample.code
}

async fn every_look_up_is_noted(stack: &mut Stack) {
    let (officer, code) = (stack.officer().await, registered(stack).await);
    let known = officer.post("/credit/v1/facts", &fact(&code, "award")).await.expect_status(201).text_at("/id");
    let other = registered(stack).await;
    let head = stack.head().await;
    let document = stack.public().get("/openapi/credit.json").await.expect_status(200).json;
    let mut asked = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        if !path.contains("{uscc}") || path.matches('{').count() > 1 || operation["security"][0]["oauth2"].is_null() {
            continue;
        }
        officer.call("GET", &path.replace("{uscc}", &code)).header("X-Query-Purpose", "tender 2026-17").send().await;
        asked.push(operation["operationId"].as_str().unwrap().to_owned());
    }
    officer.call("GET", &format!("/credit/v1/facts/{known}")).header("X-Query-Purpose", "tender 2026-17").send().await.expect_status(200);
    asked.push("read_fact".to_owned());
    assert!(asked.len() >= 5, "{asked:?}");
    let found = noted(&officer, &format!("enterprise={code}"), asked.len()).await;
    for operation in &asked {
        let entry = found.iter().find(|entry| entry["operation"] == operation.as_str());
        let entry = entry.unwrap_or_else(|| panic!("{operation} read {code} and was not noted: {found:?}"));
        assert_eq!(entry["purpose"], "tender 2026-17");
        assert_eq!((&entry["role"], &entry["organisation"]), (&json!("authority"), &json!(stack.code("authority"))));
        assert_eq!(entry["client"], stack.credentials("authority").0.as_str());
        assert!(entry["trace_id"].as_str().is_some_and(|id| id.len() == 32), "{entry}");
    }
    let buyer = stack.buyer().await;
    let unknown = sample_enterprise().code;
    let refused = buyer.get(&format!("/credit/v1/enterprises/{unknown}/score")).await.expect_problem(404, "enterprise_unknown");
    let entry = noted(&officer, &format!("enterprise={unknown}"), 1).await.remove(0);
    assert_eq!((&entry["status"], &entry["trace_id"]), (&json!(404), refused.field("/trace_id")), "what was refused was asked for as well");
    // What names nobody, or is public, is noted by nobody.
    officer.get("/credit/v1/enterprises/garbage").await;
    let before = entries(&officer, &format!("client={}", stack.credentials("buyer").0)).await.len();
    buyer.get("/credit/v1/enterprises?q=%E7%A4%BA%E4%BE%8B").await.expect_status(200);
    let took = Instant::now();
    buyer.get(&format!("/credit/v1/enterprises/{code}/score")).await.expect_status(200);
    let by_buyer = noted(&officer, &format!("client={}&enterprise={code}", stack.credentials("buyer").0), 1).await;
    eprintln!("a look-up stands in the log {:?} after it was asked", took.elapsed());
    assert_eq!((by_buyer.len(), before), (1, 1));
    // Whoever is asked for among many is asked for as well.
    let many = json!({"enterprises": [code, other, "garbage"]});
    buyer.call("POST", "/credit/v1/scores/batch").json(&many).header("X-Query-Purpose", "bids of lot 3").send().await.expect_status(200);
    for one in [code.as_str(), other.as_str()] {
        let asked = format!("client={}&enterprise={one}", stack.credentials("buyer").0);
        let found = noted(&officer, &asked, if one == code { 2 } else { 1 }).await.remove(0);
        assert_eq!((&found["operation"], &found["purpose"]), (&json!("read_scores"), &json!("bids of lot 3")));
    }
    assert_eq!(stack.head().await, head, "the feed knows nothing of look-ups");
    questions(stack, &officer, &code).await;
}

async fn questions(stack: &Stack, officer: &Client, code: &str) {
    // Page by page it is the same list, newest first.
    let whole = entries(officer, &format!("enterprise={code}")).await;
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = officer.get(&format!("/credit/v1/query_log?enterprise={code}&limit=2{cursor}")).await.expect_status(200);
        pages.extend(page.field("/items").as_array().unwrap().clone());
        let Some(next) = page.field("/next_cursor").as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(pages, whole);
    let today = testkit::today().to_string();
    assert_eq!(entries(officer, &format!("enterprise={code}&from={today}")).await, whole);
    assert!(entries(officer, &format!("enterprise={code}&to=2020-01-01")).await.is_empty());
    for (query, pointer) in [
        ("enterprise=1", "?enterprise"),
        ("from=2026-13-01", "?from"),
        ("to=x", "?to"),
        ("limit=0", "?limit"),
        ("client=", "?client"),
        ("cursor=x", "?cursor"),
        ("who=me", "?who"),
    ] {
        let refused = officer.get(&format!("/credit/v1/query_log?{query}")).await.expect_status(400);
        assert_eq!(refused.field("/errors/0/pointer"), &json!(pointer), "{query}");
    }
    for role in ["enterprise", "buyer", "integrator", "association"] {
        stack.caller(role).await.get("/credit/v1/query_log").await.expect_problem(403, "not_your_organisation");
    }
    stack.scoped("authority", "credit:read").await.get("/credit/v1/query_log").await.expect_problem(403, "scope_missing");
}

async fn an_enterprise_sees_who_looked(stack: &mut Stack) {
    let (officer, buyer, own) = (stack.officer().await, stack.buyer().await, stack.code("enterprise"));
    officer.put(&format!("/credit/v1/enterprises/{own}"), &sample_enterprise().body).await.expect_status(201);
    let enterprise = stack.enterprise().await;
    for reader in [&buyer, &buyer, &officer, &enterprise] {
        reader.get(&format!("/credit/v1/enterprises/{own}/score")).await.expect_status(200);
    }
    noted(&officer, &format!("enterprise={own}"), 4).await;
    let path = format!("/credit/v1/enterprises/{own}/queries");
    let page = enterprise.get(&path).await.expect_status(200);
    let today = testkit::today().to_string();
    let expected = |role: &str, times: i64| json!({"on": today, "organisation": stack.code(role), "times": times});
    let mut found = page.field("/items").as_array().unwrap().clone();
    // Authorities read the log itself, and a reader of this list is a reader as well.
    found.sort_by_key(|item| item["times"].as_i64());
    assert_eq!(found, [expected("authority", 1), expected("buyer", 2)], "who and on which day; not why, and not oneself");
    let first = enterprise.get(&format!("{path}?limit=1")).await.expect_status(200);
    let next = first.text_at("/next_cursor");
    let second = enterprise.get(&format!("{path}?limit=1&cursor={next}")).await.expect_status(200);
    let both = [first.field("/items/0").clone(), second.field("/items/0").clone()];
    assert_eq!(both.as_slice(), page.field("/items").as_array().unwrap().as_slice());
    assert_eq!(second.field("/next_cursor"), &Value::Null);
    officer.get(&path).await.expect_status(200);
    buyer.get(&path).await.expect_problem(403, "not_your_organisation");
    for bad in ["x", "WyJhIl0"] {
        enterprise.get(&format!("{path}?cursor={bad}")).await.expect_problem(400, "bad_cursor");
    }
    let unknown = sample_enterprise().code;
    officer.get(&format!("/credit/v1/enterprises/{unknown}/queries")).await.expect_problem(404, "enterprise_unknown");
}

async fn a_stop_writes_what_memory_holds(stack: &mut Stack) {
    let code = registered(stack).await;
    let buyer = stack.buyer().await;
    for _ in 0..20 {
        buyer.get(&format!("/credit/v1/enterprises/{code}/facts")).await.expect_status(200);
    }
    let name = if stack.processes().len() == 1 { "touchstone" } else { "credit" };
    let process = stack.process(name);
    process.terminate();
    let status = process.ended(Duration::from_secs(15));
    assert!(status.is_some_and(|status| status.success()), "{name} ended with {status:?}");
    stack.restart(name);
    let officer = stack.officer().await;
    assert_eq!(entries(&officer, &format!("enterprise={code}")).await.len(), 20, "all that was answered is there at once");
}
