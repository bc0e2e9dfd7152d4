//! Bids of a tender evaluated over HTTP: the worked example, an ineligible bidder, related ones, a tie that is drawn and drawn again by hand, replay after
//! the facts changed, void lots. Not here: the table of cases, `services/procurement/src/ranking`.

use std::time::Duration;

use common::clock::Clock;
use model::instant::Instant;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Client, Reply, Stack, decided_at, eventually_within, fact, sample_enterprise};

in_every_mode!(bids_are_evaluated_and_every_step_can_be_repeated);

const TENDER: &str = "/procurement/v1/tenders/EVA-2026.1";
const SECRET: &str = "7d2f0c8f5a1e4b7c9d3a6e8f1b2c4d5e";

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

fn yuan(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

fn bid(code: &str, price: &str, technical: &str) -> Value {
    json!({"bidder": code, "size": "large", "price": yuan(price), "technical": technical})
}

fn with(mut bid: Value, field: &str, value: Value) -> Value {
    bid[field] = value;
    bid
}

async fn evaluate(buyer: &Client, lot: &str, bids: &[Value], more: &Value) -> Reply {
    let mut body = json!({"lot": lot, "bids": bids});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    buyer.post(&format!("{TENDER}/evaluation"), &body).await
}

/// Enterprises that may take part, and a last one that may not.
async fn bidders(stack: &Stack) -> Vec<String> {
    let officer = stack.officer().await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        let sample = sample_enterprise();
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
        codes.push(sample.code);
    }
    officer.post("/credit/v1/facts", &fact(&codes[4], "serious_violation_listing")).await.expect_status(201);
    let head = stack.head().await;
    decided_at(&stack.buyer().await, &json!({"supplier": codes[4]}), head).await;
    codes
}

async fn publish(buyer: &Client) {
    let cut_off = Instant::from_micros(Clock::system().now().micros() + 3_000_000);
    let tender = json!({
        "title": "示例小家电采购", "category": "goods", "method": "inquiry", "cut_off": cut_off.to_string(),
        "lots": [{"id": "L1", "title": "示例一", "budget": yuan("2000000.00")}, {"id": "L2", "title": "示例二"}],
        "evaluation": {"method": "comprehensive", "weights": {"price": "30", "technical": "70"}, "small_business": {"whole": "10", "part": "4"},
            "draw": {"commitment": sha256(SECRET)}},
    });
    let mut dear = tender.clone();
    dear["evaluation"]["small_business"]["whole"] = json!("9");
    dear["evaluation"]["weights"] = json!({"price": "29", "technical": "71"});
    buyer.put(TENDER, &dear).await.expect_status(201);
    let refused = buyer.call("POST", &format!("{TENDER}/publish")).header("If-Match", "\"1\"").send().await;
    let refused = refused.expect_status(422);
    assert_eq!(
        refused.faults(),
        [
            ("/evaluation/small_business/whole".to_owned(), "deduction_rate".to_owned()),
            ("/evaluation/weights/price".to_owned(), "price_weight".to_owned())
        ]
    );
    buyer.call("PUT", TENDER).header("If-Match", "\"1\"").json(&tender).send().await.expect_status(200);
    buyer.call("POST", &format!("{TENDER}/publish")).header("If-Match", "\"2\"").send().await.expect_status(200);
}

async fn bids_are_evaluated_and_every_step_can_be_repeated(stack: &mut Stack) {
    let codes = bidders(stack).await;
    let (buyer, officer) = (stack.buyer().await, stack.officer().await);
    publish(&buyer).await;
    let micro = with(with(bid(&codes[0], "1000000.00", "50"), "size", json!("micro")), "size_proof", json!("declaration"));
    let bids = [micro, bid(&codes[1], "950000.00", "50"), bid(&codes[2], "1200000.00", "50"), bid(&codes[4], "900000.00", "70")];
    let early = evaluate(&buyer, "L1", &bids, &json!({})).await;
    early.expect_problem(422, "cut_off_not_passed");
    let first = eventually_within(Duration::from_secs(15), "the cut-off", || async {
        let reply = evaluate(&buyer, "L1", &bids, &json!({})).await;
        (reply.status != 422).then(|| reply.expect_status(201))
    })
    .await;
    worked_example(&first.json, &codes);
    let place = first.header("location").unwrap().to_owned();
    assert_eq!(buyer.get(&place).await.expect_status(200).text, first.text, "byte for byte");
    in_the_log(&buyer, &first).await;

    // Facts that come later change nothing of what was decided as of the cut-off and known then.
    officer.post("/credit/v1/facts", &fact(&codes[0], "serious_violation_listing")).await.expect_status(201);
    decided_at(&buyer, &json!({"supplier": codes[0]}), stack.head().await).await;
    assert_eq!(buyer.call("POST", &format!("{place}/replay")).send().await.expect_status(200).json, json!({"result": "identical"}));

    related(stack, &buyer, &codes).await;
    drawn(&buyer, &codes).await;
    refused(stack, &buyer, &codes).await;
    void(&buyer, &codes).await;
}

fn worked_example(view: &Value, codes: &[String]) {
    assert_eq!(
        (&view["number"], &view["ranking"]["outcome"], &view["ranking"]["valid_bids"]),
        (&json!(1), &json!("ranked"), &json!(3)),
        "{view}"
    );
    let told: Vec<_> = view["ranking"]["bids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bid| (&bid["bidder"], &bid["rank"], &bid["evaluated_price"], &bid["score"]["price"], &bid["price"]["amount"]))
        .collect();
    let code = |place: usize| json!(codes[place]);
    assert_eq!(
        told,
        [
            (&code(0), &json!(1), &json!("900000.00"), &json!("30.00"), &json!("1000000.00")),
            (&code(1), &json!(2), &json!("950000.00"), &json!("28.42"), &json!("950000.00")),
            (&code(2), &json!(3), &json!("1200000.00"), &json!("22.50"), &json!("1200000.00")),
            (&code(4), &Value::Null, &Value::Null, &Value::Null, &json!("900000.00")),
        ]
    );
    assert_eq!(view["ranking"]["bids"][3]["objections"][0]["code"], "ineligible");
    assert_eq!(view["ranking"]["bids"][0]["ahead"]["by"], "score");
    assert_eq!(view["decisions"].as_array().unwrap().len(), 4);
}

async fn in_the_log(buyer: &Client, made: &Reply) {
    let proof = buyer.get(&format!("/procurement/v1/log/entries/{}", made.text_at("/id"))).await.expect_status(200);
    assert_eq!(proof.text_at("/digest"), sha256(&made.text));
}

/// Whoever has the same person in charge is excluded, and what was declared is found nowhere afterwards.
async fn related(stack: &Stack, buyer: &Client, codes: &[String]) {
    let person = |name: &str| json!({"legal_representative": name, "phone": "0755-88886666"});
    let bids: Vec<Value> = (1..4)
        .map(|place| bid(&codes[place], "100.00", "50"))
        .zip(["示例甲 440300199001010000", "示例甲４４０３００１９９００１０１００００", "示例乙"])
        .map(|(bid, name)| with(bid, "declared", person(name)))
        .collect();
    let made = evaluate(buyer, "L2", &bids, &json!({})).await.expect_status(201);
    assert_eq!((made.field("/ranking/outcome"), made.field("/ranking/valid_bids")), (&json!("void"), &json!(1)), "{}", made.text);
    let relations = made.field("/relations").as_array().unwrap();
    let signs: Vec<_> = relations.iter().map(|one| (&one["consequence"], &one["signs"])).collect();
    let (both, flag) = (json!({"legal_representative": "excluded", "phone": "flag"}), json!({"phone": "flag"}));
    assert_eq!(signs, [(&json!("excluded"), &both), (&json!("flag"), &flag), (&json!("flag"), &flag)], "{}", made.text);
    assert_eq!(made.field("/ranking/bids/0/objections/0/code"), &json!("related_bidder"));
    let place = made.header("location").unwrap();
    assert_eq!(buyer.call("POST", &format!("{place}/replay")).send().await.expect_status(200).json, json!({"result": "identical"}));

    let declared = bids.iter().map(|bid| json!({"bidder": bid["bidder"], "declared": bid["declared"]})).collect::<Vec<_>>();
    let compared = buyer.post(&format!("{TENDER}/relations"), &json!({"bidders": declared})).await.expect_status(200);
    assert_eq!(compared.field("/relations"), made.field("/relations"));
    let feed = stack.officer().await.get("/procurement/v1/events?after=0&limit=500").await.expect_status(200);
    for text in [&feed.text, &made.text, &compared.text] {
        assert!(!text.contains("示例甲") && !text.contains("88886666") && !text.contains("440300199001010000"), "{text}");
    }
    assert!(feed.text.contains("touchstone.procurement.evaluation.recorded.v1"));
}

/// A tie is drawn with what the tender committed to; the draw is repeated here without any of our code.
async fn drawn(buyer: &Client, codes: &[String]) {
    let bids: Vec<Value> = (1..4).map(|place| bid(&codes[place], "100.00", "50")).collect();
    let silent = evaluate(buyer, "L1", &bids, &json!({})).await.expect_status(422);
    assert_eq!(silent.faults(), [("/draw".to_owned(), "draw_secret_missing".to_owned())]);
    let wrong = evaluate(buyer, "L1", &bids, &json!({"draw": {"secret": "another"}})).await.expect_status(422);
    assert_eq!(wrong.faults(), [("/draw/secret".to_owned(), "draw_secret".to_owned())]);
    let made = evaluate(buyer, "L1", &bids, &json!({"draw": {"secret": SECRET}})).await.expect_status(201);
    let turned: Vec<Value> = bids.iter().rev().cloned().collect();
    let again = evaluate(buyer, "L1", &turned, &json!({"draw": {"secret": SECRET}})).await.expect_status(201);
    assert_eq!(made.field("/ranking"), again.field("/ranking"), "neither the order of bids nor another try changes it");
    assert_eq!((made.field("/number"), again.field("/number")), (&json!(2), &json!(3)), "every try is kept and counted");
    let mut sorted = codes[1..4].to_vec();
    sorted.sort();
    let prices: Vec<String> =
        sorted.iter().map(|code| format!(r#"{{"bidder":"{code}","price":{{"amount":"100.00","currency":"CNY"}}}}"#)).collect();
    let seed = sha256(&format!(r#"{{"beacon":null,"bids":[{}],"lot":"L1","secret":"{SECRET}","tender":"EVA-2026.1"}}"#, prices.join(",")));
    assert_eq!(made.field("/ranking/draw/seed"), &json!(seed));
    sorted.sort_by_key(|code| sha256(&format!("{seed}\n{code}")));
    let ranked: Vec<_> = made.field("/ranking/bids").as_array().unwrap().iter().map(|bid| bid["bidder"].as_str().unwrap()).collect();
    assert_eq!(ranked, sorted);
}

/// Every fault at once, and nobody else's business.
async fn refused(stack: &Stack, buyer: &Client, codes: &[String]) {
    let bad = [
        with(bid(&codes[1], "0.00", "70.01"), "domestic_share", json!("100.5")),
        with(bid(&codes[1], "1.00", "50"), "members", json!([{"supplier": "x", "size": "small", "share": "1e2"}])),
        with(bid(&codes[2], "1.001", "x"), "declared", json!({"phone": "\u{202e}", "controllers": [""]})),
    ];
    let refused = evaluate(buyer, "L1", &bad, &json!({"draw": {"secret": ""}})).await.expect_status(422);
    let found: Vec<String> = refused.faults().into_iter().map(|(pointer, _)| pointer).collect();
    for pointer in [
        "/bids/1/members/0/supplier",
        "/bids/1/members/0/share",
        "/bids/2/price/amount",
        "/bids/2/technical",
        "/bids/2/declared/phone",
        "/bids/2/declared/controllers/0",
        "/draw/secret",
    ] {
        assert!(found.contains(&pointer.to_owned()), "{pointer}: {found:?}");
    }
    let bad = [bad[0].clone(), bid(&codes[1], "1.00", "50"), bid("914403007XY000000X", "1.00", "50")];
    evaluate(buyer, "L1", &bad, &json!({})).await.expect_status(422);
    let bad = [bad[0].clone(), bid(&codes[1], "1.00", "50"), bid(&testkit::next_code(), "1.00", "50")];
    let refused = evaluate(buyer, "L1", &bad, &json!({})).await.expect_status(422);
    let mut found: Vec<String> = refused.faults().into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "/bids/0/domestic_share bid_share",
            "/bids/0/price/amount bid_price",
            "/bids/0/technical bid_technical",
            "/bids/1/bidder bid_duplicate",
            "/bids/2/bidder enterprise_unknown"
        ]
    );
    let sound = [bid(&codes[1], "1.00", "50")];
    evaluate(buyer, "L9", &sound, &json!({})).await.expect_status(422);
    evaluate(buyer, "L1", &[], &json!({})).await.expect_status(422);
    let enterprise = stack.enterprise().await;
    evaluate(&enterprise, "L1", &sound, &json!({})).await.expect_status(403);
    enterprise.get(&format!("{TENDER}/evaluations")).await.expect_status(403);
    let page = buyer.get(&format!("{TENDER}/evaluations?limit=2")).await.expect_status(200);
    let next = page.text_at("/next_cursor");
    let rest = buyer.get(&format!("{TENDER}/evaluations?limit=500&cursor={next}")).await.expect_status(200);
    assert_eq!((page.field("/items").as_array().unwrap().len(), rest.field("/items").as_array().unwrap().len()), (2, 2), "{}", rest.text);
    buyer.get(&format!("{TENDER}/evaluations/evl_01JD0000000000000000000000")).await.expect_problem(404, "not_found");
    buyer.get(&format!("{TENDER}/evaluations/dec_01JD0000000000000000000000")).await.expect_status(422);
}

/// Fewer than three for every lot: the tender is void, and a repeat gets the first answer.
async fn void(buyer: &Client, codes: &[String]) {
    let bids: Vec<Value> = (1..3).map(|place| bid(&codes[place], "100.00", "50")).collect();
    let state = || async { buyer.get(TENDER).await.expect_status(200).text_at("/state") };
    let one = evaluate(buyer, "L1", &bids, &json!({"conclusive": true})).await.expect_status(201);
    assert_eq!((one.field("/ranking/outcome"), one.field("/ranking/reason/code")), (&json!("void"), &json!("fewer_than_three")));
    assert_eq!(state().await, "published", "the other lot stands");
    let body = json!({"lot": "L2", "bids": bids, "conclusive": true});
    let last = || buyer.call("POST", &format!("{TENDER}/evaluation")).header("Idempotency-Key", "void-2").json(&body).send();
    let (made, repeated) = (last().await.expect_status(201), last().await.expect_status(201));
    assert_eq!((made.text, state().await.as_str()), (repeated.text, "void"));
    evaluate(buyer, "L2", &bids, &json!({})).await.expect_problem(409, "illegal_transition");
}
