//! A draft of a ruleset held against the version in force: whose outcome flips and why, for given suppliers and page by page; nothing is stored.

use serde_json::{Value, json};
use testkit::{Client, Stack, decided_at, fact, sample_enterprise};

use super::rulesets::{copy, publish};

in_every_mode!(a_draft_is_held_against_the_version_in_force);

const SHADOW: &str = "/procurement/v1/rulesets/shadowed/versions/2/shadow";

async fn drafted(officer: &Client) {
    let first = copy(officer, "shadowed").await;
    publish(officer, &first).await;
    let mut second = first;
    second["version"] = json!(2);
    second["criteria"] = json!([{"code": "EXC.INACTIVE"}, {"code": "SEL.LIABILITY_COVER", "params": {"amount": {"amount": "1000000.00", "currency": "CNY"}}}]);
    second["conditions"] = json!([]);
    second["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    officer.post("/procurement/v1/rulesets", &second).await.expect_status(201);
}

async fn a_draft_is_held_against_the_version_in_force(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    drafted(&officer).await;
    // One that keeps its outcome, one that loses it, one that wins it.
    let [kept, lost, won] = [(); 3].map(|()| sample_enterprise());
    for sample in [&kept, &lost, &won] {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
    }
    for sample in [&kept, &won] {
        let mut cover = fact(&sample.code, "insurance_cover");
        cover["detail"] = json!({"amount": {"amount": "1000000.00", "currency": "CNY"}});
        officer.post("/credit/v1/facts", &cover).await.expect_status(201);
    }
    officer.post("/credit/v1/facts", &fact(&won.code, "abnormal_operation_listing")).await.expect_status(201);
    decided_at(&buyer, &json!({"supplier": won.code, "as_of": "2026-06-01"}), stack.head().await).await;

    let stranger = sample_enterprise().code;
    let asked = json!({"suppliers": [kept.code, lost.code, won.code, stranger], "as_of": "2026-06-01"});
    let found = officer.post(SHADOW, &asked).await.expect_status(200);
    assert_eq!(
        (found.field("/tried/version"), found.field("/state"), found.field("/against/version")),
        (&json!(2), &json!("draft"), &json!(1))
    );
    assert_eq!((found.field("/compared"), found.field("/flipped"), found.field("/unknown")), (&json!(3), &json!(2), &json!([stranger])));
    let flip = |supplier: &str| -> Value {
        found.field("/flips").as_array().unwrap().iter().find(|flip| flip["supplier"] == supplier).cloned().unwrap_or_default()
    };
    assert_eq!(flip(&kept.code), json!(null), "{}", found.text);
    assert_eq!((&flip(&lost.code)["from"], &flip(&lost.code)["to"]), (&json!("eligible"), &json!("indeterminate")), "{}", found.text);
    assert_eq!(flip(&lost.code)["because"], json!([{"criterion": "SEL.LIABILITY_COVER", "from": null, "to": "unknown"}]));
    assert_eq!((&flip(&won.code)["from"], &flip(&won.code)["to"]), (&json!("ineligible"), &json!("eligible")), "{}", found.text);
    assert!(flip(&won.code)["because"].to_string().contains("EXC.ABNORMAL_OPERATION"), "{}", found.text);
    assert_eq!(officer.post(SHADOW, &asked).await.expect_status(200).text, found.text, "the same question, the same answer");

    // All whom the register knows, page by page.
    let (mut after, mut all) = (Value::Null, 0);
    loop {
        let mut page = json!({"as_of": "2026-06-01", "limit": 2});
        if after.is_string() {
            page["after"] = after;
        }
        let found = officer.post(SHADOW, &page).await.expect_status(200);
        all += found.field("/compared").as_u64().unwrap();
        after = found.field("/next").clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(all, 3);
    refused(&officer, &buyer).await;
}

async fn refused(officer: &Client, buyer: &Client) {
    officer.post("/procurement/v1/rulesets/shadowed/versions/9/shadow", &json!({})).await.expect_problem(404, "not_found");
    let narrow = buyer.post(SHADOW, &json!({})).await;
    assert_eq!(narrow.status, 403, "{}", narrow.text);
    let bad = json!({"against": 2, "suppliers": ["x"], "as_of": "soon", "after": "y", "limit": 0});
    let pointers: Vec<String> =
        officer.post(SHADOW, &bad).await.expect_problem(422, "invalid").faults().into_iter().map(|(at, _)| at).collect();
    for pointer in ["/against", "/suppliers/0", "/as_of", "/after", "/limit"] {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer} is missing in {pointers:?}");
    }
    let missing = officer.post(SHADOW, &json!({"against": 7})).await.expect_problem(422, "ruleset_unknown");
    assert_eq!(missing.faults(), [("/against".to_owned(), "ruleset_unknown".to_owned())]);
    let before = officer.post(SHADOW, &json!({"as_of": "2020-01-01"})).await.expect_problem(422, "ruleset_not_in_force");
    assert_eq!(before.faults(), [("/against".to_owned(), "ruleset_not_in_force".to_owned())]);
}
