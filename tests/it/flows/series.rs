//! How a score moved and why, page by page, and the scores of many at once.

use serde_json::{Value, json};
use testkit::{Stack, fact, next_code, sample_enterprise};

on_both_databases!(a_series_names_the_cause_of_each_change);
on_both_databases!(scores_are_read_in_batches);

async fn a_series_names_the_cause_of_each_change(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let series = format!("{}/score/series", sample.path());
    let mut failed = fact(&sample.code, "spot_check");
    failed["detail"] = json!({"result": "fail"});
    failed["degree"] = json!("serious");
    let id = officer.post("/credit/v1/facts", &failed).await.expect_status(201).text_at("/id");
    let day = failed["decided_on"].as_str().or(failed["valid_from"].as_str()).unwrap().to_owned();

    let all = officer.get(&format!("{series}?limit=500")).await.expect_status(200);
    let items = all.field("/items").as_array().unwrap();
    assert_eq!(items[0]["causes"], json!([{"type": "months_full"}]), "{}", all.text);
    assert_eq!((&items[0]["from"]["grade"], &items[0]["to"]["score"]), (&json!("unrated"), &json!(767)));
    let begins = items.iter().find(|item| item["on"] == json!(day)).unwrap();
    assert_eq!(begins["causes"], json!([{"type": "fact_begins", "fact_id": id}]), "{begins}");
    assert_eq!(begins["indicators"], json!([{"code": "spot_check_failures", "from": 50, "to": 0}]));
    assert!(items.iter().any(|item| item["causes"] == json!([{"type": "weight_decays", "fact_id": id}])), "{}", all.text);
    assert!(items.windows(2).all(|pair| pair[0]["on"].as_str() < pair[1]["on"].as_str() && pair[0]["to"] == pair[1]["from"]));

    let mut paged: Vec<Value> = Vec::new();
    let mut next = Some(format!("{series}?limit=2"));
    while let Some(path) = next.take() {
        let page = officer.get(&path).await.expect_status(200);
        paged.extend(page.field("/items").as_array().unwrap().iter().cloned());
        next = page.field("/next_cursor").as_str().map(|cursor| format!("{series}?limit=2&cursor={cursor}"));
    }
    assert_eq!(&paged, items, "pages hold everything once");
    let one = officer.get(&format!("{series}?from={day}&to={day}")).await.expect_status(200);
    assert_eq!(one.field("/items"), &json!([begins]));
    officer.call("POST", &format!("/credit/v1/facts/{id}/annul")).json(&json!({"reason": "示例"})).send().await.expect_status(200);
    let after = officer.get(&format!("{series}?from={day}&to={day}")).await.expect_status(200);
    assert_eq!(after.field("/items"), &json!([]), "by what is known now it never was");
    for bad in ["from=2026-13-01", "from=2026-02-01&to=2026-01-01", "limit=0", "colour=red", "known_at=x"] {
        officer.get(&format!("{series}?{bad}")).await.expect_problem(400, "bad_parameter");
    }
    officer.get(&format!("{series}?cursor=x")).await.expect_problem(400, "bad_cursor");
    officer.get(&format!("/credit/v1/enterprises/{}/score/series", next_code())).await.expect_problem(404, "enterprise_unknown");
}

async fn scores_are_read_in_batches(stack: &mut Stack) {
    let officer = stack.officer().await;
    let (one, other) = (sample_enterprise(), sample_enterprise());
    for sample in [&one, &other] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    officer.post("/credit/v1/facts", &fact(&other.code, "serious_violation_listing")).await.expect_status(201);
    let unknown = next_code();
    let asked = json!({"enterprises": [other.code, "914404001000000591", unknown, one.code, other.code], "as_of": "2026-08-01"});
    let reply = officer.post("/credit/v1/scores/batch", &asked).await.expect_status(200);
    let items = reply.field("/items").as_array().unwrap();
    let statuses: Vec<&Value> = items.iter().map(|item| &item["status"]).collect();
    assert_eq!(statuses, [200, 422, 404, 200, 200], "{}", reply.text);
    for (place, sample) in [(0, &other), (3, &one), (4, &other)] {
        let single = officer.get(&format!("{}/score?as_of=2026-08-01", sample.path())).await.expect_status(200);
        for field in ["score", "grade", "model", "enterprise"] {
            assert_eq!(items[place]["body"][field], single.json[field], "{field}");
        }
    }
    assert_eq!(
        (&items[1]["problem"]["code"], &items[2]["problem"]["code"]),
        (&json!("uscc_check_character"), &json!("enterprise_unknown"))
    );
    let before = json!({"enterprises": [one.code], "known_at": "2020-01-01T00:00:00+08:00"});
    let reply = officer.post("/credit/v1/scores/batch", &before).await.expect_status(200);
    assert_eq!(reply.field("/items/0/status"), &json!(404), "it was not known then");
    let many: Vec<&String> = std::iter::repeat_n(&one.code, 1_001).collect();
    officer.post("/credit/v1/scores/batch", &json!({"enterprises": many})).await.expect_problem(413, "batch_too_large");
    officer.post("/credit/v1/scores/batch", &json!({"enterprises": [], "as_of": "2026-02-30"})).await.expect_problem(422, "date_invalid");
    officer.post("/credit/v1/scores/batch", &json!({"enterprises": "x"})).await.expect_status(400);
}
