//! Many suppliers in one question, and suppliers that nobody knows.

use serde_json::{Value, json};
use testkit::{Stack, decided_at, fact, next_code, sample_enterprise};

in_every_mode!(a_batch_is_answered_in_order);

async fn a_batch_is_answered_in_order(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let good = sample_enterprise();
    let listed = sample_enterprise();
    for sample in [&good, &listed] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
    }
    officer.post("/credit/v1/facts", &fact(&listed.code, "serious_violation_listing")).await.expect_status(201);
    let single = decided_at(&buyer, &json!({"supplier": good.code, "as_of": "2026-06-01"}), stack.head().await).await;

    let unknown = next_code();
    let suppliers = json!([good.code, "914404001000000591", listed.code, unknown, "", good.code.to_lowercase()]);
    let path = "/procurement/v1/decisions/batch";
    let reply = buyer.post(path, &json!({"suppliers": suppliers, "as_of": "2026-06-01"})).await.expect_status(200);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    let lines = reply.lines();
    let statuses: Vec<_> = lines.iter().map(|line| (line["index"].as_u64().unwrap(), line["status"].as_u64().unwrap())).collect();
    assert_eq!(statuses, [(0, 200), (1, 422), (2, 200), (3, 404), (4, 422), (5, 200)]);
    assert_eq!(lines[1]["problem"]["code"], "uscc_check_character");
    assert_eq!(lines[3]["problem"]["code"], "enterprise_unknown");
    assert_eq!((&lines[0]["body"]["outcome"], &lines[2]["body"]["outcome"]), (&json!("eligible"), &json!("ineligible")), "{}", lines[0]);
    for same in ["criteria", "preferences", "conditions", "reasons", "facts_digest", "ruleset", "evaluator"] {
        assert_eq!(lines[0]["body"][same], single[same], "{same}: many are judged as one is");
    }
    assert_eq!(lines[5]["body"]["supplier"], json!(good.code));

    let failed = buyer.post(path, &json!({"suppliers": [good.code, listed.code], "as_of": "2026-06-01", "explain": "failed"})).await;
    let failed = failed.expect_status(200).lines();
    assert!(failed[0]["body"]["criteria"].as_array().unwrap().iter().all(|finding| finding["result"] != "pass"), "{}", failed[0]);
    assert!(failed[1]["body"]["criteria"].as_array().unwrap().iter().any(|finding| finding["result"] == "fail"), "{}", failed[1]);

    let many: Vec<&str> = [good.code.as_str(), unknown.as_str()].into_iter().cycle().take(2000).collect();
    let lines = buyer.post(path, &json!({"suppliers": many, "explain": "failed"})).await.expect_status(200).lines();
    assert_eq!(lines.len(), 2000);
    assert!(
        lines.iter().enumerate().all(|(index, line)| line["index"] == index && line["status"] == if index % 2 == 0 { 200 } else { 404 })
    );
    let too_many: Vec<&str> = std::iter::repeat_n(good.code.as_str(), 10_001).collect();
    buyer.post(path, &json!({"suppliers": too_many})).await.expect_problem(413, "batch_too_large");
    let none = buyer.post(path, &json!({"suppliers": Vec::<Value>::new()})).await.expect_status(422);
    assert_eq!(none.faults()[0].0, "/suppliers");
    buyer.post(path, &json!({"suppliers": [1]})).await.expect_problem(400, "wrong_type");

    // Unknown is an error, never clean.
    let question = json!({"supplier": unknown});
    buyer.post("/procurement/v1/decisions", &question).await.expect_problem(404, "enterprise_unknown");
    buyer.get("/procurement/v1/decisions/dec_01JD0000000000000000000000").await.expect_problem(404, "not_found");
    let late = sample_enterprise();
    officer.put(&late.path(), &late.body).await.expect_status(201);
    // One registered a moment ago is waited for.
    buyer.post("/procurement/v1/decisions", &json!({"supplier": late.code})).await.expect_status(201);
}
