//! Optimistic concurrency: `ETag`, `If-Match`, `If-None-Match`.

use serde_json::json;
use testkit::{Client, Reply, Sample, Stack, sample_enterprise};

on_both_databases!(a_replacement_needs_what_was_read);

async fn put(client: &Client, sample: &Sample, header: (&str, &str)) -> Reply {
    client.call("PUT", &sample.path()).header(header.0, header.1).json(&sample.body).send().await
}

async fn a_replacement_needs_what_was_read(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    put(&officer, &sample, ("If-Match", "\"1\"")).await.expect_problem(412, "etag_mismatch");
    put(&officer, &sample, ("If-Match", "*")).await.expect_problem(412, "etag_mismatch");
    officer.get(&sample.path()).await.expect_problem(404, "enterprise_unknown");
    let made = put(&officer, &sample, ("If-None-Match", "*")).await.expect_status(201);
    assert_eq!(made.header("etag"), Some("\"1\""));

    let renamed = sample.clone().with("name", json!("示例改名有限公司"));
    officer.put(&renamed.path(), &renamed.body).await.expect_problem(428, "if_match_required");
    put(&officer, &renamed, ("If-None-Match", "*")).await.expect_problem(412, "etag_mismatch");
    for stale in ["\"2\"", "W/\"1\"", "\"01\"", "\"abc\""] {
        let refused = put(&officer, &renamed, ("If-Match", stale)).await.expect_problem(412, "etag_mismatch");
        assert_eq!(refused.header("etag"), Some("\"1\""), "{stale}");
    }
    for unreadable in ["1", "\"1", "\"1\" \"2\""] {
        put(&officer, &renamed, ("If-Match", unreadable)).await.expect_problem(400, "bad_header");
    }
    let head = stack.head().await;
    assert_eq!(officer.get(&sample.path()).await.json, made.json, "no refusal changed anything");
    let replaced = put(&officer, &renamed, ("If-Match", "\"7\", \"1\"")).await.expect_status(200);
    assert_eq!((replaced.header("etag"), replaced.field("/version")), (Some("\"2\""), &json!(2)));
    assert!(stack.head().await > head, "followers hear no names, but that the entry has changed: who keeps a copy reads it again");
    let head = stack.head().await;
    let unchanged = put(&officer, &renamed, ("If-Match", "\"2\"")).await.expect_status(200);
    assert_eq!(unchanged.header("etag"), Some("\"2\""), "what says the same makes no version");
    assert_eq!(stack.head().await, head, "and is no news");

    let read = |tag: &'static str| {
        let call = officer.call("GET", &sample.path()).header("If-None-Match", tag);
        async move { call.send().await }
    };
    for same in ["\"2\"", "W/\"2\"", "\"1\", \"2\"", "*"] {
        let reply = read(same).await.expect_status(304);
        assert_eq!((reply.text.as_str(), reply.header("etag")), ("", Some("\"2\"")), "{same}");
    }
    let reply = read("\"1\"").await.expect_status(200);
    assert_eq!(reply.header("etag"), Some("\"2\""));

    one_of_many_wins(&officer, &renamed).await;
}

async fn one_of_many_wins(officer: &Client, sample: &Sample) {
    let mut calls = Vec::new();
    for number in 0..12 {
        let (officer, sample) = (officer.clone(), sample.clone().with("name", json!(format!("示例第{number}次改名有限公司"))));
        calls.push(tokio::spawn(async move { put(&officer, &sample, ("If-Match", "\"2\"")).await }));
    }
    let mut won = Vec::new();
    for call in calls {
        let reply = call.await.unwrap();
        match reply.status {
            200 => won.push(reply.text_at("/name")),
            _ => drop(reply.expect_problem(412, "etag_mismatch")),
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    let stands = officer.get(&sample.path()).await.expect_status(200);
    assert_eq!((stands.text_at("/name"), stands.field("/version")), (won.remove(0), &json!(3)));
}
