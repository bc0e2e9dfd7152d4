//! Two regions, each a whole product: what is asserted in one becomes a fact in the other with its origin, follows its corrections, waits for its
//! enterprise, and never comes back.

use serde_json::{Value, json};
use testkit::{Backend, Client, Mode, Sample, Stack, eventually, fact, sample_enterprise};

in_every_mode!(facts_reach_another_region);

const CODE: &str = "330100";

async fn facts(client: &Client, sample: &Sample) -> Vec<Value> {
    let reply = client.get(&format!("{}/facts?limit=500", sample.path())).await.expect_status(200);
    reply.field("/items").as_array().unwrap().clone()
}

/// Waits until the facts here are as many, and fit.
async fn until(what: &str, client: &Client, sample: &Sample, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    eventually(what, || async {
        let found = facts(client, sample).await;
        fits(&found).then_some(found)
    })
    .await
}

async fn facts_reach_another_region(stack: &mut Stack) {
    let there = stack.officer().await;
    let (id, secret) = stack.credentials("integrator");
    let settings = stack.folder().path().join("regions.json");
    let entry = json!([{"code": CODE, "url": stack.base(), "client_id": id, "client_secret": secret}]);
    std::fs::write(&settings, entry.to_string()).unwrap();
    let other = Stack::start(Mode::AllInOne, &Backend::Sqlite, &[("TOUCHSTONE_REGIONS", settings.to_str().unwrap())]);
    let here = other.officer().await;

    let (known, late) = (sample_enterprise(), sample_enterprise());
    for sample in [&known, &late] {
        there.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    here.put(&known.path(), &known.body).await.expect_status(201);
    let post = |kind: &'static str, code: String| {
        let there = there.clone();
        async move { there.post("/credit/v1/facts", &fact(&code, kind)).await.expect_status(201).text_at("/id") }
    };
    let award = post("award", known.code.clone()).await;
    let penalty = post("penalty", known.code.clone()).await;
    post("complaint", known.code.clone()).await;
    let waiting = post("award", late.code.clone()).await;

    let path = format!("/credit/v1/regions/{CODE}");
    here.get(&path).await.expect_problem(404, "not_found");
    let body = json!({"name": "示例市", "kinds": ["award", "penalty"], "active": true});
    let made = here.put(&path, &body).await.expect_status(201);
    assert_eq!((made.header("etag"), made.field("/configured")), (Some("\"1\""), &json!(true)), "{}", made.text);
    let taken = until("both facts of the kinds that are taken", &here, &known, |found| found.len() == 2).await;
    let of = |origin: &str| taken.iter().find(|fact| fact["origin"]["fact_id"] == origin).unwrap_or_else(|| panic!("{origin}: {taken:?}"));
    for (origin, kind) in [(&award, "award"), (&penalty, "penalty")] {
        let found = of(origin);
        assert_eq!(
            (&found["kind"], &found["origin"]["region"], &found["asserted_by"]),
            (&json!(kind), &json!(CODE), &json!(stack.code("authority")))
        );
        assert!(found["origin"]["position"].as_i64() > Some(0), "{found}");
    }
    let score = here.get(&format!("{}/score?as_of=2026-06-01", known.path())).await.expect_status(200);
    assert!(score.text.contains(of(&penalty)["id"].as_str().unwrap()), "discipline reaches across regions: {}", score.text);

    follows_a_stay((&there, &penalty), (&here, of(&penalty))).await;

    // A correction and an annulment there are one here; the enterprise that was unknown is registered.
    let mut corrected = fact(&known.code, "award");
    corrected["detail"]["title"] = json!("示例更正");
    there.post(&format!("/credit/v1/facts/{award}/supersede"), &json!({"fact": corrected, "reason": "示例"})).await.expect_status(201);
    there.post(&format!("/credit/v1/facts/{penalty}/annul"), &json!({"reason": "已被法院撤销"})).await.expect_status(200);
    let after =
        until("the correction and the annulment", &here, &known, |found| found.len() == 1 && found[0]["detail"]["title"] == "示例更正")
            .await;
    assert_eq!(after[0]["supersedes"], of(&award)["id"]);
    let ended = here.get(&format!("/credit/v1/facts/{}", of(&penalty)["id"].as_str().unwrap())).await.expect_status(200);
    assert_eq!((ended.field("/state"), ended.field("/ended_because")), (&json!("annulled"), &json!("已被法院撤销")));
    assert_eq!(here.get(&path).await.expect_status(200).field("/waiting"), &json!(1));
    here.put(&late.path(), &late.body).await.expect_status(201);
    let came = until("the fact that waited", &here, &late, |found| found.len() == 1).await;
    assert_eq!(came[0]["origin"]["fact_id"], json!(waiting));
    let state = here.get(&path).await.expect_status(200);
    assert_eq!(
        (state.field("/waiting"), state.field("/taken"), state.field("/stopped")),
        (&json!(0), &json!(4), &Value::Null),
        "{}",
        state.text
    );

    nothing_comes_back(&here, &known, &path).await;
    refusals(&other, &here).await;
}

/// What is stayed there is stayed here, until it takes effect again.
async fn follows_a_stay((there, origin): (&Client, &str), (here, taken): (&Client, &Value)) {
    let local = format!("/credit/v1/facts/{}", taken["id"].as_str().unwrap());
    let marks = || async { here.get(&local).await.expect_status(200).json["marks"].as_array().cloned().unwrap_or_default() };
    let stays = |marks: &[Value]| marks.iter().any(|mark| mark["kind"] == "stayed" && mark["to"].is_null());
    let path = format!("/credit/v1/facts/{origin}");
    let stay = json!({"document_no": "示例1号", "on": "2026-07-01"});
    there.post(&format!("{path}/stay"), &stay).await.expect_status(200);
    eventually("the stay", || async { stays(&marks().await).then_some(()) }).await;
    there.post(&format!("{path}/resume"), &json!({"on": "2026-08-01"})).await.expect_status(200);
    eventually("the end of the stay", || async { (!stays(&marks().await)).then_some(()) }).await;
}

/// What came from elsewhere says so, and is read again without being doubled.
async fn nothing_comes_back(here: &Client, known: &Sample, path: &str) {
    // What came from elsewhere says so in the feed here, so that a third region, or the first, leaves it alone.
    let feed = here.get("/credit/v1/events?limit=500").await.expect_status(200);
    let told = feed.field("/items").as_array().unwrap().iter().filter(|event| event["type"] == "touchstone.credit.fact.recorded.v1");
    assert!(told.clone().count() == 3 && told.clone().all(|event| event["data"]["fact"]["origin"]["region"] == CODE), "{}", feed.text);

    // Put again with another kind: read from the beginning, and nothing is doubled.
    let wider = json!({"name": "示例市", "kinds": ["award", "penalty", "complaint"], "active": true});
    here.put(path, &wider).await.expect_problem(428, "if_match_required");
    here.call("PUT", path).header("If-Match", "\"7\"").json(&wider).send().await.expect_problem(412, "etag_mismatch");
    here.call("PUT", path).header("If-Match", "\"1\"").json(&wider).send().await.expect_status(200);
    let all = until("the complaint", here, known, |found| found.len() == 2).await;
    assert!(all.iter().any(|fact| fact["kind"] == "complaint"), "{all:?}");
}

async fn refusals(other: &Stack, here: &Client) {
    let body = json!({"name": "示例市", "kinds": ["award"], "active": false});
    let idle = here.put("/credit/v1/regions/320100", &body).await.expect_status(201);
    assert_eq!(idle.field("/configured"), &json!(false));
    here.put("/credit/v1/regions/3201", &body).await.expect_problem(422, "division_invalid");
    let bad = here.put("/credit/v1/regions/320200", &json!({"name": " ", "kinds": [], "active": true})).await.expect_status(422);
    assert_eq!(bad.faults(), [("/kinds".to_owned(), "nothing_selected".to_owned()), ("/name".to_owned(), "text_empty".to_owned())]);
    here.put("/credit/v1/regions/320200", &json!({"name": "示例", "url": "http://127.0.0.1"})).await.expect_status(400);
    let listed = here.get("/credit/v1/regions?limit=1").await.expect_status(200);
    let rest = here.get(&format!("/credit/v1/regions?limit=1&cursor={}", listed.text_at("/next_cursor"))).await.expect_status(200);
    assert_eq!((listed.text_at("/items/0/code"), rest.text_at("/items/0/code")), ("320100".to_owned(), CODE.to_owned()));
    for role in ["enterprise", "buyer"] {
        let caller = other.caller(role).await;
        caller.put("/credit/v1/regions/320200", &body).await.expect_problem(403, "not_your_organisation");
        caller.get("/credit/v1/regions").await.expect_problem(403, "not_your_organisation");
        caller.get("/credit/v1/regions/320100").await.expect_problem(403, "not_your_organisation");
    }
}
