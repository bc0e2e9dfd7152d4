//! Refusals: what the HTTP layer answers by itself, and every bad field of a body at once, in two languages.

use serde_json::{Value, json};
use testkit::{Stack, fact, sample_enterprise};

on_both_databases!(the_http_layer_answers_with_problems);
on_both_databases!(all_bad_fields_are_named_at_once);
on_both_databases!(bad_parameters_are_all_named);

const FACTS: &str = "/credit/v1/facts";

async fn the_http_layer_answers_with_problems(stack: &mut Stack) {
    let officer = stack.officer().await;
    for path in [
        "/nothing",
        "/credit/v1/nothing",
        "/credit/v2/facts",
        "/credit/v1/enterprises/914404001000000590/nothing",
        "/procurement/v1/decisions/",
    ] {
        officer.get(path).await.expect_problem(404, "not_found");
    }
    for (method, path, allowed) in [
        ("DELETE", "/credit/v1/enterprises/914404001000000590", vec!["GET", "PUT"]),
        ("GET", "/credit/v1/facts", vec!["POST"]),
        ("PATCH", "/procurement/v1/decisions", vec!["POST"]),
        ("POST", "/credit/v1/events", vec!["GET"]),
        ("DELETE", "/.well-known/jwks.json", vec!["GET"]),
    ] {
        let reply = officer.call(method, path).send().await.expect_problem(405, "method_not_allowed");
        let mut allow: Vec<&str> = reply.header("allow").unwrap().split(',').map(str::trim).filter(|method| *method != "HEAD").collect();
        allow.sort_unstable();
        assert_eq!(allow, allowed, "{method} {path}");
    }
    let code = sample_enterprise().code;
    let mut large = fact(&code, "award");
    large["detail"]["title"] = json!("示".repeat(400_000));
    officer.post(FACTS, &large).await.expect_problem(413, "body_too_large");
    let body = fact(&code, "award").to_string();
    for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"] {
        officer.call("POST", FACTS).body(kind, body.clone()).send().await.expect_problem(415, "unsupported_media_type");
    }
    officer
        .call("POST", FACTS)
        .body("application/json; charset=utf-8", body.clone())
        .send()
        .await
        .expect_problem(404, "enterprise_unknown");
    for broken in ["", "{", "{\"a\":}", "nonsense", "{\"enterprise\":\"a\",\"enterprise\":\"b\"}", "\u{feff}{}", "{} {}"] {
        officer.call("POST", FACTS).body("application/json", broken).send().await.expect_problem(400, "malformed_json");
    }
    officer.call("POST", FACTS).body("application/json", vec![b'"', 0xff, b'"']).send().await.expect_problem(400, "malformed_json");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    officer.call("POST", FACTS).body("application/json", deep).send().await.expect_problem(400, "malformed_json");

    let reply =
        officer.call("GET", "/nothing").header("X-Request-Id", "my-request").header("Accept-Language", "zh-CN,zh;q=0.9").send().await;
    let reply = reply.expect_problem(404, "not_found");
    assert_eq!((reply.header("x-request-id"), reply.header("content-language")), (Some("my-request"), Some("zh")));
    assert_eq!((reply.text_at("/instance"), reply.text_at("/type")), ("/nothing".to_owned(), "/problems/not_found".to_owned()));
    let english = officer.get("/nothing").await;
    assert_ne!(english.text_at("/title"), reply.text_at("/title"));
    assert!(reply.header("traceparent").unwrap().contains(&reply.text_at("/trace_id")), "{:?}", reply.headers);
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    let traced = officer.call("GET", "/nothing").header("traceparent", parent).send().await;
    assert_eq!(traced.text_at("/trace_id"), "0af7651916cd43dd8448eb211c80319c");
    // The page of a problem is where its type says.
    stack.public().get("/problems/not_found").await.expect_status(200);
}

async fn all_bad_fields_are_named_at_once(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    let head = stack.head().await;
    let named =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect::<Vec<_>>();

    // Shape faults first and all together; nothing else is judged.
    let body = json!({"name": 7, "colour": "red", "division": "44", "status": "gone", "former_names": [{"until": 3, "nom": "x"}]});
    let reply = officer.put(&sample.path(), &body).await.expect_status(400);
    let expected = named(&[
        ("/colour", "unknown_field"),
        ("/established_on", "missing_field"),
        ("/former_names/0/name", "missing_field"),
        ("/former_names/0/nom", "unknown_field"),
        ("/former_names/0/until", "wrong_type"),
        ("/name", "wrong_type"),
    ]);
    let faults = reply.faults();
    assert!(expected.iter().all(|fault| faults.contains(fault)), "{faults:?}");
    assert!(faults.iter().any(|(pointer, _)| pointer == "/status"), "{faults:?}");
    assert!(!faults.iter().any(|(pointer, _)| pointer == "/division"), "a rule is not judged before the shape: {faults:?}");

    // Then the rules, all together too.
    let body = json!({"name": "a\u{0}b", "division": "44", "industry": "Z1", "status": "active", "established_on": "2199-01-01",
        "former_names": [{"name": " ", "until": "2019-02-30"}]});
    let reply = officer.put(&sample.path(), &body).await.expect_status(422);
    let pointers: Vec<String> = reply.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/division", "/established_on", "/former_names/0/name", "/former_names/0/until", "/industry", "/name"]);
    assert!(reply.faults().contains(&("/name".to_owned(), "control_character".to_owned())), "{}", reply.text);
    let zh = officer.call("PUT", &sample.path()).json(&body).header("Accept-Language", "zh").send().await.expect_status(422);
    assert_eq!(zh.faults(), reply.faults());
    assert_ne!(zh.field("/errors/0/detail"), reply.field("/errors/0/detail"));

    let bad_code = officer.put("/credit/v1/enterprises/914404001000000591", &sample.body).await.expect_problem(422, "uscc_check_character");
    assert_eq!(bad_code.faults(), named(&[("{uscc}", "uscc_check_character")]));

    let mut shape = fact(&sample.code, "penalty");
    shape["detail"] = json!({"types": "fine", "fine": {"amount": 5, "curency": "CNY"}, "colour": 1});
    let reply = officer.post(FACTS, &shape).await.expect_status(400);
    let pointers: Vec<String> = reply.faults().into_iter().map(|(pointer, _)| pointer).collect();
    for pointer in ["/detail/types", "/detail/fine/amount", "/detail/fine/currency", "/detail/fine/curency", "/detail/colour"] {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer} is missing in {pointers:?}");
    }
    let mut rules = fact("914404001000000591", "penalty");
    rules["decided_on"] = json!("2199-01-01");
    rules["valid_from"] = json!("2020-02-30");
    rules["source"]["authority"] = json!("\u{202e}");
    rules["detail"]["fine"]["amount"] = json!("-1.005");
    let reply = officer.post(FACTS, &rules).await.expect_status(422);
    let pointers: Vec<String> = reply.faults().into_iter().map(|(pointer, _)| pointer).collect();
    for pointer in ["/enterprise", "/valid_from", "/source/authority", "/detail/fine/amount"] {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer} is missing in {pointers:?}");
    }

    let buyer = stack.buyer().await;
    let reply = buyer.post("/procurement/v1/decisions", &json!({"supplier": 1, "sing": true, "explain": "loud"})).await.expect_status(400);
    let pointers: Vec<String> = reply.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/explain", "/sing", "/supplier"]);
    let reply = buyer.post("/procurement/v1/decisions", &json!({"supplier": "9144", "as_of": "yesterday"})).await.expect_status(422);
    let pointers: Vec<String> = reply.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/as_of", "/supplier"]);
    for body in [json!([]), json!("x"), json!(1), Value::Null] {
        officer.post(FACTS, &body).await.expect_status(400);
    }

    officer.get(&sample.path()).await.expect_problem(404, "enterprise_unknown");
    assert_eq!(stack.head().await, head, "no refusal changed anything");
}

async fn bad_parameters_are_all_named(stack: &mut Stack) {
    let officer = stack.officer().await;
    for (path, pointers) in [
        ("/credit/v1/enterprises?division=4&industry=%25&limit=0", vec!["?division", "?industry", "?limit"]),
        (
            "/credit/v1/enterprises/914404001000000590/facts?kind=none&as_of=x&known_at=y&limit=0",
            vec!["?as_of", "?kind", "?known_at", "?limit"],
        ),
        ("/credit/v1/enterprises/914404001000000590/score?as_of=2026-13-01&known_at=now", vec!["?as_of", "?known_at"]),
        ("/credit/v1/events?after=-1&wait=31&limit=x", vec!["?after", "?limit", "?wait"]),
        ("/credit/v1/enterprises?colour=red&limit=x", vec!["?colour", "?limit"]),
        ("/credit/v1/listings?enterprise=91440305EXAMPL0000&limit=x", vec!["?enterprise", "?limit"]),
        ("/credit/v1/objections?enterprise=91440305EXAMPL0000&limit=x", vec!["?enterprise", "?limit"]),
        ("/credit/v1/repairs?enterprise=91440305EXAMPL0000&limit=x", vec!["?enterprise", "?limit"]),
    ] {
        let reply = officer.get(path).await.expect_problem(400, "bad_parameter");
        assert_eq!(reply.faults().iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), pointers, "{path}");
    }
}
