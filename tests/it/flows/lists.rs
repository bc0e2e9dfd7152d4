//! Lists: pages by key through everything, and the search of the register.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Client, Stack, fact, sample_enterprise};

on_both_databases!(pages_hold_everything_once);
on_both_databases!(the_register_is_searched);

const MANY: usize = 120;

/// Follows `Link` to the end; gives what `key` says of every item, page by page.
async fn pages(client: &Client, first: &str, key: &str) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next.take() {
        let reply = client.get(&path).await.expect_status(200);
        let items = reply.field("/items").as_array().unwrap();
        pages.push(items.iter().map(|item| item[key].as_str().unwrap().to_owned()).collect());
        next = reply.header("link").map(|link| {
            let (target, rest) = link.strip_prefix('<').and_then(|link| link.split_once('>')).unwrap();
            assert_eq!(rest, "; rel=\"next\"");
            assert!(target.contains(reply.field("/next_cursor").as_str().unwrap()), "{target}");
            target.to_owned()
        });
        assert_eq!(next.is_none(), reply.field("/next_cursor").is_null());
    }
    pages
}

async fn pages_hold_everything_once(stack: &mut Stack) {
    let officer = stack.officer().await;
    let samples: Vec<_> = (0..MANY).map(|_| sample_enterprise()).collect();
    let lines: String = samples
        .iter()
        .map(|sample| {
            let mut row = sample.body.clone();
            row["uscc"] = json!(sample.code);
            format!("{row}\n")
        })
        .collect();
    officer.call("POST", "/credit/v1/enterprises/import").body("application/x-ndjson", lines).send().await.expect_status(200);

    let all: BTreeSet<String> = samples.iter().map(|sample| sample.code.clone()).collect();
    let read = pages(&officer, "/credit/v1/enterprises?limit=50&division=4403", "uscc").await;
    assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    let read: Vec<String> = read.concat();
    assert!(read.windows(2).all(|pair| pair[0] < pair[1]), "a stable order");
    assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), all);
    let exact = pages(&officer, "/credit/v1/enterprises?limit=60", "uscc").await;
    assert_eq!(exact.iter().map(Vec::len).collect::<Vec<_>>(), [60, 60], "no empty last page");
    assert_eq!(officer.get("/credit/v1/enterprises").await.field("/items").as_array().unwrap().len(), 50, "the default");

    refusals(&officer, "/credit/v1/enterprises").await;
    facts(&officer, &samples[0].code).await;
}

async fn refusals(officer: &Client, list: &str) {
    for bad in ["0", "501", "-1", "1.5", "abc", "", "99999999999999999999"] {
        let reply = officer.get(&format!("{list}?limit={bad}")).await.expect_problem(400, "bad_parameter");
        assert_eq!(reply.faults(), [("?limit".to_owned(), "bad_parameter".to_owned())]);
    }
    let cursor = officer.get(&format!("{list}?limit=1")).await.expect_status(200).text_at("/next_cursor");
    let mut forged = cursor.clone().into_bytes();
    forged[6] = if forged[6] == b'A' { b'B' } else { b'A' };
    for bad in ["abc", "", "AAAAAAAA", &String::from_utf8(forged).unwrap(), &format!("{cursor}A")] {
        officer.get(&format!("{list}?cursor={bad}")).await.expect_problem(400, "bad_cursor");
    }
    let reply = officer.get(&format!("{list}?limt=5&colour=red")).await.expect_problem(400, "bad_parameter");
    assert_eq!(reply.faults().iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["?colour", "?limt"]);
}

async fn facts(officer: &Client, code: &str) {
    let items: Vec<Value> = (0..23).map(|_| fact(code, "award")).chain([fact(code, "licence")]).collect();
    officer.post("/credit/v1/facts/batch", &json!({"items": items})).await.expect_status(200);
    let list = format!("/credit/v1/enterprises/{code}/facts");
    let read = pages(officer, &format!("{list}?limit=10"), "id").await;
    assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 4]);
    assert_eq!(read.concat().into_iter().collect::<BTreeSet<_>>().len(), 24);
    let only = pages(officer, &format!("{list}?kind=award&limit=20"), "id").await;
    assert_eq!(only.iter().map(Vec::len).collect::<Vec<_>>(), [20, 3], "the filter goes on with the pages");
    refusals(officer, &list).await;

    // The feed is read by position.
    let (mut after, mut positions) = (0, Vec::new());
    loop {
        let page = officer.get(&format!("/credit/v1/events?after={after}&limit=100")).await.expect_status(200);
        positions.extend(page.field("/items").as_array().unwrap().iter().map(|event| event["position"].as_i64().unwrap()));
        after = page.field("/next").as_i64().unwrap();
        if after == page.field("/head").as_i64().unwrap() {
            break;
        }
    }
    assert!(positions.iter().zip(1..).all(|(found, expected)| *found == expected), "gapless for who may read all");
    assert_eq!(positions.last(), Some(&after));
}

async fn the_register_is_searched(stack: &mut Stack) {
    let officer = stack.officer().await;
    let one = sample_enterprise()
        .with("name", json!("示例格物電器(深圳)有限公司"))
        .with("former_names", json!([{"name": "示例旧名电器厂", "until": "2019-03-01"}]))
        .with("short_name", json!("示例格物"))
        .with("name_en", json!("Sample Gewu Appliances Ltd."));
    let other = sample_enterprise().with("division", json!("310101")).with("industry", json!("F5137"));
    for sample in [&one, &other] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    let found = |parameters: Vec<(&'static str, String)>| {
        let call = parameters.iter().fold(officer.call("GET", "/credit/v1/enterprises"), |call, (name, value)| call.query(name, value));
        async move {
            let reply = call.send().await.expect_status(200);
            reply.field("/items").as_array().unwrap().iter().map(|item| item["uscc"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    let full_width: String = one.code.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    for q in [
        one.code.clone(),
        one.code.to_lowercase(),
        full_width,
        one.code[8..].to_owned(),
        one.code[6..17].to_owned(),
        "格物電器".to_owned(),
        "電器（深圳）".to_owned(),
        "旧名电器".to_owned(),
        "GEWU appl".to_owned(),
        "示例格物".to_owned(),
    ] {
        assert_eq!(found(vec![("q", q.clone())]).await, [one.code.as_str()], "{q}");
    }
    for q in ["没有这个名字", "%", "_", "100%", "' OR 1=1 --", "格物%深圳"] {
        let reply = officer.call("GET", "/credit/v1/enterprises").query("q", q).send().await;
        assert!(reply.status == 400 || reply.field("/items") == &json!([]), "{q}: {}", reply.text);
    }
    assert_eq!(found(vec![("q", "示例".to_owned())]).await.len(), 2);
    assert_eq!(found(vec![("division", "31".to_owned())]).await, [other.code.as_str()]);
    assert_eq!(found(vec![("division", "3101".to_owned())]).await, [other.code.as_str()]);
    assert_eq!(found(vec![("division", "440305".to_owned())]).await, [one.code.as_str()]);
    assert_eq!(found(vec![("industry", "C38".to_owned())]).await, [one.code.as_str()]);
    assert_eq!(found(vec![("industry", "F".to_owned()), ("q", "示例".to_owned())]).await, [other.code.as_str()]);
    assert!(found(vec![("industry", "F".to_owned()), ("division", "44".to_owned())]).await.is_empty());

    // A renamed enterprise is found by both names once the register says so.
    let renamed = one
        .clone()
        .with("name", json!("示例新名有限公司"))
        .with("former_names", json!([{"name": "示例格物電器(深圳)有限公司", "until": "2026-05-01"}]));
    officer.call("PUT", &renamed.path()).header("If-Match", "\"1\"").json(&renamed.body).send().await.expect_status(200);
    for q in ["新名", "格物電器"] {
        assert_eq!(found(vec![("q", q.to_owned())]).await, [one.code.as_str()], "{q}");
    }
    assert!(found(vec![("q", "旧名电器".to_owned())]).await.is_empty(), "the replacement no longer names it");
}
