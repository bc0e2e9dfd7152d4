//! The internal risk class: found from the facts of a day, for authorities alone, told when it changes.

use serde_json::{Value, json};
use testkit::{Client, Sample, Stack, fact, sample_enterprise};

on_both_databases!(a_class_follows_from_the_facts);
on_both_databases!(a_class_is_for_authorities_alone);

async fn register(officer: &Client) -> Sample {
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    sample
}

async fn class(officer: &Client, sample: &Sample, on: &str) -> (String, Value) {
    let reply = officer.get(&format!("{}/risk?as_of={on}", sample.path())).await.expect_status(200);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    (reply.text_at("/risk_class"), reply.json)
}

async fn told(officer: &Client, code: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = officer.get(&format!("/credit/v1/events?after={after}&limit=500")).await.expect_status(200);
        let items = page.field("/items").as_array().unwrap().clone();
        let own = items.iter().filter(|event| event["type"] == "touchstone.credit.risk.classified.v1" && event["subject"] == code);
        found.extend(own.map(|event| event["data"]["risk_class"].as_str().unwrap().to_owned()));
        if items.is_empty() {
            return found;
        }
        after = page.field("/next").as_i64().unwrap();
    }
}

async fn a_class_follows_from_the_facts(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = register(&officer).await;
    assert_eq!(class(&officer, &sample, "2026-06-01").await.0, "B", "nothing is known");
    let post = |body: Value| {
        let officer = officer.clone();
        async move { officer.post("/credit/v1/facts", &body).await.expect_status(201).text_at("/id") }
    };
    // Abnormal list: C at least; serious list: D; both with the fact behind them.
    post(fact(&sample.code, "abnormal_operation_listing")).await;
    assert_eq!(class(&officer, &sample, "2026-06-01").await.0, "C");
    let mut listing = fact(&sample.code, "serious_violation_listing");
    listing["valid_to"] = json!("2029-05-10");
    let listed = post(listing).await;
    let (found, view) = class(&officer, &sample, "2026-06-01").await;
    assert_eq!(found, "D");
    assert!(view["forced"].as_array().unwrap().iter().any(|forced| forced["fact_ids"] == json!([listed])), "{view}");
    assert_eq!(
        view["effect"],
        json!({"drawn": {"numerator": 10, "denominator": 100}, "frequency": {"numerator": 4, "denominator": 1}, "on_site": true})
    );
    assert_eq!(class(&officer, &sample, "2026-05-10").await.0, "B", "the day before");
    assert_eq!(class(&officer, &sample, "2029-05-11").await.0, "C", "three years later the listing has ended");
    assert_eq!(told(&officer, &sample.code).await, ["C", "D"], "told when it changes, and only then");
    officer.post(&format!("/credit/v1/facts/{listed}/annul"), &json!({"reason": "示例"})).await.expect_status(200);
    assert_eq!(told(&officer, &sample.code).await, ["C", "D", "C"]);

    let penalised = register(&officer).await;
    for number in 0..2 {
        let mut penalty = fact(&penalised.code, "penalty");
        penalty["external_id"] = json!(format!("示例-{number}"));
        penalty["degree"] = json!("serious");
        post(penalty).await;
    }
    let (found, view) = class(&officer, &penalised, "2026-06-01").await;
    assert_eq!((found.as_str(), &view["points"]), ("D", &json!(800)), "{view}");
    assert_eq!((&view["findings"][0]["code"], view["findings"][0]["fact_ids"].as_array().unwrap().len()), (&json!("penalty"), 2));
    let zh = officer.call("GET", &format!("{}/risk", penalised.path())).header("Accept-Language", "zh").send().await.expect_status(200);
    assert!(zh.text_at("/meaning").contains("严格监管"));

    for (query, expected) in [("class=D&division=4403", true), ("class=D", true), ("class=A", false), ("class=D&division=4404", false)] {
        let (mut codes, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = officer.get(&format!("/credit/v1/risks?{query}&limit=1{cursor}")).await.expect_status(200);
            codes.extend(page.field("/items").as_array().unwrap().iter().map(|item| item["enterprise"].as_str().unwrap().to_owned()));
            match page.field("/next_cursor").as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(codes.contains(&penalised.code), expected, "{query}: {codes:?}");
    }
    let unknown = sample_enterprise();
    officer.get(&format!("{}/risk", unknown.path())).await.expect_problem(404, "enterprise_unknown");
    officer.get(&format!("{}/risk?as_of=nonsense&colour=red", sample.path())).await.expect_problem(400, "bad_parameter");
    officer.get(&format!("{}/risk?as_of=2022-01-12", sample.path())).await.expect_problem(400, "bad_parameter");
    officer.get("/credit/v1/enterprises/914404001000000591/risk").await.expect_problem(422, "uscc_check_character");
    officer.get("/credit/v1/risks?class=E&division=x&limit=0").await.expect_problem(400, "bad_parameter");
}

async fn a_class_is_for_authorities_alone(stack: &mut Stack) {
    let officer = stack.officer().await;
    let (known, unknown) = (register(&officer).await, sample_enterprise());
    officer.post("/credit/v1/facts", &fact(&known.code, "serious_violation_listing")).await.expect_status(201);
    for (role, _) in testkit::ROLES.into_iter().filter(|(role, _)| *role != "authority") {
        // The scope alone opens nothing, and what exists is answered as what does not.
        let caller = stack.caller(role).await;
        let mut answers = Vec::new();
        for sample in [&known, &unknown] {
            let reply = caller.get(&format!("{}/risk", sample.path())).await.expect_problem(404, "not_found");
            answers.push((reply.text_at("/detail"), reply.text_at("/title")));
        }
        assert_eq!(answers[0], answers[1], "{role}");
        caller.get("/credit/v1/risks").await.expect_problem(404, "not_found");
    }
    let without = stack.scoped("authority", "credit:read").await;
    without.get(&format!("{}/risk", known.path())).await.expect_problem(403, "scope_missing");
    stack.public().get(&format!("{}/risk", known.path())).await.expect_problem(401, "token_missing");
}
