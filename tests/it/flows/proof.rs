//! The main job: a fact becomes a decision with a receipt that anyone can verify, and the decision can be made again years later.

use receipt::JwkSet;
use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, decided_at, fact, sample_enterprise};

in_every_mode!(a_decision_is_proven_and_replayed);
in_every_mode!(a_forged_receipt_is_refused);

const AS_OF: &str = "2026-06-01T09:30:00+08:00";

async fn registered(officer: &Client) -> String {
    let sample = sample_enterprise();
    let reply = officer.put(&sample.path(), &sample.body).await.expect_status(201);
    assert_eq!(reply.header("location"), Some(sample.path().as_str()));
    sample.code
}

async fn signed(stack: &Stack, supplier: &str) -> (Client, Value) {
    let (buyer, head) = (stack.buyer().await, stack.head().await);
    let question = json!({"supplier": supplier, "ruleset": "government-procurement", "as_of": AS_OF, "explain": "full", "sign": true});
    let decision = decided_at(&buyer, &question, head).await;
    (buyer, decision)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

async fn a_decision_is_proven_and_replayed(stack: &mut Stack) {
    let officer = stack.officer().await;
    let code = registered(&officer).await;
    let licence = officer.post("/credit/v1/facts", &fact(&code, "licence")).await.expect_status(201);
    let licence_id = licence.text_at("/id");
    assert_eq!(licence.header("location"), Some(format!("/credit/v1/facts/{licence_id}").as_str()));

    the_feed_tells(&officer, &code, &licence_id).await;
    let (buyer, decision) = signed(stack, &code).await;
    assert_eq!(text(&decision, "/outcome"), "eligible", "{decision}");
    assert_eq!(text(&decision, "/supplier"), code);
    assert_eq!(text(&decision, "/ruleset/id"), "government-procurement");
    let licensed = decision["criteria"].as_array().unwrap().iter().find(|finding| finding["code"] == "SEL.LICENCE_VALID").unwrap();
    assert_eq!((&licensed["result"], &licensed["fact_ids"]), (&json!("pass"), &json!([licence_id])));
    assert!(licensed["legal_basis"].as_str().is_some_and(|basis| !basis.is_empty()), "{licensed}");

    verify_everywhere(stack, &buyer, &decision).await;
    let path = format!("/procurement/v1/decisions/{}", text(&decision, "/id"));
    let kept = buyer.get(&path).await.expect_status(200);
    assert_eq!(kept.json, decision, "a decision is kept verbatim");
    replayed(&buyer, &path).await;

    let listed = officer.post("/credit/v1/facts", &fact(&code, "serious_violation_listing")).await.expect_status(201).text_at("/id");
    let (_, worse) = signed(stack, &code).await;
    assert_eq!(text(&worse, "/outcome"), "ineligible", "{worse}");
    let finding = worse["criteria"].as_array().unwrap().iter().find(|finding| finding["result"] == "fail").unwrap();
    assert_eq!((&finding["code"], &finding["fact_ids"]), (&json!("EXC.SERIOUS_VIOLATION"), &json!([listed])));
    assert!(worse["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()), "{worse}");
    replayed(&buyer, &path).await;
    replayed(&buyer, &format!("/procurement/v1/decisions/{}", text(&worse, "/id"))).await;
    assert_eq!(buyer.get(&path).await.text, kept.text, "what came later changes nothing");
}

async fn the_feed_tells(officer: &Client, code: &str, licence: &str) {
    let feed = officer.get("/credit/v1/events?after=0&limit=500").await.expect_status(200);
    let events = feed.field("/items").as_array().unwrap().clone();
    let positions: Vec<i64> = events.iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert!(positions.windows(2).all(|pair| pair[0] < pair[1]), "{positions:?}");
    assert_eq!((feed.field("/next"), feed.field("/head")), (&json!(positions.last()), &json!(positions.last())));
    for (kind, pointer, value) in [
        ("touchstone.credit.enterprise.recorded.v1", "/data/uscc", code),
        ("touchstone.credit.fact.recorded.v1", "/data/fact/id", licence),
        ("touchstone.credit.score.changed.v1", "/data/uscc", code),
    ] {
        let found = events.iter().find(|event| event["type"] == kind && event.pointer(pointer) == Some(&json!(value)));
        let event = found.unwrap_or_else(|| panic!("no {kind} in {feed:?}"));
        assert_eq!((&event["specversion"], &event["source"], &event["subject"]), (&json!("1.0"), &json!("/credit"), &json!(code)));
    }
}

async fn verify_everywhere(stack: &Stack, buyer: &Client, decision: &Value) {
    let jws = text(decision, "/receipt");
    let verified = buyer.post("/procurement/v1/receipts/verify", &json!({"receipt": jws})).await.expect_status(200);
    assert_eq!(verified.field("/valid"), &json!(true));
    assert_eq!(verified.text_at("/payload/id"), text(decision, "/id"));
    let public = stack.public();
    // The gateway's key set holds the token keys too: none of them may pass for a receipt key, and the receipt keys must be among them.
    for path in ["/procurement/v1/keys", "/.well-known/jwks.json"] {
        let keys = testkit::eventually(path, || async {
            let set = public.get(path).await.expect_status(200);
            set.text.contains("receipt").then_some(set.text)
        });
        let offline = receipt::verify(jws, &JwkSet::parse(&keys.await).unwrap()).unwrap();
        let payload = serde_json::to_value(&offline.payload).unwrap();
        for same in [
            "/id",
            "/supplier",
            "/outcome",
            "/as_of",
            "/known_at",
            "/facts_digest",
            "/evaluator",
            "/ruleset/digest",
            "/sources/0/position",
            "/sources/0/epoch",
        ] {
            assert_eq!(payload.pointer(same), decision.pointer(same), "{same}");
        }
        assert_eq!(payload["criteria"].as_array().map(Vec::len), decision["criteria"].as_array().map(Vec::len));
        assert_eq!(serde_json::to_value(receipt::report(&offline)).unwrap(), *verified.field("/report"));
    }
}

async fn replayed(buyer: &Client, path: &str) {
    let reply: Reply = buyer.call("POST", &format!("{path}/replay")).send().await.expect_status(200);
    assert_eq!(reply.json, json!({"result": "identical"}));
}

async fn a_forged_receipt_is_refused(stack: &mut Stack) {
    let code = registered(&stack.officer().await).await;
    let (buyer, decision) = signed(stack, &code).await;
    let jws = text(&decision, "/receipt");
    let keys = JwkSet::parse(&stack.public().get("/procurement/v1/keys").await.expect_status(200).text).unwrap();
    let parts: Vec<&str> = jws.split('.').collect();
    let [head, body, signature] = parts.as_slice() else { panic!("{jws}") };
    let turned = |part: &str, place: usize| {
        let mut bytes = part.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let other = turned(body, body.len() / 2);
    let token = buyer.token().unwrap().to_owned();
    for forged in [
        format!("{head}.{other}.{signature}"),
        format!("{}.{body}.{signature}", turned(head, 4)),
        format!("{head}.{body}.{}", turned(signature, 3)),
        format!("{head}.{body}."),
        format!("{head}.{body}"),
        token,
        "nonsense".to_owned(),
        String::new(),
    ] {
        assert!(receipt::verify(&forged, &keys).is_err(), "{forged}");
        let reply = buyer.post("/procurement/v1/receipts/verify", &json!({"receipt": forged})).await.expect_status(422);
        assert_eq!(reply.faults()[0].0, "/receipt", "{}", reply.text);
    }
}
