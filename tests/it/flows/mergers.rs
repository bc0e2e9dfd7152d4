//! What a merger carries with it: facts, cases and consequences pass to the survivor, on every address at once. Not here: the entry itself, `register`.

use serde_json::{Value, json};
use testkit::{Client, Stack, eventually, fact, sample_enterprise};

on_both_databases!(a_merger_carries_its_consequences);

async fn step(officer: &Client, listing: &str, verb: &str, version: u32, body: Value) -> Value {
    let path = format!("/credit/v1/listings/{listing}/{verb}");
    officer.call("POST", &path).json(&body).header("If-Match", &format!("\"{version}\"")).send().await.expect_status(200).json
}

/// An enterprise with a penalty that stands on the list of abnormal operation: its code, the penalty and the listing.
async fn listed(officer: &Client) -> (String, String, String) {
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let penalty = officer.post("/credit/v1/facts", &fact(&sample.code, "penalty")).await.expect_status(201).text_at("/id");
    let proposed = json!({"enterprise": sample.code, "list": "abnormal_operation", "ground": "unreachable", "statement": "示例：实地核查未见",
        "authority": {"level": "county", "name": "示例区市场监督管理局"}});
    let listing = officer.post("/credit/v1/listings", &proposed).await.expect_status(201).text_at("/id");
    step(officer, &listing, "decide", 1, json!({"outcome": "list", "reasons": "示例"})).await;
    step(officer, &listing, "publish", 2, json!({})).await;
    (sample.code, penalty, listing)
}

async fn codes(client: &Client, path: &str) -> Vec<String> {
    let page = client.get(path).await.expect_status(200).json;
    page["items"].as_array().unwrap().iter().map(|item| item["uscc"].as_str().unwrap().to_owned()).collect()
}

async fn a_merger_carries_its_consequences(stack: &mut Stack) {
    let (officer, public) = (stack.officer().await, stack.public());
    let survivor = stack.code("enterprise");
    officer.put(&format!("/credit/v1/enterprises/{survivor}"), &sample_enterprise().body).await.expect_status(201);
    let (absorbed, penalty, listing) = listed(&officer).await;
    let stranger = stack.buyer().await;
    let seen = stranger.get(&format!("/credit/v1/listings/{listing}")).await.expect_status(200).json;
    assert_eq!((&seen["state"], &seen["history"]), (&json!("published"), &json!([])), "what was said is nobody else's matter");
    assert!(officer.get("/credit/v1/risks?limit=500").await.text.contains(&absorbed));

    let merge = officer.call("POST", &format!("/credit/v1/enterprises/{absorbed}/merge")).header("If-Match", "\"1\"");
    merge.json(&json!({"into": survivor, "on": "2026-11-20"})).send().await.expect_status(200);

    // Every address says the same.
    let list = "/credit/v1/public/lists/abnormal_operation?limit=500";
    let on_it = codes(&public, list).await;
    assert!(on_it.contains(&survivor) && !on_it.contains(&absorbed), "{on_it:?}");
    let risks = officer.get("/credit/v1/risks?limit=500").await.expect_status(200).text;
    assert!(risks.contains(&survivor) && !risks.contains(&absorbed), "{risks}");
    let scores = officer.post("/credit/v1/scores/batch", &json!({"enterprises": [absorbed, survivor]})).await.expect_status(200).json;
    assert_eq!((&scores["items"][0]["status"], &scores["items"][1]["status"]), (&json!(410), &json!(200)), "{scores}");
    assert_eq!(scores["items"][0]["problem"]["survivor"], survivor.as_str());

    // An export goes through the whole register and passes over who is gone.
    let asked = officer.post("/credit/v1/exports", &json!({})).await.expect_status(202).header("location").unwrap().to_owned();
    let made = eventually("the export is ready", || async {
        let manifest = officer.get(&asked).await.expect_status(200).json;
        (manifest["state"] == "ready").then_some(manifest)
    });
    assert_eq!(made.await["enterprises"], 1);

    // The survivor sees what it took over, and may defend itself against it.
    let own = stack.enterprise().await;
    assert_eq!(
        own.get(&format!("/credit/v1/listings?enterprise={survivor}")).await.expect_status(200).field("/items/0/id"),
        listing.as_str()
    );
    own.get(&format!("/credit/v1/facts/{penalty}/repair")).await.expect_status(200);
    let objection = json!({"fact": penalty, "ground": "other", "statement": "示例"});
    let filed = own.post("/credit/v1/objections", &objection).await.expect_status(201).text_at("/id");
    own.get(&format!("/credit/v1/objections/{filed}")).await.expect_status(200);
    assert_eq!(own.get("/credit/v1/objections").await.expect_status(200).field("/items/0/id"), filed.as_str());

    // And an authority ends the listing where its ground is gone; then it is off the list, and a matter of nobody else.
    let quashed = json!({"reason": "quashed", "statement": "示例：核查有误"});
    assert_eq!(step(&officer, &listing, "remove", 3, quashed).await["state"], "removed");
    assert_eq!(codes(&public, list).await, Vec::<String>::new());
    stranger.get(&format!("/credit/v1/listings/{listing}")).await.expect_problem(404, "not_found");
    own.get(&format!("/credit/v1/listings/{listing}")).await.expect_status(200);
}
