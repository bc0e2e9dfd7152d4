//! Rulesets as data: checked, tried on their own cases, frozen when published, chosen by the day.

use chrono::Days;
use serde_json::{Value, json};
use testkit::{Client, Stack, fact, sample_enterprise, today};

in_every_mode!(a_ruleset_is_checked_published_and_frozen);

const RULESETS: &str = "/procurement/v1/rulesets";

/// The ruleset of a new installation under another name.
pub(super) async fn copy(officer: &Client, id: &str) -> Value {
    let reply = officer.get(&format!("{RULESETS}/government-procurement/versions/1")).await.expect_status(200);
    assert_eq!(reply.field("/state"), &json!("published"));
    let mut ruleset = reply.field("/ruleset").clone();
    ruleset["id"] = json!(id);
    ruleset
}

pub(super) async fn publish(officer: &Client, ruleset: &Value) {
    let place = format!("{RULESETS}/{}/versions/{}", ruleset["id"].as_str().unwrap(), ruleset["version"]);
    let draft = officer.post(RULESETS, ruleset).await.expect_status(201);
    assert_eq!((draft.field("/state"), draft.header("location")), (&json!("draft"), Some(place.as_str())));
    let etag = draft.header("etag").unwrap().to_owned();
    let published = officer.call("POST", &format!("{place}/publish")).header("If-Match", &etag).send().await.expect_status(200);
    assert_eq!((published.field("/state"), published.field("/revision")), (&json!("published"), &json!(2)));
}

async fn a_ruleset_is_checked_published_and_frozen(stack: &mut Stack) {
    let officer = stack.officer().await;
    let first = copy(&officer, "strict-procurement").await;
    let sound = officer.post(&format!("{RULESETS}/validate"), &first).await.expect_status(200);
    assert_eq!((sound.field("/valid"), sound.field("/failures")), (&json!(true), &json!([])));
    bad_documents(&officer, &first).await;
    bad_conditions(&officer, &first).await;

    officer.get(&format!("{RULESETS}/strict-procurement/versions/1")).await.expect_problem(404, "not_found");
    drafts_change_by_their_etag(&officer, &first).await;
    publish(&officer, &first).await;
    let frozen = officer.post(RULESETS, &first).await;
    frozen.expect_problem(409, "version_frozen");
    let place = format!("{RULESETS}/strict-procurement/versions/1");
    for path in [place.as_str(), &format!("{RULESETS}/government-procurement/versions/1"), &format!("{RULESETS}/fiscal-funds/versions/1")] {
        let again = officer.call("POST", &format!("{path}/publish")).header("If-Match", "\"2\"").send().await;
        again.expect_problem(409, "version_frozen");
    }
    officer.call("POST", &format!("{place}/publish")).send().await.expect_problem(428, "if_match_required");
    officer.call("PUT", &place).header("If-Match", "\"2\"").json(&first).send().await.expect_problem(409, "version_frozen");
    let read = officer.get(&place).await.expect_status(200);
    assert_eq!((read.field("/ruleset"), read.field("/digest")), (&first, sound.field("/digest")));
    let missing =
        officer.call("POST", &format!("{RULESETS}/strict-procurement/versions/9/publish")).header("If-Match", "\"1\"").send().await;
    missing.expect_problem(404, "not_found");

    second_version_by_date(stack, &officer, first).await;
}

/// A draft is changed and published only as it was read; the same key gives the same answer.
async fn drafts_change_by_their_etag(officer: &Client, first: &Value) {
    let mut draft = first.clone();
    draft["id"] = json!("drafted-procurement");
    let place = format!("{RULESETS}/drafted-procurement/versions/1");
    let create = || officer.call("POST", RULESETS).header("Idempotency-Key", "draft-once").json(&draft);
    let made = create().send().await.expect_status(201);
    assert_eq!((made.header("etag"), made.field("/in_force")), (Some("\"1\""), &json!([])));
    let again = create().send().await.expect_status(201);
    assert_eq!((again.text.as_str(), again.header("etag")), (made.text.as_str(), made.header("etag")));
    officer.post(RULESETS, &draft).await.expect_problem(409, "duplicate");

    draft["source"] = json!("示例");
    officer.call("PUT", &place).json(&draft).send().await.expect_problem(428, "if_match_required");
    let changed = officer.call("PUT", &place).header("If-Match", "\"1\"").json(&draft).send().await.expect_status(200);
    assert_eq!((changed.header("etag"), changed.field("/ruleset/source")), (Some("\"2\""), &json!("示例")));
    officer.call("PUT", &place).header("If-Match", "\"1\"").json(&draft).send().await.expect_problem(412, "etag_mismatch");
    let elsewhere =
        officer.call("PUT", &format!("{RULESETS}/drafted-procurement/versions/2")).header("If-Match", "\"2\"").json(first).send().await;
    let faults = elsewhere.expect_problem(422, "ruleset_differs").faults();
    assert_eq!(faults, [("/id", "ruleset_differs"), ("/version", "ruleset_differs")].map(|(at, code)| (at.to_owned(), code.to_owned())));
    let publish = format!("{place}/publish");
    officer.call("POST", &publish).header("If-Match", "\"1\"").send().await.expect_problem(412, "etag_mismatch");
    let once = || officer.call("POST", &publish).header("If-Match", "\"2\"").header("Idempotency-Key", "publish-once");
    let published = once().send().await.expect_status(200);
    assert_eq!(published.field("/in_force"), &json!([{"from": "2022-02-08", "to": null}]), "the first version may reach back");
    assert_eq!(once().send().await.expect_status(200).text, published.text);
}

/// Decisions were or may have been made by the version that was in force.
async fn no_day_of_the_past(officer: &Client, second: &Value) {
    let mut early = second.clone();
    early["version"] = json!(3);
    let place = format!("{RULESETS}/strict-procurement/versions/3");
    officer.post(RULESETS, &early).await.expect_status(201);
    for (revision, (from, to)) in (1..).zip([(today(), None), (today() - Days::new(60), Some(today() - Days::new(30)))]) {
        early["effective_from"] = json!(from.to_string());
        if let Some(to) = to {
            early["effective_to"] = json!(to.to_string());
        }
        let etag = format!("\"{revision}\"");
        let changed = officer.call("PUT", &place).header("If-Match", &etag).json(&early).send().await.expect_status(200);
        let etag = changed.header("etag").unwrap().to_owned();
        let refused = officer.call("POST", &format!("{place}/publish")).header("If-Match", &etag).send().await;
        assert_eq!(
            refused.expect_problem(422, "ruleset_backdated").faults(),
            [("/effective_from".to_owned(), "ruleset_backdated".to_owned())]
        );
    }
}

async fn bad_documents(officer: &Client, first: &Value) {
    let mut failing = first.clone();
    failing["tests"][0]["expect"]["outcome"] = json!("ineligible");
    let judged = officer.post(&format!("{RULESETS}/validate"), &failing).await.expect_status(200);
    assert_eq!((judged.field("/valid"), judged.field("/failures/0/what")), (&json!(false), &json!("outcome")), "{}", judged.text);
    failing["id"] = json!("failing-procurement");
    officer.post(RULESETS, &failing).await.expect_status(201);
    let publish = format!("{RULESETS}/failing-procurement/versions/1/publish");
    let refused = officer.call("POST", &publish).header("If-Match", "\"1\"").send().await;
    let refused = refused.expect_problem(422, "ruleset_tests_failed");
    assert_eq!(refused.field("/failures/0/expected"), &json!("ineligible"), "{}", refused.text);

    let mut bad = first.clone();
    bad["colour"] = json!("red");
    bad["version"] = json!(0);
    bad["freshness_bound_ms"] = json!(0);
    bad["criteria"][0] = json!({"code": "EXC.NO_SUCH"});
    bad["criteria"][6] = json!({"code": "SEL.MIN_GRADE", "params": {"grade": "Z", "colour": 1}});
    bad["preferences"][0] = json!({"code": "EXC.INACTIVE"});
    for path in [format!("{RULESETS}/validate"), RULESETS.to_owned()] {
        let reply = officer.post(&path, &bad).await;
        assert!([400, 422].contains(&reply.status), "{}", reply.text);
        let pointers: Vec<String> = reply.faults().into_iter().map(|(pointer, _)| pointer).collect();
        for pointer in ["/colour", "/version", "/freshness_bound_ms", "/criteria/0/code", "/preferences/0/code"] {
            assert!(pointers.iter().any(|found| found == pointer), "{pointer} is missing in {pointers:?}");
        }
        assert!(pointers.iter().any(|found| found.starts_with("/criteria/6/params")), "{pointers:?}");
    }
}

/// What CEL could express and the platform must refuse: loops, floats, clocks, unlike types, names that are no scalars.
async fn bad_conditions(officer: &Client, first: &Value) {
    for expression in [
        "[1, 2].all(x, x > 0)",
        "spot_check_failures_24m > 1.5",
        "timestamp('2026-01-01T00:00:00Z') < now",
        "score == '742'",
        "nonsense > 1",
        "score +",
        "score",
        "",
        "'a'.matches('(a+)+$')",
    ] {
        let mut bad = first.clone();
        bad["conditions"][0]["expression"] = json!(expression);
        let reply = officer.post(&format!("{RULESETS}/validate"), &bad).await;
        assert!([400, 422].contains(&reply.status), "{expression}: {}", reply.text);
        assert!(reply.faults().iter().any(|(pointer, _)| pointer == "/conditions/0/expression"), "{expression}: {}", reply.text);
    }
}

async fn second_version_by_date(stack: &Stack, officer: &Client, first: Value) {
    let buyer = stack.buyer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
    let ask = |as_of: String| {
        let (buyer, supplier) = (buyer.clone(), sample.code.clone());
        let question = json!({"supplier": supplier, "ruleset": "strict-procurement", "as_of": as_of, "sign": true});
        async move { buyer.post("/procurement/v1/decisions", &question).await }
    };
    let early = testkit::decided_at(
        &buyer,
        &json!({"supplier": sample.code, "ruleset": "strict-procurement", "as_of": "2026-06-01"}),
        stack.head().await,
    )
    .await;
    assert_eq!((&early["ruleset"]["version"], &early["outcome"]), (&json!(1), &json!("eligible")), "{early}");

    // From a day to come on an A is not enough; what is past, or is today, stays with the version that was in force.
    let mut second = first;
    second["version"] = json!(2);
    let begins = today() + Days::new(40);
    second["effective_from"] = json!(begins.to_string());
    second["criteria"][6]["params"]["grade"] = json!("AAA");
    second["tests"] = json!([{
        "name": "等级不够", "as_of": "2026-08-01T09:30:00+08:00", "enterprise": {"established_on": "2010-02-11"},
        "grade": "A", "score": 742, "expect": {"outcome": "ineligible", "criteria": {"SEL.MIN_GRADE": "fail"}}
    }]);
    no_day_of_the_past(officer, &second).await;
    publish(officer, &second).await;
    // Another replica sees it within its look; this process at once. Midnight is 24:00 of the day that ends.
    let eve = begins - Days::new(1);
    let asked =
        [(eve.to_string(), 1), (begins.to_string(), 2), (format!("{begins}T00:00:00+08:00"), 1), (format!("{begins}T00:00:01+08:00"), 2)];
    for (as_of, version) in asked {
        let reply = ask(as_of.clone()).await.expect_status(201);
        assert_eq!(reply.field("/ruleset/version"), &json!(version), "{as_of}");
    }
    for (version, days) in
        [(1, json!([{"from": "2022-02-08", "to": eve.to_string()}])), (2, json!([{"from": begins.to_string(), "to": null}]))]
    {
        let read = officer.get(&format!("{RULESETS}/strict-procurement/versions/{version}")).await.expect_status(200);
        assert_eq!((read.field("/in_force"), read.header("etag")), (&days, Some("\"2\"")));
    }
    let replayed = buyer.call("POST", &format!("/procurement/v1/decisions/{}/replay", early["id"].as_str().unwrap())).send().await;
    assert_eq!(replayed.expect_status(200).json, json!({"result": "identical"}), "the old version is kept");
    ask("2022-02-07".to_owned()).await.expect_problem(422, "ruleset_not_in_force");
    let unknown = json!({"supplier": sample.code, "ruleset": "no-such"});
    buyer.post("/procurement/v1/decisions", &unknown).await.expect_problem(422, "ruleset_unknown");
    let all = officer.get(RULESETS).await.expect_status(200);
    let listed: Vec<_> = all.field("/items").as_array().unwrap().iter().map(|item| (item["id"].clone(), item["version"].clone())).collect();
    assert_eq!(
        listed,
        [
            ("drafted-procurement", 1),
            ("fiscal-funds", 1),
            ("government-investment", 1),
            ("government-procurement", 1),
            ("public-resource-trading", 1),
            ("strict-procurement", 1),
            ("strict-procurement", 2)
        ]
        .map(|(id, version)| (json!(id), json!(version)))
    );
}
