//! Scoring models as data: drafted, refused with every fault, held against the model in force, published, immutable; everyone is scored again.

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, eventually, fact, sample_enterprise, today};

on_both_databases!(a_model_is_drafted_compared_and_published);
on_both_databases!(scoring_everyone_again_survives_a_kill);

const MODELS: &str = "/credit/v1/models";
const SECOND: &str = "/credit/v1/models/quality-credit/versions/2";

/// The model of a new installation as the next version, in force from a day on.
pub(super) async fn next_version(officer: &Client, version: u32, from: &str) -> Value {
    let reply = officer.get(&format!("{MODELS}/quality-credit/versions/1")).await.expect_status(200);
    assert_eq!((reply.field("/state"), reply.field("/published_at")), (&json!("published"), &Value::Null));
    let mut model = reply.field("/model").clone();
    model["version"] = json!(version);
    model["effective_from"] = json!(from);
    model
}

/// A version that asks more for an A: without any facts it gives 767 still, and that is a B.
pub(super) fn stricter(mut model: Value) -> Value {
    model["levels"][2]["at_least"] = json!(770);
    model
}

pub(super) async fn publish(officer: &Client, place: &str, etag: &str) -> Reply {
    officer.call("POST", &format!("{place}/publish")).header("If-Match", etag).send().await
}

/// Waits until the run of a version has ended; gives it.
pub(super) async fn run_of(officer: &Client, version: u32) -> Value {
    eventually("the run ends", || async {
        let runs = officer.get("/credit/v1/scores/runs").await.expect_status(200);
        let found = runs.field("/items").as_array().unwrap().iter().find(|run| run["model"]["version"] == json!(version)).cloned();
        found.filter(|run| run["state"] == json!("done"))
    })
    .await
}

async fn a_model_is_drafted_compared_and_published(stack: &mut Stack) {
    let officer = stack.officer().await;
    let samples = [sample_enterprise(), sample_enterprise(), sample_enterprise()];
    for sample in &samples {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    // Whoever went into another is scored no more, and counted no more.
    let gone = sample_enterprise();
    officer.put(&gone.path(), &gone.body).await.expect_status(201);
    let into = json!({"into": samples[0].code, "on": "2026-05-01"});
    officer.call("POST", &format!("{}/merge", gone.path())).header("If-Match", "\"1\"").json(&into).send().await.expect_status(200);
    let mut failed = fact(&samples[2].code, "spot_check");
    failed["detail"] = json!({"result": "fail"});
    officer.post("/credit/v1/facts", &failed).await.expect_status(201);

    let day = today().to_string();
    let model = stricter(next_version(&officer, 2, &day).await);
    refusals(stack, &officer, &model).await;
    let etag = drafted(&officer, &model).await;
    compared(&officer, &samples[0].code).await;
    // The draft can be tried on one enterprise by its authors, and by nobody else.
    let tried = format!("{}/score?model=quality-credit@2", samples[0].path());
    assert_eq!(officer.get(&tried).await.expect_status(200).field("/grade"), &json!("B"));
    stack.buyer().await.get(&tried).await.expect_problem(404, "not_found");
    stack.buyer().await.get(SECOND).await.expect_problem(404, "not_found");
    officer.get(&format!("{}/score?model=quality-credit", samples[0].path())).await.expect_problem(400, "bad_parameter");

    let before = officer.get(&format!("{}/score", samples[0].path())).await.expect_status(200);
    assert_eq!((before.field("/grade"), before.field("/model/version")), (&json!("A"), &json!(1)));
    let head = stack.head().await;
    publish(&officer, SECOND, "\"9\"").await.expect_problem(412, "etag_mismatch");
    let published = publish(&officer, SECOND, &etag).await.expect_status(200);
    assert_eq!(published.field("/state"), &json!("published"), "{}", published.text);
    frozen(&officer, &model, published.header("etag").unwrap()).await;
    let first = officer.get(&format!("{MODELS}/quality-credit/versions/1")).await.expect_status(200);
    assert_eq!(first.field("/effective_to"), &json!(today().pred_opt().unwrap().to_string()));

    // In force at once, here and in the eyes of followers; what was known before stays known.
    let after = officer.get(&format!("{}/score", samples[0].path())).await.expect_status(200);
    assert_eq!((after.field("/grade"), after.field("/model/version"), after.field("/score")), (&json!("B"), &json!(2), &json!(767)));
    let then = format!("{}/score?as_of={day}&known_at={}", samples[0].path(), before.text_at("/known_at").replace('+', "%2B"));
    assert_eq!(officer.get(&then).await.expect_status(200).field("/grade"), &json!("A"), "known at the time");
    let past = officer.get(&format!("{}/score?as_of=2026-06-01", samples[0].path())).await.expect_status(200);
    assert_eq!((past.field("/grade"), past.field("/model/version")), (&json!("A"), &json!(1)), "a day before the switch");
    told(stack, &officer, head, &samples.map(|sample| sample.code)).await;
}

async fn refusals(stack: &Stack, officer: &Client, model: &Value) {
    let place = format!("{MODELS}/quality-credit/versions");
    for role in ["buyer", "enterprise", "association", "integrator"] {
        stack.caller(role).await.post(&place, model).await.expect_problem(403, "not_your_organisation");
    }
    stack.scoped("authority", "credit:write").await.post(&place, model).await.expect_problem(403, "scope_missing");
    officer.post(&format!("{MODELS}/other/versions"), model).await.expect_problem(404, "not_found");
    let mut bad = model.clone();
    bad["id"] = json!("other");
    bad["families"][0]["max_points"] = json!(351);
    bad["families"][1]["indicators"][0]["calc"]["bins"][1]["below_per_mille"] = json!(801);
    bad["families"][1]["indicators"][0]["calc"]["bins"][3]["points"] = json!(10);
    bad["levels"][5]["at_least"] = json!(1);
    let refused = officer.post(&place, &bad).await.expect_problem(422, "invalid");
    let faults = refused.faults();
    for (pointer, code) in [
        ("/id", "model_differs"),
        ("/families/0/max_points", "family_sum_wrong"),
        ("/families", "total_wrong"),
        ("/families/1/indicators/0/calc/bins/2/from_per_mille", "bins_overlap"),
        ("/families/1/indicators/0/calc/bins/3/points", "bins_against_direction"),
        ("/levels", "levels_out_of_order"),
    ] {
        assert!(faults.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} is missing in {faults:?}");
    }
    let mut shapeless = model.clone();
    shapeless["families"][0]["colour"] = json!("red");
    shapeless["version"] = json!("two");
    let refused = officer.post(&place, &shapeless).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    let mut skipped = model.clone();
    skipped["version"] = json!(4);
    officer.post(&place, &skipped).await.expect_problem(422, "version_not_next");
    let mut shipped = model.clone();
    shipped["version"] = json!(1);
    officer.post(&place, &shipped).await.expect_problem(409, "version_frozen");
    publish(officer, &format!("{MODELS}/quality-credit/versions/1"), "\"0\"").await.expect_problem(409, "version_frozen");
    publish(officer, SECOND, "\"1\"").await.expect_problem(404, "not_found");
}

/// Drafts, changes, and tries a day in the past; gives the ETag of the draft.
async fn drafted(officer: &Client, model: &Value) -> String {
    let mut late = model.clone();
    late["effective_from"] = json!(today().pred_opt().unwrap().to_string());
    let draft = officer.post(&format!("{MODELS}/quality-credit/versions"), &late).await.expect_status(201);
    assert_eq!((draft.field("/state"), draft.header("location")), (&json!("draft"), Some(SECOND)));
    officer.post(&format!("{MODELS}/quality-credit/versions"), &late).await.expect_problem(409, "duplicate");
    let etag = draft.header("etag").unwrap().to_owned();
    publish(officer, SECOND, &etag).await.expect_problem(422, "effective_in_past");
    officer.call("PUT", SECOND).json(model).send().await.expect_problem(428, "if_match_required");
    let changed = officer.call("PUT", SECOND).header("If-Match", &etag).json(model).send().await.expect_status(200);
    assert_eq!(changed.field("/model"), model);
    officer.call("PUT", SECOND).header("If-Match", &etag).json(model).send().await.expect_problem(412, "etag_mismatch");
    let listed = officer.get(MODELS).await.expect_status(200);
    let states: Vec<&Value> = listed.field("/items").as_array().unwrap().iter().map(|item| &item["state"]).collect();
    assert_eq!(states, ["published", "draft"]);
    changed.header("etag").unwrap().to_owned()
}

async fn compared(officer: &Client, one: &str) {
    let place = format!("{SECOND}/shadow");
    officer.get(&place).await.expect_problem(404, "not_found");
    officer.post(&place, &json!({"one_in": 0})).await.expect_problem(422, "out_of_range");
    let begun = officer.post(&place, &json!({"as_of": "2026-06-01"})).await.expect_status(202);
    assert_eq!((begun.field("/against/version"), begun.header("location")), (&json!(1), Some(place.as_str())));
    let shadow = eventually("the shadow run ends", || async {
        let reply = officer.get(&place).await.expect_status(200);
        (reply.field("/state") == &json!("done")).then_some(reply)
    })
    .await;
    let report = shadow.field("/report");
    assert_eq!((&report["compared"], &report["flipped"], shadow.field("/done")), (&json!(3), &json!(3), &json!(3)), "{}", shadow.text);
    assert_eq!(shadow.field("/total"), &json!(3), "{}", shadow.text);
    assert_eq!(report["matrix"], json!([{"from": "A", "to": "B", "count": 3}]));
    assert_eq!(report["by_division"]["4403"], json!({"compared": 3, "flipped": 3}));
    assert_eq!(report["points"]["sum_of_changes"], json!(0), "only the limit of a grade moves");
    assert!(report["examples"].as_array().unwrap().iter().any(|example| example["enterprise"] == json!(one)), "{report}");
}

async fn frozen(officer: &Client, model: &Value, etag: &str) {
    officer.call("PUT", SECOND).header("If-Match", etag).json(model).send().await.expect_problem(409, "version_frozen");
    publish(officer, SECOND, etag).await.expect_problem(409, "version_frozen");
    officer.post(&format!("{MODELS}/quality-credit/versions"), model).await.expect_problem(409, "version_frozen");
    officer.post(&format!("{SECOND}/shadow"), &json!({})).await.expect_problem(409, "version_frozen");
}

/// Every enterprise is told once, its switch is a segment, and procurement names the model.
async fn told(stack: &Stack, officer: &Client, head: i64, codes: &[String]) {
    let run = run_of(officer, 2).await;
    assert_eq!((&run["done"], &run["total"], &run["told"]), (&json!(3), &json!(3), &json!(3)), "{run}");
    let read = officer.get(&format!("/credit/v1/scores/runs/{}", run["id"].as_str().unwrap())).await.expect_status(200);
    assert_eq!(read.json, run);
    officer.get("/credit/v1/scores/runs/run_01JD0000000000000000000000").await.expect_problem(404, "not_found");
    let events = officer.get(&format!("/credit/v1/events?after={head}&limit=500")).await.expect_status(200);
    let changes: Vec<&Value> = events
        .field("/items")
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["type"] == json!("touchstone.credit.score.changed.v1"))
        .collect();
    for code in codes {
        let own: Vec<&&Value> = changes.iter().filter(|event| event["subject"] == json!(code)).collect();
        assert_eq!(own.len(), 1, "{code} is told once: {}", events.text);
        let last = own[0]["data"]["segments"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["model"]["version"], &own[0]["data"]["model"]["version"]), (&json!(2), &json!(1)), "{last}");
    }
    let buyer = stack.buyer().await;
    let question = json!({"supplier": codes[0], "ruleset": "government-procurement"});
    let decided = testkit::decided_at(&buyer, &question, stack.head().await).await;
    assert!(decided.to_string().contains("\"B\""), "the new grade: {decided}");
}

async fn scoring_everyone_again_survives_a_kill(stack: &mut Stack) {
    const MANY: usize = 600;
    let officer = stack.officer().await;
    let lines: String = (0..MANY)
        .map(|_| {
            let sample = sample_enterprise();
            let mut row = sample.body.clone();
            row["uscc"] = json!(sample.code);
            format!("{row}\n")
        })
        .collect();
    officer.call("POST", "/credit/v1/enterprises/import").body("application/x-ndjson", lines).send().await.expect_status(200);
    let model = stricter(next_version(&officer, 2, &today().to_string()).await);
    let draft = officer.post(&format!("{MODELS}/quality-credit/versions"), &model).await.expect_status(201);
    let head = stack.head().await;
    publish(&officer, SECOND, draft.header("etag").unwrap()).await.expect_status(200);
    let front = stack.processes().iter().find(|process| process.name() == "credit").map_or("touchstone", |process| process.name());
    stack.process(front).kill();
    stack.restart(front);

    let officer = stack.officer().await;
    // The lease of the process that died has to lapse first.
    eventually("the run goes on", || async {
        let runs = officer.get("/credit/v1/scores/runs").await.expect_status(200);
        runs.field("/items/0/done").as_u64().filter(|done| *done > 0)
    })
    .await;
    let run = run_of(&officer, 2).await;
    assert_eq!((&run["done"], &run["told"]), (&json!(MANY), &json!(MANY)), "{run}");
    let (mut after, mut told) = (head, std::collections::BTreeMap::<String, usize>::new());
    loop {
        let page = officer.get(&format!("/credit/v1/events?after={after}&limit=500")).await.expect_status(200);
        let items = page.field("/items").as_array().unwrap();
        for event in items.iter().filter(|event| event["type"] == json!("touchstone.credit.score.changed.v1")) {
            *told.entry(event["subject"].to_string()).or_default() += 1;
        }
        if items.is_empty() {
            break;
        }
        after = page.field("/next").as_i64().unwrap();
    }
    assert_eq!((told.len(), told.values().copied().max()), (MANY, Some(1)), "each is told once, none twice");
}

/// How fast everyone is scored again, printed: `RESCORE=100000 cargo nextest run --release -p tests rescoring_rate --run-ignored all --no-capture`.
#[tokio::test]
#[ignore = "a measurement; it takes minutes"]
async fn rescoring_rate() {
    let many: usize = std::env::var("RESCORE").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    for backend in testkit::backends() {
        let stack = Stack::start(testkit::Mode::AllInOne, &backend, &[("TOUCHSTONE_RATE_LIMIT", "10000000")]);
        let officer = stack.officer().await;
        let samples: Vec<_> = (0..many).map(|_| sample_enterprise()).collect();
        for chunk in samples.chunks(2_000) {
            let rows = chunk.iter().map(|sample| {
                let mut row = sample.body.clone();
                row["uscc"] = json!(sample.code);
                format!("{row}\n")
            });
            let lines: String = rows.collect();
            officer.call("POST", "/credit/v1/enterprises/import").body("application/x-ndjson", lines).send().await.expect_status(200);
            // Five facts each, as the real files have.
            let kinds = ["licence", "spot_check", "inspection", "penalty", "annual_report"];
            let facts: String = chunk.iter().flat_map(|sample| kinds.map(|kind| format!("{}\n", fact(&sample.code, kind)))).collect();
            officer.call("POST", "/credit/v1/facts/batch").body("application/x-ndjson", facts).send().await.expect_status(200);
        }
        let model = stricter(next_version(&officer, 2, &today().to_string()).await);
        let draft = officer.post(&format!("{MODELS}/quality-credit/versions"), &model).await.expect_status(201);
        publish(&officer, SECOND, draft.header("etag").unwrap()).await.expect_status(200);
        loop {
            let run = officer.get("/credit/v1/scores/runs").await.expect_status(200).field("/items/0").clone();
            if run["state"] == json!("done") {
                eprintln!("{}: {} enterprises, {} told, {} a minute", backend.name(), run["done"], run["told"], run["rate_per_minute"]);
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
}
