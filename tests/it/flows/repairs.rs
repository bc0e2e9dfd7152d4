//! Objections and credit repair from the application to their effect on state, score and list; and who may do what.

use serde_json::{Value, json};
use testkit::{Client, Reply, Sample, Stack, fact, sample_enterprise};

on_both_databases!(an_objection_marks_at_once_and_corrects);
on_both_databases!(a_repair_takes_effect_everywhere);
on_both_databases!(a_list_is_left_by_repair);

async fn registered(officer: &Client) -> Sample {
    let enterprise = sample_enterprise();
    officer.put(&enterprise.path(), &enterprise.body).await.expect_status(201);
    enterprise
}

/// The enterprise that the stack's own client speaks for.
async fn own(stack: &Stack, officer: &Client) -> Sample {
    let enterprise = Sample { code: stack.code("enterprise"), ..sample_enterprise() };
    officer.put(&enterprise.path(), &enterprise.body).await.expect_status(201);
    enterprise
}

fn fined(code: &str, decided: &str) -> Value {
    let mut body = fact(code, "penalty");
    body["detail"]["types"] = json!(["fine"]);
    for name in ["decided_on", "valid_from"] {
        body[name] = json!(decided);
    }
    body
}

async fn score(client: &Client, enterprise: &Sample, day: &str) -> i64 {
    let found = client.get(&format!("{}/score?as_of={day}", enterprise.path())).await.expect_status(200);
    found.field("/score").as_i64().unwrap()
}

async fn step(client: &Client, reply: &Reply, path: &str, body: &Value) -> Reply {
    client.call("POST", path).header("If-Match", reply.header("etag").unwrap()).json(body).send().await
}

async fn an_objection_marks_at_once_and_corrects(stack: &mut Stack) {
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let (mine, other) = (own(stack, &officer).await, registered(&officer).await);
    let penalty = officer.post("/credit/v1/facts", &fined(&mine.code, "2026-05-11")).await.expect_status(201).text_at("/id");
    let foreign = officer.post("/credit/v1/facts", &fined(&other.code, "2026-05-11")).await.expect_status(201).text_at("/id");
    let new = |fact: &str| json!({"fact": fact, "ground": "inaccurate", "statement": "示例：金额有误", "on": "2026-05-20"});

    itself.post("/credit/v1/objections", &new(&foreign)).await.expect_problem(403, "not_your_organisation");
    let early = json!({"fact": penalty, "ground": "other", "statement": "示例", "on": "2026-05-10"});
    let early = itself.post("/credit/v1/objections", &early).await.expect_problem(422, "date_order");
    assert_eq!(early.faults()[0].0, "/on");
    let bad = json!({"fact": "fct_x", "ground": "inaccurate", "statement": "", "on": "2126-01-01"});
    let faults = itself.post("/credit/v1/objections", &bad).await.expect_problem(422, "invalid").faults();
    assert_eq!(faults.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/fact", "/on", "/statement"]);

    let filed = itself.post("/credit/v1/objections", &new(&penalty)).await.expect_status(201);
    let path = format!("/credit/v1/objections/{}", filed.text_at("/id"));
    assert_eq!((filed.field("/state"), filed.field("/deadlines/0/rule")), (&json!("open"), &json!("objection_answer")));
    let marked = officer.get(&format!("/credit/v1/facts/{penalty}")).await.expect_status(200);
    assert_eq!((marked.field("/state"), marked.field("/marks/0/ground")), (&json!("under_objection"), filed.field("/id")));
    itself.post("/credit/v1/objections", &new(&penalty)).await.expect_problem(409, "duplicate");
    // Its existence is private.
    buyer.get(&path).await.expect_problem(404, "not_found");
    stack.caller("integrator").await.get(&path).await.expect_problem(404, "not_found");
    assert_eq!(itself.get("/credit/v1/objections").await.expect_status(200).field("/items").as_array().unwrap().len(), 1);
    let of = format!("/credit/v1/objections?enterprise={}", other.code);
    itself.get(&of).await.expect_problem(403, "not_your_organisation");

    let mut right = fined(&mine.code, "2026-05-11");
    right["detail"]["fine"] = json!({"amount": "10.00", "currency": "CNY"});
    let decide = format!("{path}/decide");
    let corrected = json!({"outcome": "corrected", "reasons": "示例：属实", "fact": right, "on": "2026-05-25"});
    itself.post(&decide, &corrected).await.expect_problem(403, "not_your_organisation");
    officer.post(&decide, &corrected).await.expect_problem(428, "if_match_required");
    let without = json!({"outcome": "corrected", "reasons": "示例"});
    step(&officer, &filed, &decide, &without).await.expect_problem(422, "correction_missing");
    let before = json!({"outcome": "dismissed", "reasons": "示例", "on": "2026-05-19"});
    let before = step(&officer, &filed, &decide, &before).await.expect_problem(422, "date_order");
    assert_eq!(before.faults()[0].0, "/on");
    let decided = step(&officer, &filed, &decide, &corrected).await.expect_status(200);
    assert_eq!(decided.field("/state"), "upheld");
    step(&officer, &decided, &decide, &corrected).await.expect_problem(409, "illegal_transition");
    let stands = decided.text_at("/history/1/corrected_by");
    let stands = officer.get(&format!("/credit/v1/facts/{stands}")).await.expect_status(200);
    assert_eq!((stands.field("/state"), stands.field("/detail/fine/amount")), (&json!("asserted"), &json!("10.00")));
    assert_eq!(stands.field("/marks/0/to"), "2026-05-24", "the mark ends with the decision and stays readable");
    // What is annulled on an objection is gone for good; a dismissed one leaves the fact as it is.
    for (outcome, state, fact_state) in [("dismissed", "dismissed", "asserted"), ("annulled", "upheld", "annulled")] {
        let id = officer.post("/credit/v1/facts", &fined(&mine.code, "2026-06-11")).await.expect_status(201).text_at("/id");
        let filed = itself.post("/credit/v1/objections", &json!({"fact": id, "ground": "quashed", "statement": "示例"})).await;
        let path = format!("/credit/v1/objections/{}/decide", filed.expect_status(201).text_at("/id"));
        let filed = officer.get(path.trim_end_matches("/decide")).await.expect_status(200);
        let decided = step(&officer, &filed, &path, &json!({"outcome": outcome, "reasons": "示例"})).await.expect_status(200);
        assert_eq!(decided.field("/state"), state);
        assert_eq!(officer.get(&format!("/credit/v1/facts/{id}")).await.expect_status(200).field("/state"), fact_state);
    }
    let id = officer.post("/credit/v1/facts", &fined(&mine.code, "2026-07-11")).await.expect_status(201).text_at("/id");
    let filed = itself.post("/credit/v1/objections", &json!({"fact": id, "ground": "other", "statement": "示例"})).await.expect_status(201);
    let path = format!("/credit/v1/objections/{}/withdraw", filed.text_at("/id"));
    let withdrawn = step(&itself, &filed, &path, &json!({"reason": "示例"})).await.expect_status(200);
    assert_eq!(withdrawn.field("/state"), "withdrawn");
}

async fn a_repair_takes_effect_everywhere(stack: &mut Stack) {
    let (officer, itself) = (stack.officer().await, stack.enterprise().await);
    let mine = own(stack, &officer).await;
    let penalty = officer.post("/credit/v1/facts", &fined(&mine.code, "2026-05-11")).await.expect_status(201).text_at("/id");
    let ask = async |day: &str| itself.get(&format!("/credit/v1/facts/{penalty}/repair?as_of={day}")).await.expect_status(200);
    let early = ask("2026-08-11").await;
    assert_eq!((early.field("/eligible"), early.field("/earliest")), (&json!(false), &json!("2026-08-12")), "{}", early.text);
    let ready = ask("2026-08-12").await;
    assert_eq!(ready.field("/eligible"), &json!(true));
    let results: Vec<&str> = ready.field("/conditions").as_array().unwrap().iter().map(|one| one["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["met", "met", "to_verify", "met", "met"]);

    let new = |on: &str| json!({"fact": penalty, "commitment": "示例承诺", "statement": "示例：罚款已缴清", "on": on});
    let refused = itself.post("/credit/v1/repairs", &new("2026-08-11")).await.expect_problem(422, "not_eligible");
    assert_eq!(refused.field("/earliest"), "2026-08-12");
    assert_eq!(refused.faults(), [("/conditions/minimum_publicity".to_owned(), "condition_not_met".to_owned())]);
    let applied = itself.post("/credit/v1/repairs", &new("2026-08-20")).await.expect_status(201);
    itself.post("/credit/v1/repairs", &new("2026-08-20")).await.expect_problem(409, "duplicate");
    let path = format!("/credit/v1/repairs/{}", applied.text_at("/id"));
    let (accept, decide) = (format!("{path}/accept"), format!("{path}/decide"));
    let granted = json!({"outcome": "granted", "reasons": "示例：已核实", "verified": ["performed"], "on": "2026-08-28"});
    let early = step(&officer, &applied, &decide, &granted).await.expect_problem(409, "illegal_transition");
    assert_eq!(early.field("/allowed"), &json!(["accepted", "returned", "withdrawn"]));
    let acceptance = json!({"outcome": "accepted", "reasons": "示例：齐全", "on": "2026-08-21"});
    step(&itself, &applied, &accept, &acceptance).await.expect_problem(403, "not_your_organisation");
    let accepted = step(&officer, &applied, &accept, &acceptance).await.expect_status(200);
    assert_eq!(accepted.field("/deadlines/1/rule"), "repair_decision");
    step(&officer, &applied, &decide, &granted).await.expect_problem(412, "etag_mismatch");
    let unverified = json!({"outcome": "granted", "reasons": "示例", "on": "2026-08-28"});
    let unverified = step(&officer, &accepted, &decide, &unverified).await.expect_problem(422, "not_eligible");
    assert_eq!(unverified.faults(), [("/conditions/performed".to_owned(), "condition_not_met".to_owned())]);
    let known = officer.get(&format!("{}/score?as_of=2026-09-01", mine.path())).await.expect_status(200);
    let (with, known_at) = (known.field("/score").as_i64().unwrap(), known.text_at("/known_at").replace('+', "%2B"));
    let decided = step(&officer, &accepted, &decide, &granted).await.expect_status(200);
    assert_eq!((decided.field("/state"), decided.field("/allowed")), (&json!("granted"), &json!(["revoked"])));

    // The fact, the score from that day on, and the past as it was.
    let repaired = officer.get(&format!("/credit/v1/facts/{penalty}")).await.expect_status(200);
    assert_eq!((repaired.field("/state"), repaired.field("/marks/0/from")), (&json!("repaired"), &json!("2026-08-28")));
    let without = score(&officer, &mine, "2026-09-01").await;
    assert!(without > with, "{without} {with}");
    assert!(score(&officer, &mine, "2026-08-27").await < without);
    let past = officer.get(&format!("{}/score?as_of=2026-09-01&known_at={known_at}", mine.path())).await.expect_status(200);
    assert_eq!(past.field("/score"), &json!(with));
    // Got by false material, it is undone, and the history is kept.
    let revoke = json!({"reasons": "示例：材料虚假", "on": "2026-10-01"});
    let revoked = step(&officer, &decided, &format!("{path}/revoke"), &revoke).await.expect_status(200);
    let history: Vec<&str> = revoked.field("/history").as_array().unwrap().iter().map(|entry| entry["state"].as_str().unwrap()).collect();
    assert_eq!(history, ["applied", "accepted", "granted", "revoked"]);
    assert_eq!(score(&officer, &mine, "2026-09-30").await, without);
    assert!(score(&officer, &mine, "2026-10-01").await < without);
    let award = officer.post("/credit/v1/facts", &fact(&mine.code, "award")).await.expect_status(201).text_at("/id");
    let wrong = json!({"fact": award, "commitment": "示例", "statement": "示例"});
    itself.post("/credit/v1/repairs", &wrong).await.expect_problem(422, "not_repairable");
    // A reorganisation masks whatever its age, and is made final or undone (domain-updates A9).
    let fresh = officer.post("/credit/v1/facts", &fined(&mine.code, "2026-11-02")).await.expect_status(201).text_at("/id");
    let masking = json!({"fact": fresh, "basis": "reorganisation", "commitment": "示例", "statement": "示例", "on": "2026-11-03"});
    let applied = itself.post("/credit/v1/repairs", &masking).await.expect_status(201);
    let path = format!("/credit/v1/repairs/{}", applied.text_at("/id"));
    let accepted =
        step(&officer, &applied, &format!("{path}/accept"), &json!({"outcome": "accepted", "reasons": "示例", "on": "2026-11-04"})).await;
    let ruling = json!({"outcome": "granted", "reasons": "示例裁定", "verified": ["court_ruling"], "on": "2026-11-05"});
    let masked = step(&officer, &accepted.expect_status(200), &format!("{path}/decide"), &ruling).await.expect_status(200);
    assert_eq!(officer.get(&format!("/credit/v1/facts/{fresh}")).await.field("/marks/0/kind"), "masked");
    let performed = json!({"reasons": "示例裁定", "on": "2026-11-10"});
    step(&officer, &masked, &format!("{path}/confirm"), &performed).await.expect_status(200);
    let marks = officer.get(&format!("/credit/v1/facts/{fresh}")).await.field("/marks").as_array().unwrap().clone();
    assert_eq!(marks.iter().map(|mark| mark["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["masked", "repaired"]);
}

async fn a_list_is_left_by_repair(stack: &mut Stack) {
    let (officer, itself) = (stack.officer().await, stack.enterprise().await);
    let mine = own(stack, &officer).await;
    let mut listing = fact(&mine.code, "serious_violation_listing");
    for (name, day) in [("decided_on", "2025-01-10"), ("valid_from", "2025-01-10"), ("valid_to", "2028-01-10")] {
        listing[name] = json!(day);
    }
    let listing = officer.post("/credit/v1/facts", &listing).await.expect_status(201).text_at("/id");
    let grade = async |day: &str| officer.get(&format!("{}/score?as_of={day}", mine.path())).await.expect_status(200).text_at("/grade");
    assert_eq!(grade("2026-03-01").await, "D", "the serious list caps the grade");
    let new = json!({"fact": listing, "commitment": "示例", "statement": "示例", "on": "2026-02-01"});
    let applied = itself.post("/credit/v1/repairs", &new).await.expect_status(201);
    let path = format!("/credit/v1/repairs/{}", applied.text_at("/id"));
    let before = json!({"outcome": "accepted", "reasons": "示例", "on": "2026-01-31"});
    let before = step(&officer, &applied, &format!("{path}/accept"), &before).await.expect_problem(422, "date_order");
    assert_eq!(before.faults()[0].0, "/on");
    let acceptance = json!({"outcome": "accepted", "reasons": "示例", "on": "2026-02-02"});
    let accepted = step(&officer, &applied, &format!("{path}/accept"), &acceptance).await.expect_status(200);
    let granted = json!({"outcome": "granted", "reasons": "示例", "verified": ["performed"], "on": "2026-02-10"});
    step(&officer, &accepted, &format!("{path}/decide"), &granted).await.expect_status(200);
    assert_eq!(grade("2026-02-09").await, "D");
    assert_ne!(grade("2026-02-10").await, "D");
    let old = officer.get(&format!("/credit/v1/facts/{listing}")).await.expect_status(200);
    assert_eq!(old.field("/state"), "superseded");
    let ended = officer.get(&format!("/credit/v1/facts/{}", old.text_at("/superseded_by"))).await.expect_status(200);
    assert_eq!((ended.field("/valid_to"), ended.field("/state")), (&json!("2026-02-09"), &json!("expired")));
}
