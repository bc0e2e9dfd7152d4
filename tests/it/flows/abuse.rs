//! What a clever or careless caller must not get: an annulled fact back under its old id, a rule of its own for everybody, another's decision, an
//! operation by another spelling of its path. Each was possible once.

use serde_json::json;
use testkit::{Stack, decided_at, fact, sample_enterprise};

in_every_mode!(callers_get_no_more_than_they_may);

async fn callers_get_no_more_than_they_may(stack: &mut Stack) {
    let (officer, buyer, other) = (stack.officer().await, stack.buyer().await, stack.caller("integrator").await);
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);

    // An own id once used is used for ever: what was annulled does not stand again by being said again.
    let mut award = fact(&sample.code, "award");
    award["external_id"] = json!("示例-1");
    let first = officer.post("/credit/v1/facts", &award).await.expect_status(201);
    let annul = format!("/credit/v1/facts/{}/annul", first.text_at("/id"));
    officer.post(&annul, &json!({"reason": "本不应存在"})).await.expect_status(200);
    officer.post("/credit/v1/facts", &award).await.expect_problem(409, "duplicate");

    // A ruleset binds every buyer: no buyer writes one.
    let page = officer.get("/procurement/v1/rulesets").await.expect_status(200);
    let mut ruleset = page.field("/items/0/ruleset").clone();
    ruleset["version"] = json!(7);
    buyer.post("/procurement/v1/rulesets", &ruleset).await.expect_problem(403, "not_your_organisation");
    stack.caller("service").await.post("/procurement/v1/rulesets", &ruleset).await.expect_status(403);
    ruleset["version"] = json!(3_000_000_000_u64);
    officer.post("/procurement/v1/rulesets", &ruleset).await.expect_status(422);

    // A decision is its asker's; for others it does not exist.
    let head = stack.head().await;
    let decision = decided_at(&buyer, &json!({"supplier": sample.code, "as_of": "2026-06-01"}), head).await;
    let path = format!("/procurement/v1/decisions/{}", decision["id"].as_str().unwrap());
    buyer.get(&path).await.expect_status(200);
    officer.get(&path).await.expect_status(200);
    other.get(&path).await.expect_problem(404, "not_found");
    other.call("POST", &format!("{path}/replay")).send().await.expect_problem(404, "not_found");

    // Another spelling of a path is not another way in.
    let nobody = testkit::Client::new(stack.base());
    for path in ["/credit/v1/%6dodels", "/credit/v1/%66acts", "/credit/v1/enterprises/%39", "/procurement/v1/%63riteria"] {
        let status = nobody.get(path).await.status;
        assert!([401, 404, 405].contains(&status), "{path}: {status}");
    }

    // An unclosed quote does not swallow the rest of a file into memory.
    let mut csv = "uscc,name,division,status,established_on\n\"".to_owned();
    csv.push_str(&"x".repeat(3 * 1024 * 1024));
    let report = officer.call("POST", "/credit/v1/enterprises/import").body("text/csv", csv).send().await.expect_status(200);
    assert_eq!(report.lines().last().unwrap()["summary"]["refused"], json!(1), "{}", report.text);
}
