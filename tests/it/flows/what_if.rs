//! What would be if: changes, and the smallest ways to a grade; nothing is stored.

use serde_json::{Value, json};
use testkit::{Stack, fact, next_code, sample_enterprise};

on_both_databases!(what_would_be_is_told_and_not_stored);

async fn what_would_be_is_told_and_not_stored(stack: &mut Stack) {
    let officer = stack.officer().await;
    let buyer = stack.buyer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let mut failed = fact(&sample.code, "spot_check");
    failed["detail"] = json!({"result": "fail"});
    let id = officer.post("/credit/v1/facts", &failed).await.expect_status(201).text_at("/id");
    let (place, head) = (format!("{}/score/what_if", sample.path()), stack.head().await);
    let as_of = "2026-06-01";

    let now = officer.get(&format!("{}/score?as_of={as_of}", sample.path())).await.expect_status(200);
    let nothing = buyer.post(&place, &json!({"as_of": as_of, "changes": []})).await.expect_status(200);
    assert_eq!((nothing.field("/score"), nothing.field("/indicators")), (now.field("/score"), &json!([])), "{}", nothing.text);
    for field in ["score", "grade", "families", "vetoes", "reasons", "model", "watermark"] {
        assert_eq!(nothing.json["after"][field], now.json[field], "{field}");
    }
    let changes = json!([
        {"type": "end_fact", "fact_id": id, "on": "2026-05-19"},
        {"type": "add_fact", "fact": {"kind": "insurance_cover", "valid_from": "2026-05-20", "detail": {"amount": {"amount": "100.00", "currency": "CNY"}}}},
    ]);
    let after = buyer.post(&place, &json!({"as_of": as_of, "changes": changes})).await.expect_status(200);
    let moved: Vec<&Value> = after.field("/indicators").as_array().unwrap().iter().map(|delta| &delta["code"]).collect();
    assert_eq!(moved, ["spot_check_failures", "insurance"], "{}", after.text);
    assert_eq!(after.field("/after/score"), &json!(742 + 25 + 24));

    let ways = buyer.post(&place, &json!({"as_of": as_of, "target_grade": "AA"})).await.expect_status(200);
    let found = ways.field("/ways").as_array().unwrap();
    assert!(!found.is_empty(), "{}", ways.text);
    let sizes: Vec<usize> = found.iter().map(|way| way["changes"].as_array().unwrap().len()).filter(|size| *size > 0).collect();
    assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "only the smallest: {}", ways.text);
    for change in found.iter().flat_map(|way| way["changes"].as_array().unwrap()) {
        assert!(change["earliest"].as_str().unwrap() >= as_of && change["text"].is_string(), "{change}");
    }
    let zh = buyer.call("POST", &place).header("Accept-Language", "zh").json(&json!({"as_of": as_of, "target_grade": "AA"})).send().await;
    assert_ne!(zh.text, ways.text, "in the caller's language");
    let reached = buyer.post(&place, &json!({"as_of": as_of, "target_grade": "A"})).await.expect_status(200);
    assert_eq!(reached.field("/ways"), &json!([{"on": as_of, "changes": []}]));
    let too_soon = buyer.post(&place, &json!({"as_of": as_of, "target_grade": "AA", "by": as_of})).await.expect_status(200);
    assert_eq!(too_soon.field("/ways"), &json!([]));

    refusals(stack, &place, &id).await;
    let again = officer.get(&format!("{}/score?as_of={as_of}", sample.path())).await.expect_status(200);
    assert_eq!((again.field("/score"), stack.head().await), (now.field("/score"), head), "nothing is stored and nothing is told");
}

async fn refusals(stack: &Stack, place: &str, id: &str) {
    let buyer = stack.buyer().await;
    for body in [json!({}), json!({"changes": [], "target_grade": "A"}), json!({"changes": [], "by": "2099-01-01"})] {
        buyer.post(place, &body).await.expect_problem(422, "one_of_two");
    }
    buyer.post(place, &json!({"target_grade": "unrated"})).await.expect_problem(422, "target_unrated");
    buyer.post(place, &json!({"as_of": "2026-06-01", "target_grade": "A", "by": "2026-05-31"})).await.expect_problem(422, "date_order");
    let bad = json!({"changes": [
        {"type": "end_fact", "fact_id": "fct_01JD0000000000000000000000", "on": "2026-06-01"},
        {"type": "settle_complaint", "fact_id": id, "on": "2026-06-01", "on_time": true},
        {"type": "end_fact", "fact_id": id, "on": "2026-02-30"},
        {"type": "add_fact", "fact": {"kind": "penalty", "decided_on": "2026-05-01", "detail": {"types": []}}},
        {"type": "repair_fact", "fact_id": id, "on": "2026-06-01"},
    ]});
    let faults = buyer.post(place, &bad).await.expect_status(422).faults();
    for (pointer, code) in [
        ("/changes/0/fact_id", "fact_not_there"),
        ("/changes/1/fact_id", "change_does_not_fit"),
        ("/changes/2/on", "date_invalid"),
        ("/changes/3/fact/detail/types", "penalty_without_type"),
        ("/changes/4/fact_id", "change_does_not_fit"),
    ] {
        assert!(faults.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} is missing in {faults:?}");
    }
    let many: Vec<Value> = (0..51).map(|_| json!({"type": "end_fact", "fact_id": id, "on": "2026-06-01"})).collect();
    buyer.post(place, &json!({"changes": many})).await.expect_problem(422, "too_many_items");
    buyer.post(place, &json!({"changes": [{"type": "explode"}]})).await.expect_status(400);
    let unknown = format!("/credit/v1/enterprises/{}/score/what_if", next_code());
    buyer.post(&unknown, &json!({"changes": []})).await.expect_problem(404, "enterprise_unknown");
}
