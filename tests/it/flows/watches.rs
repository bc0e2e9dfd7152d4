//! A watched decision: a fact turns its outcome and is named, an annulment turns it back, what changes nothing is not told, the end of the tender ends it.

use std::time::Instant;

use serde_json::{Value, json};
use testkit::{Client, Stack, decided_at, eventually, fact, sample_enterprise, today};

use super::{
    receiver::Receiver,
    webhooks::{ALLOW, endpoint},
};

const WATCHES: &str = "/procurement/v1/watches";
const FLIPPED: &str = "touchstone.procurement.outcome.flipped.v1";

in_every_mode!(only_a_flip_is_told, super::ALLOW);

async fn watched(buyer: &Client, body: Value) -> String {
    let made = buyer.post(WATCHES, &body).await.expect_status(201);
    assert_eq!(
        (made.field("/state"), made.field("/outcome"), made.header("etag")),
        (&json!("active"), &json!("eligible"), Some("\"1\"")),
        "{}",
        made.text
    );
    made.text_at("/id")
}

async fn watch(client: &Client, id: &str) -> Value {
    client.get(&format!("{WATCHES}/{id}")).await.expect_status(200).json
}

async fn only_a_flip_is_told(stack: &mut Stack) {
    let (officer, buyer, receiver) = (stack.officer().await, stack.buyer().await, Receiver::new(&[]).await);
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let question = json!({"supplier": sample.code, "explain": "failed"});
    let decision = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!(decision["outcome"], "eligible", "{decision}");
    let (hook, secret) = endpoint(&buyer, &receiver.url).await;
    let until = "2099-01-01";
    let far = buyer.post(WATCHES, &json!({"decision": decision["id"], "until": until})).await.expect_status(422);
    assert_eq!(far.faults(), [("/until".to_owned(), "watch_until_far".to_owned())]);
    let until = today() + chrono::Days::new(30);
    let id = watched(&buyer, json!({"decision": decision["id"], "until": until, "webhook": hook})).await;
    eventually("the first look", || async { watch(&buyer, &id).await["considered_at"].is_string().then_some(()) }).await;

    // An award changes nothing; a ban does.
    officer.post("/credit/v1/facts", &fact(&sample.code, "award")).await.expect_status(201);
    let mut ban = fact(&sample.code, "procurement_ban");
    ban["valid_to"] = json!(today() + chrono::Days::new(300));
    let start = Instant::now();
    let ban = officer.post("/credit/v1/facts", &ban).await.expect_status(201).text_at("/id");
    let came = receiver.until(1).await;
    eprintln!("change seen -> delivered: {:?}", start.elapsed());
    let told = came[0].json();
    assert_eq!((&told["type"], came[0].signed_by(&secret)), (&json!(FLIPPED), 1));
    assert_eq!((&told["data"]["watch"], &told["data"]["decision"]), (&json!(id), &decision["id"]), "{told}");
    assert_eq!((&told["data"]["from"], &told["data"]["to"]), (&json!("eligible"), &json!("ineligible")), "{told}");
    let causes = told["data"]["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 1, "{told}");
    assert_eq!(
        (&causes[0]["fact"], &causes[0]["kind"], &causes[0]["change"]),
        (&json!(ban), &json!("procurement_ban"), &json!("asserted"))
    );
    let criteria = told["data"]["criteria"].as_array().unwrap();
    assert!(criteria.iter().any(|one| one["was"] == "pass" && one["now"] == "fail"), "{told}");

    officer.post(&format!("/credit/v1/facts/{ban}/annul"), &json!({"reason": "已被法院撤销"})).await.expect_status(200);
    let back = receiver.until(2).await[1].json();
    assert_eq!((&back["data"]["from"], &back["data"]["to"]), (&json!("ineligible"), &json!("eligible")), "{back}");
    assert_eq!((&back["data"]["causes"][0]["fact"], &back["data"]["causes"][0]["change"]), (&json!(ban), &json!("ended")), "{back}");

    let seen = watch(&buyer, &id).await;
    assert_eq!((&seen["flips"], &seen["outcome"], &seen["version"]), (&json!(2), &json!("eligible"), &json!(3)), "{seen}");
    let flips = buyer.get(&format!("{WATCHES}/{id}/flips?limit=1")).await.expect_status(200);
    let rest = buyer.get(&format!("{WATCHES}/{id}/flips?limit=1&cursor={}", flips.text_at("/next_cursor"))).await.expect_status(200);
    assert_eq!(
        (flips.field("/items/0/number"), rest.field("/items/0/number"), rest.field("/next_cursor")),
        (&json!(1), &json!(2), &Value::Null)
    );
    let feed = officer.get("/procurement/v1/events?limit=500").await.expect_status(200);
    assert_eq!(feed.text.matches(FLIPPED).count(), 2, "{}", feed.text);
    assert!(!buyer.get("/procurement/v1/events?limit=500").await.expect_status(200).text.contains(FLIPPED));

    ends(stack, &receiver, &id).await;
    tender_ends_it(stack, &receiver, &decision).await;
    refusals(stack, &id, &decision).await;
}

async fn ends(stack: &Stack, receiver: &Receiver, id: &str) {
    let (buyer, path) = (stack.buyer().await, format!("{WATCHES}/{id}/end"));
    buyer.call("POST", &path).send().await.expect_problem(428, "if_match_required");
    buyer.call("POST", &path).header("If-Match", "\"1\"").send().await.expect_problem(412, "etag_mismatch");
    let ended = buyer.call("POST", &path).header("If-Match", "\"3\"").send().await.expect_status(200);
    assert_eq!((ended.field("/state"), ended.field("/ended_because")), (&json!("ended"), &json!("asked")));
    buyer.call("POST", &path).header("If-Match", "\"4\"").send().await.expect_problem(409, "illegal_transition");
    let told = receiver.until(3).await[2].json();
    assert_eq!((&told["type"], &told["data"]["because"]), (&json!("touchstone.procurement.watch.ended.v1"), &json!("asked")), "{told}");
}

/// A tender that is called off ends the watches that were for it.
async fn tender_ends_it(stack: &Stack, receiver: &Receiver, decision: &Value) {
    let (buyer, path) = (stack.buyer().await, format!("/procurement/v1/tenders/example-{}", stack.code("buyer")));
    let tender = json!({"title": "示例小家电采购", "category": "goods", "method": "open", "cut_off": "2036-06-01T09:30:00+08:00"});
    buyer.put(&path, &tender).await.expect_status(201);
    let name = path.rsplit('/').next().unwrap();
    let draft = buyer.post(WATCHES, &json!({"decision": decision["id"], "tender": name})).await.expect_status(422);
    assert_eq!(draft.faults(), [("/tender".to_owned(), "watch_tender_unknown".to_owned())]);
    let published = buyer.call("POST", &format!("{path}/publish")).header("If-Match", "\"1\"").send().await.expect_status(200);
    let id = watched(&buyer, json!({"decision": decision["id"], "tender": name, "moment": "fixed"})).await;
    let etag = published.header("etag").unwrap();
    let cancel = buyer.call("POST", &format!("{path}/cancel")).header("If-Match", etag).json(&json!({"reason": "示例：需求取消"}));
    cancel.send().await.expect_status(200);
    eventually("the end", || async { (watch(&buyer, &id).await["ended_because"] == "cancelled").then_some(()) }).await;
    assert_eq!(receiver.until(4).await[3].json()["data"]["because"], "cancelled");
    let late = buyer.post(WATCHES, &json!({"decision": decision["id"], "tender": name})).await.expect_status(422);
    assert_eq!(late.faults(), [("/tender".to_owned(), "watch_tender_ended".to_owned())]);
    let listed = buyer.get(&format!("{WATCHES}?state=ended&limit=500")).await.expect_status(200);
    assert_eq!(listed.field("/items").as_array().unwrap().len(), 2);
    assert_eq!(buyer.get(&format!("{WATCHES}?state=active")).await.expect_status(200).field("/items"), &json!([]));
}

async fn refusals(stack: &Stack, id: &str, decision: &Value) {
    let path = format!("{WATCHES}/{id}");
    let insurer = stack.caller("insurer").await;
    insurer.get(&path).await.expect_problem(404, "not_found");
    insurer.get(&format!("{path}/flips")).await.expect_problem(404, "not_found");
    insurer.call("POST", &format!("{path}/end")).header("If-Match", "\"4\"").send().await.expect_problem(404, "not_found");
    assert_eq!(insurer.get(WATCHES).await.expect_status(200).field("/items"), &json!([]));
    let alien =
        insurer.post(WATCHES, &json!({"decision": decision["id"], "until": "2020-01-01", "webhook": "whk_1"})).await.expect_status(422);
    assert_eq!(alien.faults().iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/until", "/webhook"]);
    let body = json!({"decision": decision["id"], "until": today() + chrono::Days::new(1), "webhook": "whk_01JD0000000000000000000000"});
    let alien = insurer.post(WATCHES, &body).await.expect_status(422);
    let faults = [("/decision", "decision_unknown"), ("/webhook", "webhook_unknown")];
    assert_eq!(alien.faults(), faults.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    insurer.post(WATCHES, &json!({"decision": "x"})).await.expect_status(422);
    let officer = stack.officer().await;
    officer.get(&path).await.expect_status(200);
    officer.get(&format!("{path}/flips?cursor=x")).await.expect_problem(400, "bad_cursor");
    officer.call("POST", &format!("{path}/end")).header("If-Match", "\"4\"").send().await.expect_problem(404, "not_found");
}
