//! A source that falls silent: decisions go on, and say that they cannot tell.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Backend, Client, Mode, Stack, decided_at, fact, sample_enterprise};

use super::rulesets::{copy, publish};

/// A follower hears from an idle source every five seconds; a bound below that would call a healthy source stale.
const BOUND_MS: i64 = 7_000;
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_silent_source_makes_decisions_indeterminate_sqlite() {
    silent(&Backend::Sqlite).await;
}

#[tokio::test]
async fn a_silent_source_makes_decisions_indeterminate_postgres() {
    let Some(backend) = Backend::postgres() else { return };
    silent(&backend).await;
}

async fn until(buyer: &Client, question: &Value, outcome: &str) -> Value {
    let start = Instant::now();
    loop {
        let decision = buyer.post("/procurement/v1/decisions", question).await.expect_status(201).json;
        let (age, fresh) = (decision["sources"][0]["age_ms"].as_i64().unwrap(), decision["sources"][0]["fresh"].as_bool().unwrap());
        assert_eq!(fresh, age <= BOUND_MS, "{decision}");
        assert_eq!(fresh, decision["outcome"] == "eligible", "{decision}");
        if decision["outcome"] == outcome {
            return decision;
        }
        assert!(start.elapsed() < PATIENCE, "not {outcome} after {PATIENCE:?}: {decision}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn silent(backend: &Backend) {
    let mut stack = Stack::start(Mode::Separate, backend, &[]);
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let mut ruleset = copy(&officer, "fresh-procurement").await;
    ruleset["freshness_bound_ms"] = json!(BOUND_MS);
    publish(&officer, &ruleset).await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
    let question = json!({"supplier": sample.code, "ruleset": "fresh-procurement", "as_of": "2026-06-01", "sign": true});
    let known = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!(known["outcome"], "eligible", "{known}");

    stack.process("credit").kill();
    let refused = officer.get(&sample.path()).await.expect_problem(503, "upstream_unavailable");
    assert!(refused.header("retry-after").is_some());
    let stale = until(&buyer, &question, "indeterminate").await;
    assert!(stale["criteria"].as_array().unwrap().iter().any(|finding| finding["result"] == "unknown"), "{stale}");
    assert!(!stale["criteria"].as_array().unwrap().iter().any(|finding| finding["result"] == "fail"), "{stale}");
    let keys = receipt::JwkSet::parse(&stack.public().get("/procurement/v1/keys").await.expect_status(200).text).unwrap();
    let proof = receipt::verify(stale["receipt"].as_str().unwrap(), &keys).unwrap();
    assert!(!proof.payload.sources[0].fresh, "the receipt says so as well");
    assert!(receipt::report(&proof).not_established.iter().any(|statement| statement.code == "stale_source"));
    let replay = format!("/procurement/v1/decisions/{}/replay", stale["id"].as_str().unwrap());
    assert_eq!(buyer.call("POST", &replay).send().await.expect_status(200).json, json!({"result": "identical"}));
    // The bound of the ruleset of a new installation is longer.
    let other = buyer.post("/procurement/v1/decisions", &json!({"supplier": sample.code, "as_of": "2026-06-01"})).await.expect_status(201);
    assert_eq!(other.field("/outcome"), &json!("eligible"));

    stack.restart("credit");
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    until(&buyer, &question, "eligible").await;
    let listing = officer.post("/credit/v1/facts", &fact(&sample.code, "serious_violation_listing")).await;
    listing.expect_status(201);
    let after = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!(after["outcome"], "ineligible", "the feed is followed on: {after}");
}
