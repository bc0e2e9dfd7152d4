//! Two time axes: a fact is never edited; what held and what was known can both be asked for afterwards.

use serde_json::{Value, json};
use testkit::{Client, Stack, decided_at, fact, sample_enterprise};

in_every_mode!(corrections_leave_both_versions_readable);

async fn ids(reader: &Client, code: &str, query: &str) -> Vec<String> {
    let reply = reader.get(&format!("/credit/v1/enterprises/{code}/facts?{query}")).await.expect_status(200);
    reply.field("/items").as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn instant(value: &Value) -> String {
    value.as_str().unwrap().replace('+', "%2B")
}

async fn outcome(stack: &Stack, code: &str) -> String {
    let (buyer, head) = (stack.buyer().await, stack.head().await);
    let question = json!({"supplier": code, "as_of": "2026-06-01"});
    decided_at(&buyer, &question, head).await["outcome"].as_str().unwrap().to_owned()
}

async fn corrections_leave_both_versions_readable(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let code = sample.code.as_str();
    officer.post("/credit/v1/facts", &fact(code, "licence")).await.expect_status(201);
    assert_eq!(outcome(stack, code).await, "eligible");

    let mut ban = fact(code, "procurement_ban");
    ban["valid_to"] = json!("2027-05-10");
    let wrong = officer.post("/credit/v1/facts", &ban).await.expect_status(201);
    let wrong_id = wrong.text_at("/id");
    assert_eq!(outcome(stack, code).await, "ineligible");

    // The ban had ended before the cut-off: the correction opens the door again.
    ban["valid_to"] = json!("2026-05-20");
    let correction = json!({"fact": ban, "reason": "期限录入有误"});
    let other = json!({"fact": fact(code, "award"), "reason": "示例"});
    let refused = officer.post(&format!("/credit/v1/facts/{wrong_id}/supersede"), &other).await.expect_problem(422, "kind_differs");
    assert_eq!(refused.faults()[0].0, "/fact/kind");
    let mut elsewhere = fact(code, "rectification");
    elsewhere["detail"]["of_fact"] = json!("fct_01JD0000000000000000000000");
    let refused = officer.post("/credit/v1/facts", &elsewhere).await.expect_problem(422, "fact_not_there");
    assert_eq!(refused.faults()[0].0, "/detail/of_fact");
    let right = officer.post(&format!("/credit/v1/facts/{wrong_id}/supersede"), &correction).await.expect_status(201);
    let right_id = right.text_at("/id");
    assert_eq!(right.field("/supersedes"), &json!(wrong_id));
    assert_eq!(outcome(stack, code).await, "eligible");

    let between = instant(wrong.field("/recorded_at"));
    let kind = "kind=procurement_ban";
    assert_eq!(ids(&officer, code, kind).await, [right_id.as_str()]);
    assert_eq!(ids(&officer, code, &format!("{kind}&known_at={between}")).await, [wrong_id.as_str()]);
    assert_eq!(ids(&officer, code, &format!("{kind}&as_of=2026-05-20")).await, [right_id.as_str()], "the last day is inclusive");
    assert!(ids(&officer, code, &format!("{kind}&as_of=2026-05-21")).await.is_empty());
    assert_eq!(ids(&officer, code, &format!("{kind}&as_of=2026-06-01&known_at={between}")).await, [wrong_id.as_str()]);
    assert!(ids(&officer, code, &format!("{kind}&as_of=2026-05-10")).await.is_empty());
    let old = officer.get(&format!("/credit/v1/facts/{wrong_id}")).await.expect_status(200);
    assert_eq!((old.field("/state"), old.field("/superseded_by")), (&json!("superseded"), &json!(right_id)));
    assert_eq!(old.field("/superseded_at"), right.field("/recorded_at"), "one ends as the other begins");

    let again = officer.post(&format!("/credit/v1/facts/{wrong_id}/supersede"), &correction).await;
    let again = again.expect_problem(409, "illegal_transition");
    assert_eq!(again.field("/allowed"), &json!([]));

    annulled(stack, &officer, code, (&right_id, &between)).await;
}

async fn annulled(stack: &Stack, officer: &Client, code: &str, (ban, between): (&str, &str)) {
    let listing = officer.post("/credit/v1/facts", &fact(code, "serious_violation_listing")).await.expect_status(201);
    assert_eq!(outcome(stack, code).await, "ineligible");
    let path = format!("/credit/v1/facts/{}/annul", listing.text_at("/id"));
    let ended = officer.post(&path, &json!({"reason": "决定已被法院撤销"})).await.expect_status(200);
    assert_eq!(ended.field("/state"), &json!("annulled"));
    assert_eq!(outcome(stack, code).await, "eligible");
    officer.post(&path, &json!({"reason": "再次"})).await.expect_problem(409, "illegal_transition");

    let known = instant(listing.field("/recorded_at"));
    assert_eq!(ids(officer, code, &format!("kind=serious_violation_listing&known_at={known}")).await, [listing.text_at("/id")]);
    assert!(ids(officer, code, "kind=serious_violation_listing").await.is_empty());
    let score = |query: String| async move {
        officer.get(&format!("/credit/v1/enterprises/{code}/score?as_of=2026-06-01{query}")).await.expect_status(200)
    };
    let (now, then) = (score(String::new()).await, score(format!("&known_at={known}")).await);
    assert_eq!(now.field("/vetoes"), &json!([]));
    assert_ne!(then.field("/vetoes"), &json!([]), "what was known then is judged then: {}", then.text);
    assert_eq!(score(format!("&known_at={known}")).await.field("/families"), then.field("/families"));

    let stranger = stack.caller("association").await;
    let refused = stranger.post(&format!("/credit/v1/facts/{ban}/annul"), &json!({"reason": "与己无关"})).await;
    refused.expect_problem(403, "not_your_fact");
    assert_eq!(ids(officer, code, &format!("kind=procurement_ban&known_at={between}")).await.len(), 1);
}
