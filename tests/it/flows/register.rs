//! The register: who may say what, names with periods, moves, versions, and one enterprise going into another.

use serde_json::{Value, json};
use testkit::{Client, Reply, Sample, Stack, fact, sample_enterprise};

on_both_databases!(a_register_entry_is_said_by_whom_it_belongs_to);
on_both_databases!(names_have_periods_and_versions_are_kept);
on_both_databases!(an_enterprise_goes_into_another);

async fn put(client: &Client, code: &str, tag: &str, body: &Value) -> Reply {
    client.call("PUT", &format!("/credit/v1/enterprises/{code}")).header("If-Match", tag).json(body).send().await
}

async fn a_register_entry_is_said_by_whom_it_belongs_to(stack: &mut Stack) {
    let (officer, enterprise, own) = (stack.officer().await, stack.enterprise().await, stack.code("enterprise"));
    let body = sample_enterprise().with("status_since", json!("1999-02-11")).body;
    let path = format!("/credit/v1/enterprises/{own}");
    let refused = enterprise.put(&path, &body).await.expect_problem(403, "not_your_field");
    assert!(refused.faults().contains(&("/name".to_owned(), "not_your_field".to_owned())), "{}", refused.text);
    officer.get(&path).await.expect_problem(404, "enterprise_unknown");
    officer.put(&path, &body).await.expect_status(201);

    let mut calls_itself = body.clone();
    calls_itself["short_name"] = json!("示例简称");
    calls_itself["name_en"] = json!("Sample Appliances");
    let changed = put(&enterprise, &own, "\"1\"", &calls_itself).await.expect_status(200);
    assert_eq!((changed.text_at("/short_name"), changed.field("/version")), ("示例简称".to_owned(), &json!(2)));
    for (field, value) in [
        ("name", json!("示例自封集团有限公司")),
        ("status", json!("deregistered")),
        ("established_on", json!("1979-02-11")),
        ("division", json!("110101")),
        ("industry", json!("C13")),
        ("former_names", json!([{"name": "示例老字号", "until": "1998-01-01"}])),
        ("status_since", json!("2001-01-01")),
    ] {
        let mut body = calls_itself.clone();
        body[field] = value;
        let refused = put(&enterprise, &own, "\"2\"", &body).await.expect_problem(403, "not_your_field");
        assert!(refused.faults().contains(&(format!("/{field}"), "not_your_field".to_owned())), "{field}: {}", refused.text);
        assert!(refused.faults().iter().all(|(_, code)| code == "not_your_field"));
    }
    // Another role writes nothing, of itself neither; what stands already may be repeated by its owner.
    let (buyer, bought) = (stack.buyer().await, stack.code("buyer"));
    officer.put(&format!("/credit/v1/enterprises/{bought}"), &body).await.expect_status(201);
    put(&buyer, &bought, "\"1\"", &calls_itself).await.expect_problem(403, "not_your_field");
    put(&enterprise, &own, "\"2\"", &calls_itself).await.expect_status(200);
    // RFC 9110 13.2.2: a true If-Match does not lift If-None-Match.
    let both = officer.call("PUT", &path).header("If-None-Match", "*").header("If-Match", "\"2\"").json(&calls_itself).send().await;
    both.expect_problem(412, "etag_mismatch");
    assert_eq!(officer.get(&path).await.field("/version"), &json!(2), "no refusal changed anything");
}

async fn names_have_periods_and_versions_are_kept(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise().with("name", json!("示例甲电器有限公司")).with(
        "former_names",
        json!([{"name": "示例初名厂", "since": "1999-02-11", "until": "2004-04-30"}, {"name": "示例次名厂", "since": "2004-05-01", "until": "2019-03-01"}]),
    );
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    for (names, faults) in [
        (
            json!([{"name": "示例一", "since": "2004-01-01", "until": "2005-01-01"}, {"name": "示例二", "since": "2005-01-01", "until": "2006-01-01"}]),
            vec![("/former_names/1", "periods_overlap")],
        ),
        (json!([{"name": "示例一", "since": "2005-01-02", "until": "2005-01-01"}]), vec![("/former_names/0/until", "date_order")]),
        (json!([{"name": "示例一", "since": "2199-01-01"}]), vec![("/former_names/0/since", "date_in_future")]),
    ] {
        let body = sample.clone().with("former_names", names).body;
        let refused = put(&officer, &sample.code, "\"1\"", &body).await.expect_status(422);
        let expected: Vec<_> = faults.into_iter().map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).collect();
        assert_eq!(refused.faults(), expected);
    }

    // A new name alone: the old one goes among the former names by itself, and the answer says so.
    let renamed = sample.clone().with("name", json!("示例乙电器有限公司")).with("former_names", Value::Null);
    let answer = put(&officer, &sample.code, "\"1\"", &renamed.body).await.expect_status(200);
    assert_eq!(answer.text_at("/name_given_up/name"), "示例甲电器有限公司");
    assert_eq!(answer.field("/former_names").as_array().unwrap().len(), 3, "those that stood remain");
    assert!(officer.get(&sample.path()).await.field("/name_given_up").is_null());
    // A move: the code keeps the division where it was issued.
    let moved = renamed.clone().with("division", json!("310101"));
    put(&officer, &sample.code, "\"2\"", &moved.body).await.expect_status(200);
    let closed = moved.with("status", json!("revoked")).with("status_since", json!("2026-05-04"));
    put(&officer, &sample.code, "\"3\"", &closed.body).await.expect_status(200);

    let history = format!("{}/history", sample.path());
    let read = officer.get(&history).await.expect_status(200);
    let items = read.field("/items").as_array().unwrap();
    let fields =
        |at: usize| items[at]["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(items.len(), 4);
    assert!(fields(0).contains(&"established_on") && !fields(0).contains(&"uscc"), "the first version says everything: {:?}", fields(0));
    assert_eq!((fields(1), fields(2), fields(3)), (vec!["former_names", "name"], vec!["division"], vec!["status", "status_since"]));
    assert_eq!(items[2]["changes"][0], json!({"field": "division", "from": "440305", "to": "310101"}));
    assert!(items.iter().all(|item| item["recorded_by"].as_str().is_some_and(|client| !client.is_empty())));
    let first = officer.get(&format!("{history}?limit=2")).await.expect_status(200);
    let next = officer.get(&format!("{history}?limit=2&cursor={}", first.text_at("/next_cursor"))).await.expect_status(200);
    assert_eq!((&next.field("/items")[0], &next.field("/items")[1]), (&items[2], &items[3]), "a page knows what stood before it");
    assert!(next.field("/next_cursor").is_null());
    officer.get(&format!("/credit/v1/enterprises/{}/history", sample_enterprise().code)).await.expect_problem(404, "enterprise_unknown");
    officer.get(&format!("{history}?limit=0")).await.expect_problem(400, "bad_parameter");
    officer.get(&format!("{history}?cursor=x")).await.expect_problem(400, "bad_cursor");
}

async fn merge(client: &Client, absorbed: &Sample, tag: &str, body: &Value) -> Reply {
    client.call("POST", &format!("{}/merge", absorbed.path())).header("If-Match", tag).json(body).send().await
}

async fn an_enterprise_goes_into_another(stack: &mut Stack) {
    let officer = stack.officer().await;
    let (first, second, third) = (sample_enterprise(), sample_enterprise(), sample_enterprise());
    for sample in [&first, &second, &third] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    let penalty = officer.post("/credit/v1/facts", &fact(&first.code, "penalty")).await.expect_status(201).text_at("/id");
    let score = |sample: &Sample| {
        let (officer, path) = (officer.clone(), format!("{}/score?as_of=2026-06-01", sample.path()));
        async move { officer.get(&path).await }
    };
    let (of_first, of_third) = (score(&first).await.expect_status(200), score(&third).await.expect_status(200));
    assert!(of_first.field("/score").as_i64() < of_third.field("/score").as_i64(), "a penalty costs points");
    let before = officer.get(&first.path()).await.expect_status(200);
    let known = before.text_at("/recorded_at");

    let body = json!({"into": second.code, "on": "2026-05-01", "document_no": "示例〔2026〕1号"});
    refusals(stack, &officer, &first, &body).await;
    let done = merge(&officer, &first, "\"1\"", &body).await.expect_status(200);
    assert_eq!((done.text_at("/survivor"), done.header("etag")), (second.code.clone(), Some("\"2\"")));
    // The survivor goes into a third one: whoever asks for the first is led to the last.
    let before = json!({"into": third.code, "on": "2026-04-30"});
    let refused = merge(&officer, &second, "\"1\"", &before).await.expect_problem(422, "date_order");
    assert_eq!(refused.faults(), [("/on".to_owned(), "date_order".to_owned())], "it would have taken the first over when it was no more");
    merge(&officer, &second, "\"1\"", &json!({"into": third.code, "on": "2026-05-02"})).await.expect_status(200);
    merge(&officer, &third, "\"1\"", &json!({"into": first.code, "on": "2026-05-03"})).await.expect_problem(422, "survivor_merged");
    for absorbed in [&first, &second] {
        let mut answers = Vec::new();
        for part in ["", "/facts", "/score", "/score?as_of=2026-06-01"] {
            answers.push(officer.get(&format!("{}{part}", absorbed.path())).await);
        }
        answers.push(put(&officer, &absorbed.code, "\"2\"", &absorbed.body).await);
        answers.push(officer.post("/credit/v1/facts", &fact(&absorbed.code, "award")).await);
        answers.push(merge(&officer, absorbed, "\"2\"", &json!({"into": third.code, "on": "2026-05-03"})).await);
        for answer in answers {
            assert_eq!(answer.expect_problem(410, "merged").text_at("/survivor"), third.code);
        }
        let history = officer.get(&format!("{}/history", absorbed.path())).await.expect_status(200);
        let last = history.field("/items").as_array().unwrap().last().unwrap().clone();
        let fields: Vec<&str> = last["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["merged", "status", "status_since"], "dissolved by the merger, Civil Code Art 69");
    }
    inherited(&officer, &third, &penalty, &of_first).await;
    // What was known before the merger is still answered as it was.
    let then = officer.call("GET", &format!("{}/score", first.path())).query("known_at", &known).query("as_of", "2026-06-01");
    then.send().await.expect_status(200);
    // A fact about the absorbed one can still be wrong; then the survivor's score moves.
    officer.post(&format!("/credit/v1/facts/{penalty}/annul"), &json!({"reason": "决定已撤销"})).await.expect_status(200);
    assert_eq!(score(&third).await.field("/score"), of_third.field("/score"));
    // The name of the absorbed one leads to the survivor; lists no longer hold it.
    let name = first.body["name"].as_str().unwrap();
    let found = officer.call("GET", "/credit/v1/enterprises").query("q", name).send().await.expect_status(200);
    assert_eq!((found.text_at("/items/0/uscc"), found.text_at("/items/0/matched/0/kind")), (third.code.clone(), "absorbed".to_owned()));
    let listed = officer.get("/credit/v1/enterprises?division=4403&limit=500").await.expect_status(200);
    assert!(!listed.text.contains(&first.code) && listed.text.contains(&third.code));
}

async fn inherited(officer: &Client, survivor: &Sample, penalty: &str, of_first: &Reply) {
    let facts = officer.get(&format!("{}/facts", survivor.path())).await.expect_status(200);
    assert_eq!(facts.text_at("/items/0/id"), penalty, "rights and duties pass on, Civil Code Art 67");
    let score = officer.get(&format!("{}/score?as_of=2026-06-01", survivor.path())).await.expect_status(200);
    assert_eq!(score.field("/score"), of_first.field("/score"));
    // Followers hear of it, and the timeline of the survivor is told again.
    let events = officer.get("/credit/v1/events?after=0&limit=500").await.expect_status(200);
    let told: Vec<&Value> = events.field("/items").as_array().unwrap().iter().collect();
    let merged = told.iter().filter(|event| event["type"] == "touchstone.credit.enterprise.merged.v1").count();
    let lines = told
        .iter()
        .filter(|event| event["type"] == "touchstone.credit.score.changed.v1" && event["subject"] == json!(survivor.code))
        .count();
    assert_eq!((merged, lines), (2, 2), "{}", events.text);
}

async fn refusals(stack: &Stack, officer: &Client, absorbed: &Sample, body: &Value) {
    officer.post(&format!("{}/merge", absorbed.path()), body).await.expect_problem(428, "if_match_required");
    merge(officer, absorbed, "\"7\"", body).await.expect_problem(412, "etag_mismatch");
    merge(officer, &sample_enterprise(), "\"1\"", body).await.expect_problem(404, "enterprise_unknown");
    merge(&stack.enterprise().await, absorbed, "\"1\"", body).await.expect_problem(403, "not_your_organisation");
    for (field, value, code) in [
        ("into", json!(absorbed.code), "merged_into_itself"),
        ("into", json!(sample_enterprise().code), "enterprise_unknown"),
        ("into", json!("914404001000000591"), "uscc_check_character"),
        ("on", json!("2199-01-01"), "date_in_future"),
        ("on", json!("1999-02-10"), "date_order"),
        ("on", json!("2026-02-30"), "date_invalid"),
        ("document_no", json!(" "), "text_empty"),
    ] {
        let mut body = body.clone();
        body[field] = value;
        let refused = merge(officer, absorbed, "\"1\"", &body).await.expect_problem(422, code);
        assert_eq!(refused.faults(), [(format!("/{field}"), code.to_owned())]);
    }
    let refused = merge(officer, absorbed, "\"1\"", &json!({"into": 7, "colour": "red"})).await.expect_status(400);
    assert_eq!(refused.faults().len(), 3, "{}", refused.text);
}
