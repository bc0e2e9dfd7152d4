//! Many at once: files of enterprises, batches of facts; one bad item never fails the rest, and every bad one is named.

use serde_json::{Value, json};
use testkit::{Client, Stack, fact, next_code, sample_enterprise};

on_both_databases!(files_are_imported_row_by_row);
on_both_databases!(batches_answer_in_order);

async fn import(officer: &Client, kind: &str, body: impl Into<Vec<u8>>) -> (Vec<Value>, Value) {
    let reply = officer.call("POST", "/credit/v1/enterprises/import").body(kind, body).send().await.expect_status(200);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    let mut lines = reply.lines();
    let summary = lines.pop().unwrap()["summary"].clone();
    (lines, summary)
}

fn pointers(line: &Value) -> Vec<&str> {
    let errors = line["problem"]["errors"].as_array().into_iter().flatten();
    let mut pointers: Vec<&str> = errors.map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    pointers
}

async fn files_are_imported_row_by_row(stack: &mut Stack) {
    let officer = stack.officer().await;
    let codes: Vec<String> = (0..4).map(|_| next_code()).collect();
    let csv = format!(
        "\u{feff}uscc,name,former_names,division,status,established_on\r\n\
         {},示例甲有限公司,示例旧甲@2019-03-01|示例更旧甲,440305,active,1999-02-11\r\n\
         914404001000000591,示例乙有限公司,,440305,active,1999-02-11\r\n\
         {},\"示例,丙\"\"有限公司\",,440305,active,1999-02-11\r\n\
         {},,,44,gone,2199-02-11\r\n\
         {},少一列,440305,active,1999-02-11\r\n",
        codes[0], codes[1], codes[2], codes[3]
    );
    let (refused, summary) = import(&officer, "text/csv", csv.clone()).await;
    assert_eq!(summary, json!({"rows": 5, "created": 2, "replaced": 0, "unchanged": 0, "refused": 3}));
    let rows: Vec<_> =
        refused.iter().map(|line| (line["row"].as_i64().unwrap(), line["status"].as_i64().unwrap(), pointers(line))).collect();
    assert_eq!(rows[0], (2, 422, vec!["/uscc"]), "{refused:?}");
    assert_eq!((rows[1].0, rows[2].0), (4, 5), "{refused:?}");
    assert!(rows[1].2.contains(&"/status"), "{refused:?}");
    let read = officer.get(&format!("/credit/v1/enterprises/{}", codes[0])).await.expect_status(200);
    assert_eq!(read.field("/former_names"), &json!([{"name": "示例旧甲", "until": "2019-03-01"}, {"name": "示例更旧甲", "until": null}]));
    let read = officer.get(&format!("/credit/v1/enterprises/{}", codes[1])).await.expect_status(200);
    assert_eq!(read.text_at("/name"), "示例,丙\"有限公司");
    for code in &codes[2..] {
        officer.get(&format!("/credit/v1/enterprises/{code}")).await.expect_problem(404, "enterprise_unknown");
    }
    let head = stack.head().await;
    assert_eq!(import(&officer, "text/csv", csv).await.1, json!({"rows": 5, "created": 0, "replaced": 0, "unchanged": 2, "refused": 3}));
    assert_eq!(stack.head().await, head, "the same file again is no news");

    let sample = sample_enterprise();
    let mut good = sample.body.clone();
    good["uscc"] = json!(sample.code);
    let mut replaced = good.clone();
    replaced["uscc"] = json!(codes[0]);
    let body =
        format!("{good}\n\n[1]\n{{\"uscc\":7}}\nnonsense\n{replaced}\n{}", json!({"uscc": codes[2], "colour": "red", "division": 1}));
    let (refused, summary) = import(&officer, "application/x-ndjson", body).await;
    assert_eq!(summary, json!({"rows": 6, "created": 1, "replaced": 1, "unchanged": 0, "refused": 4}), "{refused:?}");
    let last = &refused[3];
    assert_eq!(pointers(last), ["/colour", "/division", "/established_on", "/name", "/status"], "{last}");
    assert_eq!(last["status"], 400);

    for (kind, body, status) in [
        ("application/json", "{}", 415),
        ("text/csv", "uscc,name\n", 400),
        ("text/csv", "uscc,name,division,status,established_on,colour\n", 400),
    ] {
        officer.call("POST", "/credit/v1/enterprises/import").body(kind, body).send().await.expect_status(status);
    }
    let other = stack.enterprise().await;
    other.call("POST", "/credit/v1/enterprises/import").body("text/csv", "").send().await.expect_problem(403, "not_your_organisation");
    a_long_file(&officer).await;
}

/// More rows than one chunk of a transaction and more bytes than one body may have elsewhere.
async fn a_long_file(officer: &Client) {
    const ROWS: usize = 850;
    let (mut csv, long) = (String::from("uscc,name,short_name,name_en,division,status,established_on\n"), "示".repeat(200));
    for number in 0..ROWS {
        csv.push_str(&format!("{},示例第{number}有限公司,{long},{long},440305,active,1999-02-11\n", next_code()));
    }
    assert!(csv.len() > 1024 * 1024);
    let (refused, summary) = import(officer, "text/csv", csv).await;
    assert_eq!((refused.len(), &summary["created"]), (0, &json!(ROWS)), "{summary}");
}

async fn batches_answer_in_order(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let code = sample.code.as_str();
    let named = |kind: &str, id: &str| {
        let mut one = fact(code, kind);
        one["external_id"] = json!(id);
        one
    };
    let mut other = named("award", "a");
    other["detail"]["title"] = json!("另一个");
    let mut bad = named("licence", "b");
    bad["detail"] = json!({"number": 7, "colour": "red"});
    let items = vec![
        named("award", "a"),
        bad,
        named("award", "a"),
        other,
        fact(&next_code(), "award"),
        json!("nonsense"),
        named("licence", "c"),
        fact("914404001000000591", "award"),
    ];
    let expected = [201, 400, 200, 409, 404, 400, 201, 422];
    let reply = officer.post("/credit/v1/facts/batch", &json!({"items": items})).await.expect_status(200);
    let results = reply.field("/items").as_array().unwrap();
    check(results, &expected);
    assert_eq!(results[0]["body"]["id"], results[2]["body"]["id"]);
    assert_eq!(pointers(&results[1]), ["/detail/colour", "/detail/name", "/detail/number"], "{}", results[1]);
    assert_eq!(results[3]["problem"]["code"], "duplicate");
    assert_eq!(results[4]["problem"]["code"], "enterprise_unknown");

    let lines: String = items.iter().map(|item| format!("{item}\n")).collect::<String>() + "{broken\n";
    let reply = officer.call("POST", "/credit/v1/facts/batch").body("application/x-ndjson", lines).send().await.expect_status(200);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"), "in the same form");
    check(&reply.lines(), &[200, 400, 200, 409, 404, 400, 200, 422, 400]);
    let facts = officer.get(&format!("{}/facts", sample.path())).await;
    assert_eq!(facts.field("/items").as_array().unwrap().len(), 2);

    let samples: Vec<_> = (0..91).map(|_| sample_enterprise()).collect();
    let rows: String = samples.iter().map(|sample| format!("{},示例有限公司,440305,active,1999-02-11\n", sample.code)).collect();
    import(&officer, "text/csv", format!("uscc,name,division,status,established_on\n{rows}")).await;
    let many: Vec<Value> = samples.iter().cycle().take(1001).map(|sample| fact(&sample.code, "award")).collect();
    officer.post("/credit/v1/facts/batch", &json!({"items": many})).await.expect_problem(413, "batch_too_large");
    let reply = officer.post("/credit/v1/facts/batch", &json!({"items": many[..1000]})).await.expect_status(200);
    check(reply.field("/items").as_array().unwrap(), &[201; 1000]);
    let empty = officer.post("/credit/v1/facts/batch", &json!({"items": []})).await.expect_status(200);
    assert_eq!(empty.json, json!({"items": []}));
    officer.post("/credit/v1/facts/batch", &json!({"itmes": []})).await.expect_status(400);
    officer.call("POST", "/credit/v1/facts/batch").body("text/plain", "x").send().await.expect_problem(415, "unsupported_media_type");
    let buyer = stack.buyer().await;
    let refused = buyer.post("/credit/v1/facts/batch", &json!({"items": [fact(code, "award")]})).await.expect_status(200);
    check(refused.field("/items").as_array().unwrap(), &[403]);
}

#[track_caller]
fn check(results: &[Value], statuses: &[u16]) {
    let found: Vec<_> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(found, statuses.iter().map(|status| u64::from(*status)).collect::<Vec<_>>(), "{results:?}");
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result["index"], index);
        assert_eq!(result.get("problem").is_some(), result["status"].as_u64() >= Some(400), "{result}");
        assert_eq!(result.get("body").is_none(), result["status"].as_u64() >= Some(400), "{result}");
    }
}
