//! A challenge of a tender from the query to the decision: clocks, who may do what, who sees what, and what stands still meanwhile.

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, eventually, next_code};

in_every_mode!(a_query_becomes_a_complaint_and_is_decided);
in_every_mode!(a_missed_answer_is_told_once);

/// A published tender of the buyer without lots.
pub(super) async fn published(buyer: &Client, cut_off: &str) -> String {
    let path = format!("/procurement/v1/tenders/T-{}", next_code());
    let tender = json!({"title": "示例小家电采购", "category": "goods", "method": "inquiry", "cut_off": cut_off});
    let draft = buyer.put(&path, &tender).await.expect_status(201);
    let publish = buyer.call("POST", &format!("{path}/publish")).header("If-Match", draft.header("etag").unwrap());
    publish.json(&json!({})).send().await.expect_status(200);
    path
}

pub(super) async fn step(client: &Client, reply: &Reply, path: &str, body: &Value) -> Reply {
    client.call("POST", path).header("If-Match", reply.header("etag").unwrap()).json(body).send().await
}

/// The clocks that are shown, by their rule.
fn due(reply: &Reply, rule: &str) -> Value {
    let all = reply.field("/deadlines").as_array().unwrap();
    all.iter().find(|one| one["rule"] == rule).map_or(Value::Null, |one| one["due_on"].clone())
}

#[expect(clippy::too_many_lines, reason = "one story from the query to the decision")]
async fn a_query_becomes_a_complaint_and_is_decided(stack: &mut Stack) {
    let (officer, buyer, itself) = (stack.officer().await, stack.buyer().await, stack.enterprise().await);
    let other = stack.caller("integrator").await;
    let tender = published(&buyer, "2036-06-01").await;
    let (challenges, supplier) = (format!("{tender}/challenges"), stack.code("enterprise"));

    // Everything that is wrong is said at once; only who took part challenges the process; nobody asks for another.
    let bad =
        json!({"subject": "documents", "known_on": "2136-01-01", "points": [], "evidence": ["md5:1"], "lot": "no lot", "on": "2024-01-01"});
    let faults = itself.post(&challenges, &bad).await.expect_problem(422, "invalid").faults();
    let expected = [
        ("/evidence/0", "digest_invalid"),
        ("/known_on", "date_order"),
        ("/lot", "lot_unknown"),
        ("/on", "date_not_today"),
        ("/points", "point_count"),
    ];
    // A day that cannot be read at all is told as such.
    let found: Vec<_> = faults.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(found, expected);
    let query = |subject: &str| json!({"subject": subject, "known_on": "2024-08-01", "points": ["示例一", "示例二"]});
    itself.post(&challenges, &query("process")).await.expect_problem(422, "not_a_participant");
    buyer.post(&challenges, &query("documents")).await.expect_problem(403, "not_your_organisation");
    itself.post(&challenges, &query("documents")).await.expect_problem(422, "query_late");
    itself.post("/procurement/v1/tenders/T-none/challenges", &query("documents")).await.expect_problem(404, "not_found");

    // An authority records what came on paper; the clocks are those of the law, counted with the calendar of 2024.
    let mut paper = query("documents");
    (paper["supplier"], paper["on"]) = (json!(supplier), json!("2024-08-12"));
    let queried = officer.post(&challenges, &paper).await.expect_status(201);
    let path = format!("/procurement/v1/challenges/{}", queried.text_at("/id"));
    assert_eq!((due(&queried, "answer"), due(&queried, "complaint")), (json!("2024-08-21"), json!("2024-09-11")));
    assert_eq!(queried.field("/deadlines/0/rule_from"), "2018-03-01", "the version of the policy");
    officer.post(&challenges, &paper).await.expect_problem(409, "duplicate");

    // The parties see all of it, others where it stands.
    for party in [&itself, &buyer, &officer] {
        assert_eq!(party.get(&path).await.expect_status(200).field("/points/0"), "示例一");
    }
    let stage = other.get(&path).await.expect_status(200);
    assert_eq!((stage.field("/state"), stage.field("/points"), stage.field("/supplier")), (&json!("queried"), &Value::Null, &Value::Null));
    let list = format!("/procurement/v1/challenges?tender={}", tender.rsplit('/').next().unwrap());
    assert_eq!(other.get(&list).await.expect_status(200).field("/items/0/history"), &Value::Null);
    assert_eq!(itself.get("/procurement/v1/challenges?mine=true").await.expect_status(200).field("/items/0/id"), queried.field("/id"));

    let act = |name: &str| format!("{path}/{name}");
    let answered = json!({"finding": "unfounded", "text": "示例：不成立", "on": "2024-08-16"});
    let mut early = json!({"points": [1], "text": "示例：投诉", "on": "2024-08-20"});
    let awaited = step(&officer, &queried, &act("complain"), &early).await.expect_problem(422, "answer_awaited");
    assert_eq!(awaited.faults()[0].0, "/on");
    step(&itself, &queried, &act("answer"), &answered).await.expect_problem(422, "date_not_today");
    let today = json!({"finding": "unfounded", "text": "示例：不成立"});
    step(&itself, &queried, &act("answer"), &today).await.expect_problem(403, "not_your_organisation");
    officer.post(&act("answer"), &answered).await.expect_problem(428, "if_match_required");
    let answered = step(&officer, &queried, &act("answer"), &answered).await.expect_status(200);
    step(&officer, &queried, &act("withdraw"), &json!({"text": "示例"})).await.expect_problem(412, "etag_mismatch");
    let unknown = step(&officer, &answered, &act("complain"), &json!({"points": [1, 3], "text": "示例", "on": "2024-08-20"})).await;
    assert_eq!(unknown.expect_problem(422, "point_unknown").faults()[0].0, "/points/1");
    early["on"] = json!("2024-09-12");
    step(&officer, &answered, &act("complain"), &early).await.expect_problem(422, "complaint_late");
    early["on"] = json!("2024-08-19");
    let complained = step(&officer, &answered, &act("complain"), &early).await.expect_status(200);
    assert_eq!(due(&complained, "decision"), json!("2024-09-30"));

    // The authority: suspension of thirty days at the longest, a stay that moves the decision, and the decision itself.
    let suspend = |until: &str| json!({"until": until, "document_no": "示例〔2024〕1号", "text": "示例", "on": "2024-08-20"});
    step(&itself, &complained, &act("suspend"), &suspend("2024-08-30")).await.expect_problem(403, "not_your_organisation");
    let long = step(&officer, &complained, &act("suspend"), &suspend("2024-09-20")).await.expect_problem(422, "suspension_too_long");
    assert!(long.text.contains("2024-09-19"), "{}", long.text);
    let suspended = step(&officer, &complained, &act("suspend"), &suspend("2024-09-19")).await.expect_status(200);
    step(&officer, &suspended, &act("suspend"), &suspend("2024-09-19")).await.expect_problem(422, "suspended_already");
    let remark = |on: &str| json!({"text": "示例", "on": on});
    let accepted = step(&officer, &suspended, &act("accept"), &remark("2024-08-21")).await.expect_status(200);
    let stay = json!({"ground": "expert_review", "text": "示例", "on": "2024-08-26"});
    let stayed = step(&officer, &accepted, &act("stay"), &stay).await.expect_status(200);
    assert_eq!(stayed.field("/deadlines/4/waiting"), "stayed");
    let resumed = step(&officer, &stayed, &act("resume"), &remark("2024-08-30")).await.expect_status(200);
    assert_eq!(due(&resumed, "decision"), json!("2024-10-12"), "five working days were left out");
    let lifted = step(&officer, &resumed, &act("lift"), &remark("2024-09-02")).await.expect_status(200);
    let decision = |outcome: &str, effect: Value| json!({"outcome": outcome, "effect": effect, "document_no": "示例〔2024〕2号", "text": "示例：理由", "on": "2024-09-20"});
    step(&officer, &lifted, &act("decide"), &decision("upheld", Value::Null)).await.expect_problem(422, "effect_missing");
    step(&officer, &lifted, &act("decide"), &decision("dismissed", json!("goes_on"))).await.expect_problem(422, "effect_not_wanted");
    let decided = step(&officer, &lifted, &act("decide"), &decision("upheld", json!("begin_anew"))).await.expect_status(200);
    assert_eq!((decided.field("/state"), decided.field("/allowed")), (&json!("decided"), &json!([])));
    let again = step(&officer, &decided, &act("decide"), &decision("dismissed", Value::Null)).await;
    again.expect_problem(409, "illegal_transition");
    assert_eq!(buyer.get(&tender).await.expect_status(200).field("/state"), "void", "the procurement begins anew");
}

async fn a_missed_answer_is_told_once(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let tender = published(&buyer, "2036-06-01").await;
    let paper = json!({"subject": "documents", "known_on": "2024-08-01", "points": ["示例"], "supplier": stack.code("enterprise"), "on": "2024-08-12"});
    let queried = officer.post(&format!("{tender}/challenges"), &paper).await.expect_status(201);
    assert_eq!(queried.field("/deadlines/1/state"), "overdue");
    let missed = async || {
        let feed = officer.get("/procurement/v1/events?limit=500").await.expect_status(200);
        let all = feed.field("/items").as_array().unwrap().clone();
        let about = all.into_iter().filter(|event| event["type"] == "touchstone.procurement.deadline.missed.v1");
        about.filter(|event| event["data"]["matter"] == *queried.field("/id")).collect::<Vec<_>>()
    };
    let told = eventually("the missed answer is told", || async { missed().await.pop() }).await;
    assert_eq!((&told["data"]["rule"], &told["data"]["due_on"]), (&json!("answer"), &json!("2024-08-21")));
    // Whoever is no authority does not read it in the feed; and a later step tells nothing twice.
    let seen = buyer.get("/procurement/v1/events?limit=500").await.expect_status(200);
    assert!(!seen.text.contains("deadline.missed"), "{}", seen.text);
    let path = format!("/procurement/v1/challenges/{}", queried.text_at("/id"));
    let silence = json!({"points": [1], "text": "示例：未答复", "on": "2024-08-22"});
    let complained = step(&officer, &queried, &format!("{path}/complain"), &silence).await.expect_status(200);
    let late = eventually("the authority's own duties are told", || async { Some(missed().await).filter(|all| all.len() == 3) }).await;
    let rules: Vec<_> = late.iter().map(|event| event["data"]["rule"].clone()).collect();
    assert_eq!(rules.iter().filter(|rule| **rule == "answer").count(), 1, "{rules:?}");
    let withdrawn = step(&officer, &complained, &format!("{path}/withdraw"), &json!({"text": "示例"})).await.expect_status(200);
    assert_eq!(withdrawn.field("/state"), "withdrawn");
}
