//! Many enterprises as one supplier, decisions for a lot of a tender, and outcomes that hang on a fact under objection.

use serde_json::{Value, json};
use testkit::{Client, Sample, Stack, decided_at, fact, sample_enterprise};

in_every_mode!(members_are_judged_together);
in_every_mode!(a_lot_asks_for_more);
in_every_mode!(an_outcome_hangs_on_an_objection);

const AS_OF: &str = "2026-06-01T09:30:00+08:00";

async fn registered(officer: &Client) -> String {
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    sample.code
}

async fn replayed(buyer: &Client, decision: &Value) {
    let path = format!("/procurement/v1/decisions/{}/replay", decision["id"].as_str().unwrap());
    let again = buyer.post(&path, &json!({})).await.expect_status(200);
    assert_eq!(again.json, json!({"result": "identical"}));
}

fn finding<'a>(decision: &'a Value, code: &str) -> &'a Value {
    decision["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == code)
        .unwrap_or_else(|| panic!("no {code}: {decision}"))
}

async fn members_are_judged_together(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let (lead, second, lender) = (registered(&officer).await, registered(&officer).await, registered(&officer).await);
    officer.post("/credit/v1/facts", &fact(&lead, "licence")).await.expect_status(201);
    let mut question = json!({
        "consortium": {"members": [lead, second], "relied_upon": [{"supplier": lender, "criteria": ["SEL.LICENCE_VALID"]}]},
        "as_of": AS_OF, "sign": true,
    });
    let clean = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!((&clean["outcome"], &clean["supplier"]), (&json!("eligible"), &json!(lead)), "{clean}");
    assert_eq!(clean["consortium"], question["consortium"]);
    assert_eq!(finding(&clean, "EXC.PROCUREMENT_BAN")["members"].as_array().unwrap().len(), 3);
    replayed(&buyer, &clean).await;
    let receipt = buyer.post("/procurement/v1/receipts/verify", &json!({"receipt": clean["receipt"]})).await.expect_status(200);
    assert_eq!(receipt.field("/payload/members"), &json!([lead, second]));
    assert_eq!(receipt.text_at("/payload/relied_upon/0/supplier"), lender);

    // MOF Cai Ku [2016] No. 125: a bad record of one member is that of all.
    let mut ban = fact(&second, "procurement_ban");
    ban["detail"]["scope"] = json!(["government_procurement"]);
    let ban = officer.post("/credit/v1/facts", &ban).await.expect_status(201).text_at("/id");
    let barred = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!(barred["outcome"], "ineligible", "{barred}");
    let found = finding(&barred, "EXC.PROCUREMENT_BAN");
    assert_eq!(found["fact_ids"], json!([ban]));
    assert_eq!(found["members"][1], json!({"supplier": second, "result": "fail"}));
    replayed(&buyer, &barred).await;
    replayed(&buyer, &clean).await;

    question["consortium"] = json!({"members": [lead, "x", lead], "relied_upon": [{"supplier": lender, "criteria": []}]});
    question["supplier"] = Value::Null;
    let faults = buyer.post("/procurement/v1/decisions", &question).await.expect_problem(422, "invalid").faults();
    let places: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(places, ["/consortium/members/1", "/consortium/members/2", "/consortium/relied_upon/0/criteria"]);
    question["consortium"] = json!({"members": [lead], "relied_upon": [{"supplier": lender, "criteria": ["EXC.PROCUREMENT_BAN"]}]});
    let faults = buyer.post("/procurement/v1/decisions", &question).await.expect_problem(422, "criterion_not_lent").faults();
    assert_eq!(faults[0], ("/consortium/relied_upon/0/criteria/0".to_owned(), "criterion_not_lent".to_owned()));
    question["supplier"] = json!(lead);
    buyer.post("/procurement/v1/decisions", &question).await.expect_problem(422, "supplier_or_consortium");
    let stranger = json!({"consortium": {"members": [lead, testkit::next_code()]}, "as_of": AS_OF});
    buyer.post("/procurement/v1/decisions", &stranger).await.expect_problem(404, "enterprise_unknown");
}

async fn a_lot_asks_for_more(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let supplier = registered(&officer).await;
    officer.post("/credit/v1/facts", &fact(&supplier, "licence")).await.expect_status(201);
    let tender = json!({
        "title": "示例小家电采购", "category": "goods", "method": "open", "cut_off": "2036-06-01T09:30:00+08:00",
        "lots": [
            {"id": "1", "title": "电热水壶", "criteria": [{"code": "SEL.TRACEABILITY", "params": {"level": 2}}]},
            {"id": "2", "title": "电风扇"},
        ],
    });
    let path = format!("/procurement/v1/tenders/consortia-{supplier}");
    let draft = buyer.put(&path, &tender).await.expect_status(201);
    let ask = |lot: &str| json!({"supplier": supplier, "tender": format!("consortia-{supplier}"), "lot": lot, "sign": true});
    buyer.post("/procurement/v1/decisions", &ask("1")).await.expect_problem(404, "not_found");
    let published =
        buyer.call("POST", &format!("{path}/publish")).header("If-Match", draft.header("etag").unwrap()).json(&json!({})).send();
    let published = published.await.expect_status(200);

    let decision = decided_at(&buyer, &ask("1"), stack.head().await).await;
    assert_eq!(finding(&decision, "SEL.TRACEABILITY")["result"], "unknown", "{decision}");
    assert_eq!(decision["outcome"], "indeterminate");
    assert_eq!(decision["as_of"], "2036-06-01T09:30:00+08:00", "the cut-off");
    let named = &decision["tender"];
    assert_eq!(
        (&named["lot"], &named["version"], &named["digest"]),
        (&json!("1"), published.field("/version"), published.field("/digest"))
    );
    replayed(&buyer, &decision).await;
    let other = decided_at(&buyer, &ask("2"), stack.head().await).await;
    assert!(other["criteria"].as_array().unwrap().iter().all(|finding| finding["code"] != "SEL.TRACEABILITY"), "{other}");
    let receipt = buyer.post("/procurement/v1/receipts/verify", &json!({"receipt": other["receipt"]})).await.expect_status(200);
    assert_eq!(receipt.field("/payload/tender"), &other["tender"]);

    for (question, place, code) in [
        (ask("3"), "/lot", "lot_unknown"),
        (json!({"supplier": supplier, "tender": format!("consortia-{supplier}")}), "/lot", "lot_missing"),
        (json!({"supplier": supplier, "lot": "1"}), "/tender", "tender_missing"),
        (json!({"supplier": supplier, "tender": "x", "ruleset": "government-procurement"}), "/ruleset", "ruleset_of_tender"),
    ] {
        let faults = buyer.post("/procurement/v1/decisions", &question).await.expect_status(422).faults();
        assert_eq!(faults, [(place.to_owned(), code.to_owned())], "{question}");
    }
}

async fn an_outcome_hangs_on_an_objection(stack: &mut Stack) {
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let own = Sample { code: stack.code("enterprise"), ..sample_enterprise() };
    officer.put(&own.path(), &own.body).await.expect_status(201);
    let listed = officer.post("/credit/v1/facts", &fact(&own.code, "serious_violation_listing")).await.expect_status(201).text_at("/id");
    let question = json!({"supplier": own.code, "as_of": AS_OF, "sign": true});
    let before = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!((&before["outcome"], before.get("sensitive_to")), (&json!("ineligible"), None), "{before}");

    let objection = json!({"fact": listed, "ground": "inaccurate", "statement": "示例：对象有误", "on": testkit::today().to_string()});
    itself.post("/credit/v1/objections", &objection).await.expect_status(201);
    let hanging = decided_at(&buyer, &question, stack.head().await).await;
    assert_eq!(hanging["outcome"], "ineligible", "it counts until the objection is decided");
    assert_eq!(hanging["sensitive_to"][0]["fact_ids"], json!([listed]), "{hanging}");
    assert_eq!(
        hanging["sensitive_to"][0]["outcome"], "indeterminate",
        "the listing caps the grade too, and what it would be is credit's to say"
    );
    replayed(&buyer, &hanging).await;
    let receipt = buyer.post("/procurement/v1/receipts/verify", &json!({"receipt": hanging["receipt"]})).await.expect_status(200);
    assert!(receipt.text.contains("under_objection"), "{}", receipt.text);
}
