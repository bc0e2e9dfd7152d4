//! An award from the decision on the winner to the performance of the contract, which credit hears of.

use serde_json::{Value, json};
use testkit::{Client, Reply, Sample, Stack, eventually, eventually_within, sample_enterprise};

use super::challenges::{published, step};

in_every_mode!(an_award_becomes_a_contract_and_its_performance_a_fact);
in_every_mode!(a_complaint_suspends_and_upsets_an_award);

const LONG: std::time::Duration = std::time::Duration::from_secs(30);

/// A tender whose cut-off comes at once, and a winner of it that is eligible.
async fn decided(stack: &Stack, winner: &Sample) -> (String, String) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    officer.put(&winner.path(), &winner.body).await.expect_status(201);
    let soon = testkit::in_seconds(2);
    let tender = published(&buyer, &soon).await;
    let decision = decide(&buyer, &tender, &winner.code).await;
    (tender, decision)
}

async fn decide(buyer: &Client, tender: &str, supplier: &str) -> String {
    let question = json!({"supplier": supplier, "tender": tender.rsplit('/').next().unwrap()});
    let decision = buyer.post("/procurement/v1/decisions", &question).await.expect_status(201);
    assert_eq!(decision.field("/outcome"), "eligible", "{}", decision.text);
    decision.text_at("/id")
}

fn award(winner: &Sample, decision: &str) -> Value {
    json!({"winner": winner.code, "price": {"amount": "100000.00", "currency": "CNY"}, "decision": decision})
}

/// Awards as soon as the cut-off is over.
async fn awarded(buyer: &Client, path: &str, body: &Value) -> Reply {
    let made = eventually_within(LONG, "the cut-off is over", || async {
        let reply = buyer.post(path, body).await;
        (reply.status != 422).then_some(reply)
    });
    made.await.expect_status(201)
}

async fn an_award_becomes_a_contract_and_its_performance_a_fact(stack: &mut Stack) {
    let (officer, buyer, public) = (stack.officer().await, stack.buyer().await, stack.public());
    let winner = sample_enterprise();
    let (tender, decision) = decided(stack, &winner).await;
    let (path, lot) = (format!("{tender}/lots/-/award"), format!("{tender}/lots/-"));
    let newer = decide(&buyer, &tender, &winner.code).await;
    let stale = buyer.post(&path, &award(&winner, &decision)).await.expect_status(422);
    assert!(stale.text.contains("decision_not_newest") && stale.text.contains(&newer), "{}", stale.text);
    let nobody = buyer.post(&path, &award(&sample_enterprise(), &newer)).await.expect_status(422);
    assert!(nobody.text.contains("decision_missing"), "{}", nobody.text);
    buyer.post(&format!("{tender}/lots/1/award"), &award(&winner, &newer)).await.expect_problem(422, "lot_unknown");
    stack.enterprise().await.post(&path, &award(&winner, &newer)).await.expect_problem(403, "not_your_organisation");
    // Neither a stranger's decision nor one as of another day comes between.
    let name = tender.rsplit('/').next().unwrap();
    let other_day = json!({"supplier": winner.code, "tender": name, "as_of": "2026-01-05"});
    let strangers = json!({"supplier": winner.code, "tender": name});
    buyer.post("/procurement/v1/decisions", &other_day).await.expect_status(201);
    stack.enterprise().await.post("/procurement/v1/decisions", &strangers).await.expect_status(201);
    let made = awarded(&buyer, &path, &award(&winner, &newer)).await;
    buyer.post(&path, &award(&winner, &newer)).await.expect_problem(409, "duplicate");
    let etag = buyer.get(&tender).await.expect_status(200).header("etag").unwrap().to_owned();
    let cancel = buyer.call("POST", &format!("{tender}/cancel")).header("If-Match", &etag).json(&json!({"reason": "示例"})).send().await;
    cancel.expect_problem(409, "illegal_transition");
    assert_eq!(buyer.get(&tender).await.expect_status(200).field("/state"), "awarded");
    assert_eq!(made.field("/deadlines/0/rule"), "award_notice");

    // Nobody else knows of it before its notice; after it everybody does, without a token.
    let results = format!("/procurement/v1/public/awards?tender={name}");
    assert_eq!(public.get(&results).await.expect_status(200).field("/items"), &json!([]));
    stack.caller("integrator").await.get(&path).await.expect_problem(404, "not_found");
    public.get(&format!("/procurement/v1/public/awards/{}", made.text_at("/id"))).await.expect_problem(404, "not_found");
    let early = json!({"number": "示例-HT-1", "amount": {"amount": "100000.00", "currency": "CNY"}});
    step(&buyer, &made, &format!("{lot}/contract"), &early).await.expect_problem(409, "illegal_transition");
    let noticed = step(&buyer, &made, &format!("{path}/notice"), &json!({})).await.expect_status(200);
    let shown = public.get(&results).await.expect_status(200);
    assert_eq!((shown.field("/items/0/winner"), shown.field("/items/0/contract")), (&json!(winner.code), &Value::Null));
    let feed = stack.caller("integrator").await.get("/procurement/v1/events?limit=500").await.expect_status(200);
    assert!(feed.text.contains("touchstone.procurement.contract.awarded.v1"), "{}", feed.text);

    // The contract: its numbers are checked, all at once.
    let wrong = json!({"number": "示例-HT-1", "amount": {"amount": "100000.01", "currency": "CNY"},
        "performance_bond": {"amount": "10000.01", "currency": "CNY"}});
    let wrong = step(&buyer, &noticed, &format!("{lot}/contract"), &wrong).await.expect_status(422).faults();
    assert_eq!(wrong.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>(), ["contract_differs", "bond_too_large"]);
    let signed = step(&buyer, &noticed, &format!("{lot}/contract"), &early).await.expect_status(200);
    let stranger = stack.caller("integrator").await;
    let seen = stranger.get(&path).await.expect_status(200);
    assert_eq!((seen.field("/contract"), seen.field("/history")), (&Value::Null, &json!([])), "the contract is not public yet");
    let public_one = step(&buyer, &signed, &format!("{lot}/contract/publish"), &json!({})).await.expect_status(200);
    assert_eq!(stranger.get(&path).await.expect_status(200).field("/contract/number"), "示例-HT-1");
    let one = format!("/procurement/v1/public/awards/{}", made.text_at("/id"));
    assert_eq!(public.get(&one).await.expect_status(200).field("/contract/number"), "示例-HT-1");
    step(&buyer, &public_one, &format!("{lot}/contract/publish"), &json!({})).await.expect_problem(409, "duplicate");
    let filed = step(&buyer, &public_one, &format!("{lot}/contract/file"), &json!({})).await.expect_status(200);
    assert!(filed.field("/deadlines").as_array().unwrap().iter().all(|one| one["state"] == "kept"), "{}", filed.text);
    let more = |amount: &str| json!({"number": "示例-HT-1-补", "amount": {"amount": amount, "currency": "CNY"}});
    let first = step(&buyer, &filed, &format!("{lot}/contract/supplements"), &more("6000.00")).await.expect_status(200);
    step(&buyer, &first, &format!("{lot}/contract/supplements"), &more("4000.01")).await.expect_problem(422, "supplement_too_large");

    performed(&officer, &buyer, &winner, &lot).await;
}

/// A breach becomes a fact whose source is the buyer; a correction takes its place, and what is taken back is annulled.
async fn performed(officer: &Client, buyer: &Client, winner: &Sample, lot: &str) {
    let path = format!("{lot}/performance");
    let today = testkit::today().to_string();
    let breach = |ground: &str| json!({"result": "breached", "ground": ground, "articles": ["合同第三条"], "evaluated_on": today});
    let body = json!({"external_id": "LY-1", "evaluation": breach("示例：逾期交货")});
    let bare = json!({"external_id": "LY-1", "evaluation": {"result": "breached", "evaluated_on": today}});
    let faults = buyer.post(&path, &bare).await.expect_status(422).faults();
    assert_eq!(faults.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/evaluation/articles", "/evaluation/ground"]);
    let recorded = buyer.post(&path, &body).await.expect_status(201);
    assert_eq!(buyer.post(&path, &body).await.expect_status(200).field("/id"), recorded.field("/id"));
    buyer.post(&path, &json!({"external_id": "LY-1", "evaluation": breach("示例：别的")})).await.expect_problem(409, "duplicate");
    let one = format!("/procurement/v1/performances/{}", recorded.text_at("/id"));
    let reported = async |version: i64| {
        let known = eventually_within(LONG, "credit acknowledges", || async {
            let reply = buyer.get(&one).await.expect_status(200);
            (reply.field("/report/state") == "acknowledged" && reply.field("/version") == &json!(version)).then_some(reply)
        });
        known.await
    };
    let known = reported(1).await;
    let fact = async |id: String| officer.get(&format!("/credit/v1/facts/{id}")).await.expect_status(200);
    let stands = fact(known.text_at("/report/fact")).await;
    assert_eq!((stands.field("/kind"), stands.field("/detail/result")), (&json!("contract_performance"), &json!("breached")));
    assert_eq!((stands.field("/detail/buyer"), stands.field("/enterprise")), (recorded.field("/buyer"), &json!(winner.code)));
    assert!(stands.text_at("/source/authority").contains(&recorded.text_at("/buyer")));

    let correction = json!({"evaluation": breach("示例：逾期两日"), "reason": "示例：录入有误"});
    let corrected = step(buyer, &recorded, &format!("{one}/correct"), &correction).await.expect_status(200);
    let second = reported(2).await.text_at("/report/fact");
    assert_eq!(fact(second.clone()).await.field("/detail/ground"), "示例：逾期两日（合同第三条）");
    assert_eq!(fact(stands.text_at("/id")).await.field("/state"), "superseded");
    step(buyer, &corrected, &format!("{one}/withdraw"), &json!({"reason": "示例：无争议"})).await.expect_status(200);
    reported(3).await;
    assert_eq!(fact(second).await.field("/state"), "annulled");
}

async fn a_complaint_suspends_and_upsets_an_award(stack: &mut Stack) {
    let (officer, buyer, itself) = (stack.officer().await, stack.buyer().await, stack.enterprise().await);
    let winner = Sample { code: stack.code("enterprise"), ..sample_enterprise() };
    let (tender, decision) = decided(stack, &winner).await;
    let path = format!("{tender}/lots/-/award");
    let made = awarded(&buyer, &path, &award(&winner, &decision)).await;
    let noticed = step(&buyer, &made, &format!("{path}/notice"), &json!({})).await.expect_status(200);

    let today = testkit::today().to_string();
    let query = json!({"subject": "result", "known_on": today, "points": ["示例"]});
    let queried = itself.post(&format!("{tender}/challenges"), &query).await.expect_status(201);
    let challenge = format!("/procurement/v1/challenges/{}", queried.text_at("/id"));
    let act = |name: &str| format!("{challenge}/{name}");
    let answered = step(&buyer, &queried, &act("answer"), &json!({"finding": "unfounded", "text": "示例"})).await.expect_status(200);
    let complained = step(&itself, &answered, &act("complain"), &json!({"points": [1], "text": "示例"})).await.expect_status(200);
    let accepted = step(&officer, &complained, &act("accept"), &json!({"text": "示例"})).await.expect_status(200);
    let suspension = json!({"until": today, "document_no": "示例〔2026〕1号", "text": "示例"});
    let suspended = step(&officer, &accepted, &act("suspend"), &suspension).await.expect_status(200);
    assert_eq!(suspended.field("/suspended"), &json!(true));
    let contract = json!({"number": "示例-HT-1", "amount": {"amount": "100000.00", "currency": "CNY"}});
    let stopped =
        step(&buyer, &noticed, &format!("{tender}/lots/-/contract"), &contract).await.expect_problem(422, "procurement_suspended");
    assert_eq!(stopped.field("/challenge"), queried.field("/id"));

    let decision = json!({"outcome": "upheld", "effect": "award_void", "document_no": "示例〔2026〕2号", "text": "示例"});
    step(&officer, &suspended, &act("decide"), &decision).await.expect_status(200);
    let fallen = buyer.get(&path).await.expect_status(200);
    assert_eq!((fallen.field("/state"), fallen.field("/history/2/reason")), (&json!("void"), &json!("示例〔2026〕2号")));
    assert_eq!(buyer.get(&tender).await.expect_status(200).field("/state"), "published", "another winner may be determined");
    let runner_up = sample_enterprise();
    officer.put(&runner_up.path(), &runner_up.body).await.expect_status(201);
    let decision = decide(&buyer, &tender, &runner_up.code).await;
    let second = awarded(&buyer, &path, &award(&runner_up, &decision)).await;
    // A winner that gives up makes room for the next.
    let given_up = step(&buyer, &second, &format!("{path}/give_up"), &json!({"reason": "示例：放弃"})).await.expect_status(200);
    assert_eq!(given_up.field("/state"), "given_up");
    let ended = eventually("the end of a public award is told", || async {
        let feed = itself.get("/procurement/v1/events?limit=500").await.expect_status(200);
        feed.text.contains("touchstone.procurement.award.ended.v1").then_some(())
    });
    ended.await;
}
