//! Self-declarations from the first version to the check that credit hears of. All numbers, limits and products are invented. Not here:
//! single rules, which the service tests beside the code.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Client, Reply, Stack, eventually, sample_enterprise};

use super::standard_catalogue::editions;

on_both_databases!(a_product_is_declared_in_versions);
on_both_databases!(declarations_are_drawn_and_checked);
on_both_databases!(what_was_not_declared_is_publicised);
on_both_databases!(a_claim_lapses_with_its_edition);

const DECLARATIONS: &str = "/standards/v1/declarations";
const CHECKS: &str = "/standards/v1/declaration_checks";

fn edition(number: &str, mandatory: bool, effective: &str) -> Value {
    json!({"number": number, "title": "示例滑板车要求", "published_on": "2024-01-01", "effective_on": effective, "status": "current",
        "mandatory": mandatory, "ics": ["97.190"]})
}

/// At most so much of a property, by the one method of these stories.
fn limit(property: &str, kind: &str, upper: &str) -> Value {
    json!({"property": property, "title": "示例指标", "direction": "max", "upper": upper, "unit": "mg/kg", "kind": kind,
        "test_method": {"standard": "GB/T 99901-2020"}})
}

async fn clauses(officer: &Client, edition: &str, indicators: &[Value]) {
    let clauses: Vec<Value> =
        indicators.iter().enumerate().map(|(place, one)| json!({"number": format!("4.{}", place + 1), "indicator": one})).collect();
    officer.put(&format!("/standards/v1/editions/{edition}/clauses"), &json!({"clauses": clauses})).await.expect_status(201);
}

fn declaration(product: &str, executed: &[&str], indicators: &[Value]) -> Value {
    let executed: Vec<Value> = executed.iter().map(|number| json!({"number": number, "title": "示例企业标准"})).collect();
    json!({"product": {"name": product, "ics": "97.190"}, "executed": executed, "indicators": indicators,
        "commitments": ["示例：三年质保。"], "channel": "platform"})
}

fn with(mut value: Value, field: &str, other: Value) -> Value {
    value[field] = other;
    value
}

fn found(reply: &Reply) -> Vec<(String, String)> {
    reply.faults()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
}

async fn step(client: &Client, before: &Reply, path: &str, body: &Value) -> Reply {
    client.call("POST", path).header("If-Match", before.header("etag").unwrap()).json(body).send().await
}

#[expect(clippy::too_many_lines, reason = "one story from the first version to the fourth")]
async fn a_product_is_declared_in_versions(stack: &mut Stack) {
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let listed = [
        edition("GB 99101-2024", true, "2024-07-01"),
        edition("GB/T 99102-2024", false, "2024-07-01"),
        edition("GB/T 99103-2035", false, "2036-01-01"),
        with(edition("GB/T 99104-2020", false, "2024-02-01"), "withdrawn_on", json!("2025-01-01")),
    ];
    let ids = editions(&officer, &listed).await;
    clauses(&officer, &ids[0], &[limit("lead", "safety", "90")]).await;
    clauses(&officer, &ids[1], &[limit("wear", "performance", "5"), limit("noise", "functional", "60")]).await;

    // Who may.
    let plain = declaration("示例滑板车 A1", &["GB/T 99102-2024"], &[]);
    buyer.post(DECLARATIONS, &plain).await.expect_problem(403, "not_your_organisation");
    let stranger = with(plain.clone(), "enterprise", json!(sample_enterprise().code));
    itself.post(DECLARATIONS, &stranger).await.expect_problem(403, "not_your_organisation");
    let unnamed = officer.post(DECLARATIONS, &plain).await.expect_problem(422, "enterprise_missing");
    assert_eq!(found(&unnamed), pairs(&[("/enterprise", "enterprise_missing")]));

    // Everything that is wrong is said at once, and what could have been meant.
    let wrong = with(
        declaration("示例滑板车 A1", &["GB/T 99102-2023", "GB/T 99103-2035", "GB/T 99104-2020", "ISO 99105:2020"], &[]),
        "product",
        json!({"name": "示例滑板车 A1", "ics": "97.190"}),
    );
    let refused = itself.post(DECLARATIONS, &wrong).await.expect_problem(422, "invalid");
    let expected = [
        ("/executed/0/number", "edition_unknown"),
        ("/executed/1/number", "edition_upcoming"),
        ("/executed/2/number", "edition_ended"),
        ("/executed/3/number", "edition_unknown"),
    ];
    assert_eq!(found(&refused), pairs(&expected));
    assert_eq!(refused.field("/candidates")["/executed/0/number"], json!(["GB/T 99102-2024"]));
    let own = ["Q/SLEX 001-2026", "GB/T99102—2024"];
    let bare = itself.post(DECLARATIONS, &declaration("示例滑板车 A1", &own, &[])).await.expect_problem(422, "indicator_missing");
    assert_eq!(found(&bare), pairs(&[("/indicators", "indicator_missing"), ("/indicators", "indicator_missing")]));
    let low = [limit("lead", "performance", "100"), limit("wear", "performance", "6"), limit("noise", "functional", "60")];
    let refused = itself.post(DECLARATIONS, &declaration("示例滑板车 A1", &own, &low)).await.expect_problem(422, "invalid");
    assert_eq!(found(&refused), pairs(&[("/indicators/0", "below_mandatory"), ("/indicators/1", "disclosure_missing")]));

    // Order 83 Art 14: lower than recommended is allowed where it is stated; lower than mandatory never.
    let mut lower = declaration("示例滑板车 A1", &own, &low[1..]);
    lower["disclosures"] = json!([{"property": "wear", "text": "示例：适用于室内。"}]);
    let first = itself.post(DECLARATIONS, &lower).await.expect_status(201);
    assert_eq!((first.field("/outcome"), first.field("/version")), (&json!("accepted_with_disclosure"), &json!(1)));
    assert_eq!((first.field("/executed/0/level"), first.field("/executed/1/number")), (&json!("enterprise"), &json!("GB/T 99102-2024")));
    assert_eq!(first.field("/shortfalls/0/how"), "looser");
    let again = itself.post(DECLARATIONS, &lower).await.expect_problem(409, "duplicate");
    assert_eq!(again.field("/declaration"), first.field("/id"));
    // The own standard stands in the catalogue now.
    let known = itself.get("/standards/v1/standards?number=Q/SLEX%20001-2026").await.expect_status(200);
    assert_eq!((known.field("/items/0/source"), known.field("/items/0/level")), (&json!("declaration"), &json!("enterprise")));

    // A new version takes nothing away; identity stays.
    let path = format!("{DECLARATIONS}/{}", first.text_at("/id"));
    let better = declaration("示例滑板车 A1", &own, &[limit("wear", "performance", "4"), limit("noise", "functional", "60")]);
    itself.put(&path, &better).await.expect_problem(428, "if_match_required");
    let put = async |client: &Client, before: &Reply, body: &Value| {
        client.call("PUT", &path).header("If-Match", before.header("etag").unwrap()).json(body).send().await
    };
    let other = put(&itself, &first, &declaration("示例滑板车 B1", &own[1..], &[])).await.expect_problem(422, "identity_differs");
    assert_eq!(found(&other), pairs(&[("/executed/0", "identity_differs"), ("/product", "identity_differs")]));
    let second = put(&itself, &first, &better).await.expect_status(200);
    assert_eq!((second.field("/outcome"), second.field("/version")), (&json!("accepted"), &json!(2)));
    put(&itself, &first, &better).await.expect_problem(412, "etag_mismatch");
    let old = buyer.get(&format!("{path}?version=1")).await.expect_status(200);
    assert_eq!(old.field("/outcome"), "accepted_with_disclosure");
    buyer.get(&format!("{path}?version=9")).await.expect_problem(404, "not_found");
    buyer.get(&format!("{path}?version=0")).await.expect_problem(400, "bad_parameter");

    // Public by its nature, in three places.
    let public = stack.public().get(&format!("/standards/v1/public/declarations/{}", first.text_at("/id"))).await.expect_status(200);
    assert_eq!(public.field("/indicators/0/upper"), "4");
    let of = format!("/standards/v1/enterprises/{}/declarations", stack.code("enterprise"));
    assert_eq!(buyer.get(&of).await.expect_status(200).field("/items/0/id"), first.field("/id"));
    let citing = format!("/standards/v1/editions/{}/declarations", ids[1]);
    assert_eq!(buyer.get(&citing).await.expect_status(200).field("/items/0/id"), first.field("/id"));

    // When a cited edition ends, the declaration shows it, and until when it may go on.
    let mut newer = edition("GB/T 99102-2026", false, "2026-01-01");
    (newer["published_on"], newer["relations"]) = (json!("2025-12-01"), json!([{"kind": "replaces", "to": "GB/T 99102-2024"}]));
    editions(&officer, &[newer]).await;
    let outdated = itself.get(&path).await.expect_status(200);
    assert_eq!((outdated.field("/state"), outdated.field("/outdated/0/from")), (&json!("outdated"), &json!("2026-01-01")));
    assert_eq!(outdated.field("/outdated/0/grace_until"), "2026-07-01");
    assert_eq!(outdated.field("/outdated/0/successors"), &json!(["GB/T 99102-2026"]));
    let refused = put(&itself, &second, &better).await.expect_problem(422, "edition_ended");
    assert!(refused.text.contains("GB/T 99102-2026"), "{}", refused.text);

    // Taken back, and declared anew as the next version.
    let withdraw = format!("{path}/withdraw");
    let withdrawn = step(&officer, &second, &withdraw, &json!({})).await.expect_status(200);
    assert_eq!((withdrawn.field("/state"), withdrawn.field("/version")), (&json!("withdrawn"), &json!(3)));
    step(&itself, &withdrawn, &withdraw, &json!({})).await.expect_problem(409, "illegal_transition");
    let anew = put(&itself, &withdrawn, &with(better, "executed", json!([{"number": own[0]}]))).await.expect_status(200);
    assert_eq!((anew.field("/state"), anew.field("/version")), (&json!("declared"), &json!(4)));
}

/// What a check looks like for whoever finds: an assessor's report with these values.
fn finding(values: &[(&str, &str)], assessor: &str) -> Value {
    let one = |(property, value): &(&str, &str)| json!({"property": property, "value": value, "unit": "mg/kg", "test_method": {"standard": "GB/T 99901-2020"}});
    let measured: Vec<Value> = values.iter().map(one).collect();
    json!({"assessor": assessor, "report": format!("sha256:{}", "a".repeat(64)), "measured": measured, "text": "示例：送检三件。"})
}

#[expect(clippy::too_many_lines, reason = "one story from the plan to the fact")]
async fn declarations_are_drawn_and_checked(stack: &mut Stack) {
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let ids = editions(&officer, &[edition("GB 99201-2024", true, "2024-07-01")]).await;
    clauses(&officer, &ids[0], &[limit("lead", "safety", "90")]).await;
    let plans = format!("{CHECKS}/plans");
    let seed = "b1946ac92492d2347c6235b4d2611184";
    let commitment = format!("sha256:{}", Sha256::digest(seed).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let plan = json!({"title": "示例抽查", "commitment": commitment, "ics": "97.190", "count": 2,
        "weights": {"unchecked": 2, "failed": 3, "passed": 1}});
    officer.post(&plans, &plan).await.expect_problem(422, "population_empty");

    // Three declarations of enterprises that credit knows.
    let (wear, noise) = (limit("wear", "performance", "5"), limit("noise", "functional", "60"));
    for number in 1..=3 {
        let sample = sample_enterprise();
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        let body = declaration(&format!("示例滑板车 C{number}"), &["Q/SLEX 002-2026"], &[wear.clone(), noise.clone()]);
        officer.post(DECLARATIONS, &with(body, "enterprise", json!(sample.code))).await.expect_status(201);
    }

    // Who may; and what is wrong.
    itself.post(&plans, &plan).await.expect_problem(403, "not_your_organisation");
    let bad =
        json!({"title": "", "commitment": "md5:1", "ics": "97.191", "count": 0, "weights": {"unchecked": 101, "failed": 1, "passed": 1}});
    let expected = [
        ("/commitment", "digest_invalid"),
        ("/count", "item_count"),
        ("/ics", "ics_unknown"),
        ("/title", "text_empty"),
        ("/weights/unchecked", "weight_invalid"),
    ];
    assert_eq!(found(&officer.post(&plans, &bad).await.expect_problem(422, "invalid")), pairs(&expected));

    // The urn and the hash first, the seed with the draw.
    let planned = officer.post(&plans, &plan).await.expect_status(201);
    assert_eq!((planned.field("/state"), planned.field("/population_count")), (&json!("committed"), &json!(3)));
    assert_eq!(planned.field("/population/0/weight"), 2, "never checked");
    let path = format!("{plans}/{}", planned.text_at("/id"));
    officer.post(&format!("{path}/replay"), &json!({})).await.expect_problem(409, "illegal_transition");
    let draw = format!("{path}/draw");
    let wrong = json!({"seed": "another", "beacon": "4711"});
    let refused = step(&officer, &planned, &draw, &wrong).await.expect_problem(422, "invalid");
    assert_eq!(found(&refused), pairs(&[("/beacon", "beacon_not_announced"), ("/seed", "seed_differs")]));
    step(&itself, &planned, &draw, &json!({"seed": seed})).await.expect_problem(403, "not_your_organisation");
    let drawn = step(&officer, &planned, &draw, &json!({"seed": seed})).await.expect_status(200);
    assert_eq!(drawn.field("/draw/order").as_array().unwrap().len(), 2);
    step(&officer, &drawn, &draw, &json!({"seed": seed})).await.expect_problem(409, "illegal_transition");
    let replayed = buyer.post(&format!("{path}/replay"), &json!({})).await.expect_status(200);
    assert_eq!((replayed.field("/same"), replayed.field("/order")), (&json!(true), drawn.field("/draw/order")));
    assert_eq!(buyer.get(&plans).await.expect_status(200).field("/items/0/population_digest"), planned.field("/population_digest"));

    // A public value is one that nobody knows when the plan is made, and nothing is drawn before it is known.
    let announced = |from: &str| {
        let beacon = json!({"source": "示例公共随机源", "round": "4711", "known_from": from});
        with(plan.clone(), "beacon", beacon)
    };
    officer.post(&plans, &announced("2024-01-01T00:00:00Z")).await.expect_problem(422, "beacon_known");
    let later = officer.post(&plans, &announced("2136-01-01T00:00:00Z")).await.expect_status(201);
    assert_eq!(later.field("/beacon/round"), "4711");
    let (draw, value) = (format!("{plans}/{}/draw", later.text_at("/id")), json!({"seed": seed, "beacon": "a".repeat(64)}));
    step(&officer, &later, &draw, &value).await.expect_problem(422, "beacon_not_yet");

    // One is worse than declared, the other breaks a mandatory clause.
    let list = format!("{CHECKS}?plan={}", planned.text_at("/id"));
    let checks = officer.get(&list).await.expect_status(200);
    let one = officer.get(&format!("{CHECKS}/{}", checks.text_at("/items/0/id"))).await.expect_status(200);
    let other = officer.get(&format!("{CHECKS}/{}", checks.text_at("/items/1/id"))).await.expect_status(200);
    // Who was drawn is told to nobody else before something was found.
    buyer.get(&format!("{CHECKS}/{}", one.text_at("/id"))).await.expect_problem(404, "not_found");
    assert_eq!(buyer.get(&list).await.expect_status(200).field("/items"), &json!([]));
    let assessor = stack.code("laboratory");
    let find = |check: &Reply| format!("{CHECKS}/{}/find", check.text_at("/id"));
    let nothing = step(&officer, &one, &find(&one), &finding(&[("weight", "1")], &assessor)).await;
    nothing.expect_problem(422, "nothing_comparable");
    let mut unreadable = finding(&[("Wear", "1,5")], "1");
    unreadable["report"] = json!("md5:1");
    let refused = step(&officer, &one, &find(&one), &unreadable).await.expect_problem(422, "invalid");
    let pointers: Vec<String> = found(&refused).into_iter().map(|(at, _)| at).collect();
    assert_eq!(pointers, ["/assessor", "/measured/0/property", "/measured/0/value", "/report"]);
    let untrue = step(&officer, &one, &find(&one), &finding(&[("wear", "5.5"), ("noise", "50")], &assessor)).await.expect_status(200);
    assert_eq!((untrue.field("/outcome"), untrue.field("/standard")), (&json!("untrue"), &json!("Q/SLEX 002-2026")));
    assert_eq!(untrue.field("/compared/0/how"), "looser");
    let broken = step(&officer, &other, &find(&other), &finding(&[("wear", "4"), ("lead", "91")], &assessor)).await.expect_status(200);
    assert_eq!((broken.field("/outcome"), broken.field("/standard")), (&json!("below_mandatory"), &json!("GB 99201-2024")));
    // Others see where it stands, and not what was found.
    let stage = buyer.get(&format!("{CHECKS}/{}", one.text_at("/id"))).await.expect_status(200);
    assert_eq!((stage.field("/state"), stage.field("/outcome")), (&json!("found"), &Value::Null));
    assert_eq!((stage.field("/standard"), stage.field("/allowed")), (&Value::Null, &json!([])));
    assert_eq!(stage.field("/compared"), &Value::Null);

    // It is told to authorities, and credit has a fact of it.
    let told = async |client: &Client| {
        let feed = client.get("/standards/v1/events?limit=500").await.expect_status(200);
        let all = feed.field("/items").as_array().unwrap().clone();
        all.into_iter().find(|event| event["data"]["id"] == *untrue.field("/id"))
    };
    assert!(told(&buyer).await.is_none(), "what is not publicised is not for everybody");
    let event = told(&officer).await.unwrap();
    assert_eq!((&event["type"], &event["data"]["outcome"]), (&json!("touchstone.standards.declaration.checked.v1"), &json!("untrue")));
    let facts = format!("/credit/v1/enterprises/{}/facts?kind=standard_conformity", untrue.text_at("/enterprise"));
    let fact = eventually("credit has the fact", || async {
        let all = officer.get(&facts).await.expect_status(200);
        all.field("/items").as_array().unwrap().first().cloned()
    });
    let fact = fact.await;
    assert_eq!((&fact["detail"]["result"], &fact["detail"]["standard"]), (&json!("fail"), &json!("Q/SLEX 002-2026")));

    // An outcome that should never have stood is taken back, there as well.
    let annul = format!("{CHECKS}/{}/annul", one.text_at("/id"));
    step(&officer, &untrue, &annul, &json!({"text": "示例：样品混淆。"})).await.expect_status(200);
    eventually("credit annuls the fact", || async {
        let all = officer.get(&facts).await.expect_status(200);
        let standing = all.field("/items").as_array().unwrap().iter().filter(|fact| fact["state"] != "annulled").count();
        (standing == 0).then_some(())
    })
    .await;
}

async fn what_was_not_declared_is_publicised(stack: &mut Stack) {
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let code = stack.code("enterprise");
    let case = json!({"enterprise": code, "product": "示例滑板车 D1", "text": "示例：未公开执行标准。", "on": "2024-03-01"});
    itself.post(CHECKS, &case).await.expect_problem(403, "not_your_organisation");
    let future = officer.post(CHECKS, &with(case.clone(), "on", json!("2136-01-01"))).await;
    future.expect_problem(422, "date_in_future");
    let opened = officer.post(CHECKS, &case).await.expect_status(201);
    assert_eq!((opened.field("/outcome"), opened.field("/state")), (&json!("not_declared"), &json!("found")));
    let at = |act: &str| format!("{CHECKS}/{}/{act}", opened.text_at("/id"));

    // Law 38: an order first, publicity only where it is not obeyed in time.
    let remark = |on: &str| json!({"text": "示例", "on": on});
    step(&officer, &opened, &at("publicise"), &remark("2024-03-02")).await.expect_problem(409, "illegal_transition");
    let order = |on: &str| json!({"document_no": "示例〔2024〕1号", "text": "示例：限期改正。", "on": on});
    step(&officer, &opened, &at("order"), &order("2024-02-01")).await.expect_problem(422, "date_order");
    let ordered = step(&officer, &opened, &at("order"), &order("2024-03-02")).await.expect_status(200);
    assert_eq!(ordered.field("/order/due_on"), "2024-04-01");
    let early = step(&officer, &ordered, &at("publicise"), &remark("2024-04-01")).await.expect_problem(422, "correction_runs");
    assert!(early.text.contains("2024-04-01"), "{}", early.text);
    step(&itself, &ordered, &at("correct"), &remark("2024-03-03")).await.expect_problem(403, "not_your_organisation");
    let publicised = step(&officer, &ordered, &at("publicise"), &remark("2024-04-02")).await.expect_status(200);

    let public = || async {
        let list = stack.public().get("/standards/v1/public/declaration_publicities").await.expect_status(200);
        let all = list.field("/items").as_array().unwrap().clone();
        all.into_iter().find(|item| item["id"] == *opened.field("/id"))
    };
    let shown = public().await.unwrap();
    assert_eq!((&shown["enterprise"], &shown["outcome"]), (&json!(code), &json!("not_declared")));
    assert_eq!(shown["publicised_on"], "2024-04-02");
    // The enterprise sees what was said of it, others do not.
    let path = format!("{CHECKS}/{}", opened.text_at("/id"));
    assert_eq!(itself.get(&path).await.expect_status(200).field("/history/0/act"), "open");
    let stranger = buyer.get(&path).await.expect_status(200);
    assert_eq!((stranger.field("/history"), stranger.field("/outcome")), (&Value::Null, &json!("not_declared")));
    let list = format!("{CHECKS}?enterprise={code}&state=publicised");
    assert_eq!(buyer.get(&list).await.expect_status(200).field("/items/0/id"), opened.field("/id"));

    let corrected = step(&officer, &publicised, &at("correct"), &remark("2024-05-01")).await.expect_status(200);
    assert_eq!(corrected.field("/state"), "corrected");
    assert_eq!(buyer.get(&path).await.expect_status(200).field("/outcome"), &Value::Null, "nor of what is corrected");
    assert!(public().await.is_none(), "what is corrected is shown no longer");
}

/// Issue 6, point 9: what credit knows of goods that conform to an edition counts until the grace is over that begins with its successor.
async fn a_claim_lapses_with_its_edition(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let indicators = [limit("wear", "performance", "5"), limit("noise", "functional", "60")];
    let body = declaration("示例滑板车 E1", &["Q/SLEX 003-2026"], &indicators);
    officer.post(DECLARATIONS, &with(body, "enterprise", json!(sample.code))).await.expect_status(201);
    let seed = "0cc175b9c0f1b6a831c399e269772661";
    let commitment = format!("sha256:{}", Sha256::digest(seed).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let plan = json!({"title": "示例抽查", "commitment": commitment, "ics": "97.190", "count": 1,
        "weights": {"unchecked": 2, "failed": 3, "passed": 1}});
    let planned = officer.post(&format!("{CHECKS}/plans"), &plan).await.expect_status(201);
    let draw = format!("{CHECKS}/plans/{}/draw", planned.text_at("/id"));
    step(&officer, &planned, &draw, &json!({"seed": seed})).await.expect_status(200);
    let drawn = officer.get(&format!("{CHECKS}?plan={}", planned.text_at("/id"))).await.expect_status(200).text_at("/items/0/id");
    let check = officer.get(&format!("{CHECKS}/{drawn}")).await.expect_status(200);
    let values = finding(&[("wear", "4"), ("noise", "50")], &stack.code("laboratory"));
    let found = step(&officer, &check, &format!("{CHECKS}/{drawn}/find"), &values).await.expect_status(200);
    assert_eq!((found.field("/outcome"), found.field("/standard")), (&json!("conforms"), &json!("Q/SLEX 003-2026")));

    let counts_until = async |day: chrono::NaiveDate| {
        let facts = format!("{}/facts?kind=standard_conformity", sample.path());
        eventually(&format!("credit knows until {day}"), || async {
            let all = officer.get(&facts).await.expect_status(200);
            let standing = all.field("/items").as_array().unwrap().clone();
            standing.into_iter().find(|fact| fact["valid_to"] == json!(day.to_string()) && fact["detail"]["result"] == "pass")
        })
        .await
    };
    let today = testkit::today();
    counts_until(today.checked_add_months(chrono::Months::new(36)).unwrap()).await;
    let successor = json!({"number": "Q/SLEX 003-2030", "title": "示例滑板车要求", "published_on": today.to_string(), "effective_on": today.to_string(),
        "status": "current", "relations": [{"kind": "replaces", "to": "Q/SLEX 003-2026"}]});
    editions(&officer, &[successor]).await;
    counts_until(today.checked_add_months(chrono::Months::new(6)).unwrap()).await;
}
