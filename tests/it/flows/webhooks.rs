//! Endpoints over HTTP: what may be one, signed deliveries, a second attempt, a changed secret, sending again, a restart, and whose they are.

use serde_json::{Value, json};
use testkit::{Client, Settings, Stack, eventually};

use super::receiver::Receiver;

/// The receiver of the test is on this machine, which an operator must allow.
pub(super) const ALLOW: Settings<'static> = &[("TOUCHSTONE_WEBHOOK_ALLOW", "127.0.0.0/8")];

const WEBHOOKS: &str = "/procurement/v1/webhooks";

in_every_mode!(webhooks_are_delivered, super::ALLOW);
in_every_mode!(without_a_word_of_the_operator_nothing_private_is_reached);

/// Puts an endpoint; gives its id and its secret.
pub(super) async fn endpoint(client: &Client, url: &str) -> (String, String) {
    let made = client.post(WEBHOOKS, &json!({"url": url, "description": "示例采购系统"})).await.expect_status(201);
    assert_eq!((made.header("etag"), made.field("/active")), (Some("\"1\""), &json!(true)), "{}", made.text);
    (made.text_at("/id"), made.text_at("/secret"))
}

async fn deliveries(client: &Client, id: &str) -> Vec<Value> {
    client.get(&format!("{WEBHOOKS}/{id}/deliveries")).await.expect_status(200).field("/items").as_array().unwrap().clone()
}

/// Waits until the newest message is in this state.
async fn newest(client: &Client, id: &str, state: &str) -> Value {
    eventually(state, || async { deliveries(client, id).await.into_iter().next().filter(|found| found["state"] == state) }).await
}

async fn webhooks_are_delivered(stack: &mut Stack) {
    let (buyer, receiver) = (stack.buyer().await, Receiver::new(&["503 Busy\r\nretry-after: 1"]).await);
    let (id, secret) = endpoint(&buyer, &receiver.url).await;
    assert!(secret.starts_with("whsec_"));
    let path = format!("{WEBHOOKS}/{id}");
    let read = buyer.get(&path).await.expect_status(200);
    assert!(!read.text.contains("secret\":\"") && !read.text.contains(&secret), "{}", read.text);

    // The first attempt fails, and the second has the same id.
    let test = buyer.call("POST", &format!("{path}/test")).header("Idempotency-Key", "test-1").send().await.expect_status(201);
    let again = buyer.call("POST", &format!("{path}/test")).header("Idempotency-Key", "test-1").send().await.expect_status(201);
    assert_eq!((test.text_at("/id"), test.text_at("/type")), (again.text_at("/id"), "touchstone.procurement.webhook.tested.v1".to_owned()));
    let came = receiver.until(2).await;
    assert_eq!((came[0].id.clone(), came[1].id.clone()), (test.text_at("/id"), test.text_at("/id")));
    assert!(came[1].timestamp > came[0].timestamp, "a second later at least, as the receiver asked");
    assert_eq!(came[0].body, came[1].body);
    for one in &came {
        assert_eq!((one.signed_by(&secret), one.signatures.len()), (1, 1));
        assert_eq!(one.json()["data"], json!({"webhook": id}));
    }
    let delivered = newest(&buyer, &id, "delivered").await;
    let attempts = delivered["attempts"].as_array().unwrap();
    assert_eq!((attempts.len(), &attempts[0]["status"], &attempts[1]["status"]), (2, &json!(503), &json!(204)), "{delivered}");
    assert!(attempts[0]["next_at"].is_string() && attempts[0]["error"].is_string() && attempts[1]["error"].is_null(), "{delivered}");
    let metrics = figures(stack).await;
    assert!(metrics.contains("touchstone_delivery_attempts_total{result=\"delivered\",service=\"procurement\"}"), "{metrics}");

    // Once more by hand.
    let redeliver = format!("{path}/deliveries/{}/redeliver", test.text_at("/id"));
    buyer.call("POST", &redeliver).send().await.expect_status(200);
    assert_eq!(receiver.until(3).await[2].id, test.text_at("/id"));
    let other = format!("{path}/deliveries/msg_01JD0000000000000000000000/redeliver");
    buyer.call("POST", &other).send().await.expect_problem(404, "not_found");
    let bad = buyer.call("POST", &format!("{WEBHOOKS}/x/deliveries/y/redeliver")).send().await.expect_status(422);
    assert_eq!(bad.faults().len(), 2, "{}", bad.text);

    rotates(&buyer, &receiver, &path, &secret).await;
    survives(stack, &receiver, &id).await;
    changes(stack, &receiver, &id).await;
    refusals(stack, &id).await;
}

async fn figures(stack: &mut Stack) -> String {
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    let base = stack.process(name).address().to_owned();
    stack.public().at(&base).get("/metrics").await.expect_status(200).text
}

/// The old secret signs beside the new one.
async fn rotates(buyer: &Client, receiver: &Receiver, path: &str, old: &str) {
    let rotate = format!("{path}/rotate_secret");
    buyer.call("POST", &rotate).send().await.expect_problem(428, "if_match_required");
    buyer.call("POST", &rotate).header("If-Match", "\"7\"").send().await.expect_problem(412, "etag_mismatch");
    let rotated = buyer.call("POST", &rotate).header("If-Match", "\"1\"").send().await.expect_status(200);
    let new = rotated.text_at("/secret");
    assert!(new != old && rotated.field("/old_secret_until").is_string(), "{}", rotated.text);
    let before = receiver.came().len();
    buyer.call("POST", &format!("{path}/test")).send().await.expect_status(201);
    let one = receiver.until(before + 1).await[before].clone();
    assert_eq!((one.signatures.len(), one.signed_by(&new), one.signed_by(old)), (2, 1, 1));
}

/// What waits when a process is killed is sent by the one that comes after it.
async fn survives(stack: &mut Stack, receiver: &Receiver, id: &str) {
    let before = receiver.came().len();
    receiver.say("500 Not Yet");
    let test = stack.buyer().await.call("POST", &format!("{WEBHOOKS}/{id}/test")).send().await.expect_status(201);
    receiver.until(before + 1).await;
    // Killed before the attempt is written down, it would wait for the lease to end.
    let buyer = stack.buyer().await;
    eventually("the attempt is written down", || async {
        deliveries(&buyer, id).await.into_iter().next().filter(|found| found["attempts"].as_array().is_some_and(|all| !all.is_empty()))
    })
    .await;
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    stack.restart(name);
    let came = receiver.until(before + 2).await;
    assert_eq!((&came[before].id, &came[before + 1].id), (&test.text_at("/id"), &test.text_at("/id")));
}

/// Disabled, enabled, gone for good, removed.
async fn changes(stack: &Stack, receiver: &Receiver, id: &str) {
    let (buyer, path) = (stack.buyer().await, format!("{WEBHOOKS}/{id}"));
    newest(&buyer, id, "delivered").await;
    let put = |etag: &'static str, body: Value| buyer.call("PUT", &path).header("If-Match", etag).json(&body).send();
    let off = put("\"2\"", json!({"url": receiver.url, "events": ["touchstone.procurement.watch.ended.v1"], "active": false}))
        .await
        .expect_status(200);
    assert_eq!((off.field("/active"), off.field("/disabled_because")), (&json!(false), &json!("asked")), "{}", off.text);
    buyer.call("POST", &format!("{path}/test")).send().await.expect_problem(409, "illegal_transition");
    put("\"2\"", json!({"url": receiver.url, "active": true})).await.expect_problem(412, "etag_mismatch");
    put("\"3\"", json!({"url": receiver.url, "active": true})).await.expect_status(200);
    receiver.say("410 Gone");
    buyer.call("POST", &format!("{path}/test")).send().await.expect_status(201);
    newest(&buyer, id, "failed").await;
    let gone = buyer.get(&path).await.expect_status(200);
    assert_eq!(
        (gone.field("/active"), gone.field("/disabled_because"), gone.header("etag")),
        (&json!(false), &json!("gone"), Some("\"5\""))
    );
    let feed = stack.officer().await.get("/procurement/v1/events?limit=500").await.expect_status(200);
    assert!(feed.text.contains("touchstone.procurement.webhook.disabled.v1") && feed.text.contains(id), "{}", feed.text);
    let open = buyer.get("/procurement/v1/events?limit=500").await.expect_status(200);
    assert!(!open.text.contains("webhook"), "{}", open.text);

    let (other, _) = endpoint(&buyer, &receiver.url).await;
    let listed = buyer.get(&format!("{WEBHOOKS}?limit=1")).await.expect_status(200);
    let rest = buyer.get(&format!("{WEBHOOKS}?limit=1&cursor={}", listed.text_at("/next_cursor"))).await.expect_status(200);
    assert_eq!(
        (listed.text_at("/items/0/id"), rest.text_at("/items/0/id"), rest.field("/next_cursor")),
        (id.to_owned(), other.clone(), &Value::Null)
    );
    let gone = format!("{WEBHOOKS}/{other}");
    buyer.call("DELETE", &gone).send().await.expect_problem(428, "if_match_required");
    buyer.call("DELETE", &gone).header("If-Match", "\"1\"").send().await.expect_status(204);
    buyer.get(&gone).await.expect_problem(404, "not_found");
}

/// An endpoint is its client's own affair, even towards authorities.
async fn refusals(stack: &Stack, id: &str) {
    let path = format!("{WEBHOOKS}/{id}");
    for role in ["insurer", "authority"] {
        let caller = stack.caller(role).await;
        assert_eq!(caller.get(WEBHOOKS).await.expect_status(200).field("/items"), &json!([]), "{role}");
        caller.get(&path).await.expect_problem(404, "not_found");
        caller.get(&format!("{path}/deliveries")).await.expect_problem(404, "not_found");
        caller.call("DELETE", &path).header("If-Match", "\"5\"").send().await.expect_problem(404, "not_found");
        for verb in ["test", "rotate_secret"] {
            caller.call("POST", &format!("{path}/{verb}")).header("If-Match", "\"5\"").send().await.expect_problem(404, "not_found");
        }
    }
    let reader = stack.scoped("buyer", "procurement:read").await;
    reader.get(&path).await.expect_status(200);
    reader.post(WEBHOOKS, &json!({"url": "https://buyer.example.com/"})).await.expect_problem(403, "scope_missing");
    stack.public().get(WEBHOOKS).await.expect_problem(401, "token_missing");
    let bad = stack.buyer().await.post(WEBHOOKS, &json!({"url": "ftp://x", "events": ["x"], "description": " "})).await.expect_status(422);
    let faults = [("/description", "text_empty"), ("/events/0", "webhook_event_unknown"), ("/url", "webhook_url_not_https")];
    assert_eq!(bad.faults(), faults.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
}

async fn without_a_word_of_the_operator_nothing_private_is_reached(stack: &mut Stack) {
    let (buyer, receiver) = (stack.buyer().await, Receiver::new(&[]).await);
    let tls = receiver.url.replace("http:", "https:");
    for (url, code) in [
        (receiver.url.as_str(), "webhook_url_not_https"),
        (tls.as_str(), "webhook_url_private"),
        ("https://localhost/", "webhook_url_private"),
        ("https://169.254.169.254/latest/meta-data/", "webhook_url_private"),
        ("https://[::ffff:10.0.0.1]/", "webhook_url_private"),
        ("https://buyer@example.com/", "webhook_url_invalid"),
    ] {
        let refused = buyer.post(WEBHOOKS, &json!({"url": url})).await.expect_status(422);
        assert_eq!(refused.faults(), [("/url".to_owned(), code.to_owned())], "{url}");
    }
    // A name that nobody has: accepted, and the attempt says so.
    let (id, _) = endpoint(&buyer, "https://nobody.example.com/").await;
    buyer.call("POST", &format!("{WEBHOOKS}/{id}/test")).send().await.expect_status(201);
    let tried = eventually("an attempt", || async {
        deliveries(&buyer, &id).await.into_iter().find(|found| found["attempts"].as_array().is_some_and(|all| !all.is_empty()))
    });
    let tried = tried.await;
    assert_eq!((&tried["state"], &tried["attempts"][0]["error"]), (&json!("waiting"), &json!("name_not_resolved")), "{tried}");
    assert_eq!(receiver.came().len(), 0);
}
