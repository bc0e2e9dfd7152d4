//! What is marked on a fact moves what follows from it, and the past stays as it was.

use serde_json::json;
use testkit::{Stack, fact, sample_enterprise};

on_both_databases!(a_fact_is_public_by_the_regime_of_its_decision);
on_both_databases!(a_stay_takes_the_weight_for_a_time);

async fn a_fact_is_public_by_the_regime_of_its_decision(stack: &mut Stack) {
    let officer = stack.officer().await;
    let enterprise = sample_enterprise();
    officer.put(&enterprise.path(), &enterprise.body).await.expect_status(201);
    // NDRC Order 58 until 31 March 2026, Order 36 from 1 April 2026 (domain 3.5).
    for (decided, least, until) in [("2026-03-31", "2026-06-30", "2029-03-31"), ("2026-04-01", "2026-07-01", "2027-04-01")] {
        let mut body = fact(&enterprise.code, "penalty");
        body["detail"]["types"] = json!(["fine"]);
        body["decided_on"] = json!(decided);
        body["valid_from"] = json!(decided);
        let made = officer.post("/credit/v1/facts", &body).await.expect_status(201);
        let window = made.field("/publicity/0");
        assert_eq!((&window["portal"], &window["least_until"], &window["until"]), (&json!("credit_china"), &json!(least), &json!(until)));
        assert_eq!(made.field("/publicity/1/portal"), "samr");
    }
    let list = |day: &str| format!("{}/facts?kind=penalty&as_of={day}", enterprise.path());
    let states = |reply: &testkit::Reply| -> Vec<String> {
        reply.field("/items").as_array().unwrap().iter().map(|item| item["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&officer.get(&list("2027-04-01")).await.expect_status(200)), ["asserted", "asserted"]);
    assert_eq!(states(&officer.get(&list("2027-04-02")).await.expect_status(200)), ["asserted", "expired"], "hidden, not deleted");
    // What is public no longer has no weight.
    let lost = async |day: &str| {
        let score = officer.get(&format!("{}/score?as_of={day}", enterprise.path())).await.expect_status(200);
        let indicators = score.field("/families/0/indicators").as_array().unwrap().clone();
        indicators.iter().find(|one| one["fact_ids"].as_array().is_some_and(|ids| !ids.is_empty())).map(|one| one["fact_ids"].clone())
    };
    assert_eq!(lost("2027-04-01").await.map(|ids| ids.as_array().unwrap().len()), Some(2));
    assert_eq!(lost("2027-04-02").await.map(|ids| ids.as_array().unwrap().len()), Some(1));
    assert_eq!(lost("2029-04-01").await, None);
}

async fn a_stay_takes_the_weight_for_a_time(stack: &mut Stack) {
    let officer = stack.officer().await;
    let enterprise = sample_enterprise();
    officer.put(&enterprise.path(), &enterprise.body).await.expect_status(201);
    let mut body = fact(&enterprise.code, "penalty");
    body["detail"]["types"] = json!(["fine"]);
    let made = officer.post("/credit/v1/facts", &body).await.expect_status(201);
    let path = format!("/credit/v1/facts/{}", made.text_at("/id"));
    let score = async |day: &str, known_at: &str| {
        let known_at = if known_at.is_empty() { String::new() } else { format!("&known_at={}", known_at.replace('+', "%2B")) };
        let found = officer.get(&format!("{}/score?as_of={day}{known_at}", enterprise.path())).await.expect_status(200);
        (found.field("/score").as_i64().unwrap(), found.text_at("/known_at"))
    };
    let (with, before) = score("2026-06-15", "").await;
    officer.post(&format!("{path}/resume"), &json!({})).await.expect_problem(409, "illegal_transition");
    let stay = json!({"document_no": "示例府行复〔2026〕1号", "on": "2026-06-01"});
    let stayed = officer.post(&format!("{path}/stay"), &stay).await.expect_status(200);
    assert_eq!((stayed.field("/state"), stayed.field("/marks/0/kind")), (&json!("stayed"), &json!("stayed")));
    officer.post(&format!("{path}/stay"), &stay).await.expect_problem(409, "illegal_transition");
    let (without, _) = score("2026-06-15", "").await;
    assert!(without > with, "{without} {with}");
    assert_eq!(score("2026-06-15", &before).await.0, with, "what was known then is answered as it was");
    let early = officer.post(&format!("{path}/resume"), &json!({"on": "2026-05-31"})).await.expect_problem(422, "date_order");
    assert_eq!((early.faults()[0].0.as_str(), early.field("/not_before")), ("/on", &json!("2026-06-01")));
    officer.post(&format!("{path}/resume"), &json!({"on": "2026-07-01"})).await.expect_status(200);
    assert_eq!(score("2026-06-30", "").await.0, without);
    assert!(score("2026-07-01", "").await.0 < without);
    // A correction carries the mark.
    body["source"]["document_no"] = json!("示例〔2026〕2号");
    let corrected = officer.post(&format!("{path}/supersede"), &json!({"fact": body, "reason": "示例"})).await.expect_status(201);
    assert_eq!(corrected.field("/marks/0/to"), &json!("2026-06-30"));
    assert_eq!(score("2026-06-30", "").await.0, without);
    let bad = officer.post(&format!("{path}/stay"), &json!({"document_no": "", "on": "2126-01-01"})).await.expect_problem(422, "invalid");
    assert_eq!(bad.faults().len(), 2);
    let enterprise = stack.enterprise().await;
    let next = format!("/credit/v1/facts/{}/stay", corrected.text_at("/id"));
    enterprise.post(&next, &stay).await.expect_problem(403, "not_your_fact");
}
