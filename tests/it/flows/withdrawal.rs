//! When a fact's publicity ends, partners read the old events without their data; services and authorities keep them. Not here: which fact ends when,
//! `services/credit/src/withdrawal`.

use serde_json::{Value, json};
use testkit::{Client, Stack, decided_at, eventually, fact, sample_enterprise, today};

on_both_databases!(what_is_no_longer_public_is_withdrawn_from_the_feed);

async fn events(reader: &Client, code: &str) -> Vec<Value> {
    let (mut after, mut found) = (0, Vec::new());
    loop {
        let page = reader.get(&format!("/credit/v1/events?after={after}&limit=500")).await.expect_status(200);
        found.extend(page.field("/items").as_array().unwrap().iter().filter(|event| event["subject"] == code).cloned());
        after = page.field("/next").as_i64().unwrap();
        if after >= page.field("/head").as_i64().unwrap() {
            return found;
        }
    }
}

/// The events that hold a fact, as an authority reads them, each as another reader gets it.
async fn as_read(stack: &Stack, reader: &Client, code: &str, id: &str) -> Vec<Value> {
    let whole = events(&stack.officer().await, code).await;
    let holds: Vec<i64> =
        whole.iter().filter(|event| event["data"]["fact"]["id"] == id).map(|event| event["position"].as_i64().unwrap()).collect();
    let seen = events(reader, code).await;
    holds.iter().map(|position| seen.iter().find(|event| event["position"] == *position).unwrap().clone()).collect()
}

fn withdrawn(event: &Value) -> bool {
    event["withdrawn"] == json!(true) && event["data"].is_null() && event["subject"].is_string()
}

fn penalty(code: &str, decided_on: &str) -> Value {
    let mut penalty = fact(code, "penalty");
    penalty["detail"] = json!({"types": ["fine"], "fine": {"amount": "5000.00", "currency": "CNY"}});
    for date in ["decided_on", "published_on", "valid_from"] {
        penalty[date] = json!(decided_on);
    }
    penalty
}

async fn what_is_no_longer_public_is_withdrawn_from_the_feed(stack: &mut Stack) {
    let (officer, buyer, service) = (stack.officer().await, stack.buyer().await, stack.caller("service").await);
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let code = sample.code.as_str();

    // Over before it was told: nobody below internal ever reads it.
    let old = officer.post("/credit/v1/facts", &penalty(code, "2019-05-11")).await.expect_status(201).text_at("/id");
    assert!(as_read(stack, &buyer, code, &old).await.iter().all(withdrawn));
    let id = officer.post("/credit/v1/facts", &penalty(code, "2026-05-11")).await.expect_status(201).text_at("/id");
    for reader in [&buyer, &service, &officer] {
        assert!(as_read(stack, reader, code, &id).await.iter().all(|event| event["data"]["fact"]["id"] == id.as_str()));
    }
    let decided = decided_at(&buyer, &json!({"supplier": code}), stack.head().await).await;

    let stay = json!({"on": today().to_string(), "document_no": "示例停止执行决定"});
    officer.post(&format!("/credit/v1/facts/{id}/stay"), &stay).await.expect_status(200);
    eventually("the events are withdrawn", || async {
        let seen = as_read(stack, &buyer, code, &id).await;
        (seen.len() == 2 && seen.iter().all(withdrawn)).then_some(())
    })
    .await;
    for role in ["integrator", "insurer", "enterprise", "association", "laboratory"] {
        assert!(as_read(stack, &stack.caller(role).await, code, &id).await.iter().all(withdrawn), "{role}");
    }
    for reader in [&service, &officer] {
        assert!(
            as_read(stack, reader, code, &id).await.iter().all(|event| event["data"]["fact"]["id"] == id.as_str()),
            "internal history stays"
        );
    }
    // Whoever keeps a copy is told to take it down.
    let told = events(&buyer, code).await.into_iter().find(|event| event["type"] == "touchstone.credit.fact.withdrawn.v1").unwrap();
    assert_eq!(told["data"], json!({"enterprise": code, "fact": id, "because": "stayed"}));
    // What was decided on the whole history is decided again the same way.
    let replay = buyer.post(&format!("/procurement/v1/decisions/{}/replay", decided["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(replay.expect_status(200).field("/result"), &json!("identical"));

    officer.post(&format!("/credit/v1/facts/{id}/resume"), &json!({"on": today().to_string()})).await.expect_status(200);
    let seen = as_read(stack, &buyer, code, &id).await;
    assert_eq!((seen.len(), seen.iter().filter(|event| !withdrawn(event)).count()), (3, 1), "it counts again, and is told again");
    officer.post(&format!("/credit/v1/facts/{id}/annul"), &json!({"reason": "决定已被法院撤销"})).await.expect_status(200);
    eventually("the last event is withdrawn", || async { as_read(stack, &buyer, code, &id).await.iter().all(withdrawn).then_some(()) })
        .await;
    let head = stack.head().await;
    assert_eq!(buyer.get("/credit/v1/events?after=0&limit=500").await.field("/next").as_i64(), Some(head), "no hole in the places");
}
