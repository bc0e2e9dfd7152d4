//! Idempotency: keys, and the own ids of who asserts a fact.

use serde_json::json;
use testkit::{Client, Reply, Stack, fact, sample_enterprise};

in_every_mode!(a_repeat_gets_the_first_answer);

async fn keyed(client: &Client, key: &str, body: &serde_json::Value) -> Reply {
    client.call("POST", "/credit/v1/facts").header("Idempotency-Key", key).json(body).send().await
}

async fn count(client: &Client, code: &str) -> usize {
    let reply = client.get(&format!("/credit/v1/enterprises/{code}/facts?limit=500")).await.expect_status(200);
    reply.field("/items").as_array().unwrap().len()
}

async fn a_repeat_gets_the_first_answer(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let code = sample.code.as_str();

    let body = fact(code, "award");
    let first = keyed(&officer, "one", &body).await.expect_status(201);
    let again = keyed(&officer, "one", &body).await.expect_status(201);
    assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")), "byte for byte");
    let head = stack.head().await;
    keyed(&officer, "one", &fact(code, "licence")).await.expect_problem(409, "idempotency_conflict");
    // A key belongs to the client: another's is another key.
    let association = stack.caller("association").await;
    let other = keyed(&association, "one", &body).await.expect_status(201);
    assert_ne!(other.text_at("/id"), first.text_at("/id"));
    assert_eq!(count(&officer, code).await, 2);
    assert!(stack.head().await > head);

    // A refusal is not kept: the same key works once the request is right.
    let mut bad = fact(code, "licence");
    bad["detail"]["number"] = json!("");
    keyed(&officer, "two", &bad).await.expect_status(422);
    keyed(&officer, "two", &fact(code, "licence")).await.expect_status(201);
    for key in ["", "with blank", "ключ", &"k".repeat(256)] {
        keyed(&officer, key, &body).await.expect_problem(400, "bad_header");
    }
    keyed(&officer, &"k".repeat(255), &fact(code, "commitment")).await.expect_status(201);
    let before = count(&officer, code).await;

    // Sixteen at once: one effect, sixteen equal answers.
    let mut calls = Vec::new();
    for _ in 0..16 {
        let (officer, body) = (officer.clone(), fact(code, "certificate"));
        calls.push(tokio::spawn(async move { keyed(&officer, "sixteen", &body).await.expect_status(201).text }));
    }
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(count(&officer, code).await, before + 1);

    own_ids(&officer, &association, code).await;
    decisions(stack, code).await;
}

async fn own_ids(officer: &Client, association: &Client, code: &str) {
    let mut body = fact(code, "award");
    body["external_id"] = json!("示例-2026-0001");
    let first = officer.post("/credit/v1/facts", &body).await.expect_status(201);
    let same = officer.post("/credit/v1/facts", &body).await.expect_status(200);
    assert_eq!(same.json, first.json, "the stored fact");
    let mut other = body.clone();
    other["detail"]["title"] = json!("另一个");
    let refused = officer.post("/credit/v1/facts", &other).await.expect_problem(409, "duplicate");
    assert_eq!(refused.field("/fact"), first.field("/id"));
    // The id is unique per asserting organisation.
    association.post("/credit/v1/facts", &body).await.expect_status(201);

    let before = count(officer, code).await;
    body["external_id"] = json!("示例-2026-0002");
    let mut calls = Vec::new();
    for _ in 0..16 {
        let (officer, body) = (officer.clone(), body.clone());
        calls.push(tokio::spawn(async move { officer.post("/credit/v1/facts", &body).await }));
    }
    let (mut statuses, mut ids) = (Vec::new(), Vec::new());
    for call in calls {
        let reply = call.await.unwrap();
        statuses.push(reply.status);
        ids.push(reply.text_at("/id"));
    }
    statuses.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), statuses[14], statuses[15]), (1, 200, 201), "{statuses:?}");
    assert_eq!(count(officer, code).await, before + 1);
}

async fn decisions(stack: &Stack, code: &str) {
    let buyer = stack.buyer().await;
    let body = json!({"supplier": code, "sign": true});
    let ask = |body: serde_json::Value| {
        let call = buyer.call("POST", "/procurement/v1/decisions").header("Idempotency-Key", "decide");
        async move { call.json(&body).send().await }
    };
    let first = ask(body.clone()).await.expect_status(201);
    // The enterprise changes in between; the answer does not.
    stack.officer().await.post("/credit/v1/facts", &fact(code, "serious_violation_listing")).await.expect_status(201);
    let again = ask(body).await.expect_status(201);
    assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
    ask(json!({"supplier": code})).await.expect_problem(409, "idempotency_conflict");
}
