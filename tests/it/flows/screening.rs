//! What a tender does to the suppliers there are: the dry run, who is eligible, and a round of decisions that survives a restart.

use serde_json::{Value, json};
use testkit::{Client, Stack, eventually, eventually_within, fact, sample_enterprise};

use super::tenders::{publish, put, sample};

in_every_mode!(a_tender_is_screened_and_decided);

const PLACE: &str = "/procurement/v1/tenders/T-S";

/// Suppliers with a licence; the last two are on the serious violation list.
async fn suppliers(stack: &Stack, officer: &Client, count: usize) -> Vec<String> {
    let mut codes = Vec::new();
    for number in 0..count {
        let supplier = sample_enterprise();
        officer.put(&supplier.path(), &supplier.body).await.expect_status(201);
        officer.post("/credit/v1/facts", &fact(&supplier.code, "licence")).await.expect_status(201);
        if number + 2 >= count {
            officer.post("/credit/v1/facts", &fact(&supplier.code, "serious_violation_listing")).await.expect_status(201);
        }
        codes.push(supplier.code);
    }
    codes.sort();
    // Everything that was told until now is known to procurement.
    let (buyer, head) = (stack.buyer().await, stack.head().await);
    testkit::decided_at(&buyer, &json!({"supplier": codes[0], "as_of": "2056-06-01"}), head).await;
    codes
}

async fn a_tender_is_screened_and_decided(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let codes = suppliers(stack, &officer, 6).await;
    let mut tender = sample("inquiry");
    // As of today, so that the licences of the samples still hold.
    let now = json!(testkit::today().to_string());
    tender["criteria"] = json!([]);
    tender["lots"][1]["criteria"] = json!([
        {"code": "SEL.STANDARD_CONFORMITY", "params": {"standard": "GB 4706.19"}}, {"code": "SEL.TRACEABILITY", "params": {"level": 2}},
    ]);
    put(&buyer, "T-S", &tender, None).await.expect_status(201);
    dry_run(&buyer, &officer, &now).await;
    stack.caller("integrator").await.post(&format!("{PLACE}/dry_run"), &json!({"lot": "LOT-1"})).await.expect_problem(404, "not_found");
    buyer.post(&format!("{PLACE}/decisions"), &json!({})).await.expect_problem(404, "not_found");
    publish(&buyer, "T-S", "\"1\"").await.expect_status(200);
    let eligible = eligible(&buyer, &now).await;
    round(stack, &buyer, (&codes, &eligible), &now).await;
}

async fn dry_run(buyer: &Client, officer: &Client, as_of: &Value) {
    let run = |lot: &'static str| json!({"lot": lot, "as_of": as_of});
    buyer.post(&format!("{PLACE}/dry_run"), &json!({})).await.expect_problem(422, "lot_missing");
    buyer.post(&format!("{PLACE}/dry_run"), &run("NONE")).await.expect_problem(422, "lot_unknown");
    buyer.post(&format!("{PLACE}/dry_run"), &json!({"lot": "LOT-1", "as_of": "soon"})).await.expect_problem(422, "instant_invalid");
    let first = buyer.post(&format!("{PLACE}/dry_run"), &run("LOT-1")).await.expect_status(200);
    assert_eq!((first.field("/population"), first.field("/examined"), first.field("/sampled")), (&json!(6), &json!(6), &json!(false)));
    let serious = first.json["steps"].as_array().unwrap().iter().find(|step| step["code"] == "EXC.SERIOUS_VIOLATION").unwrap();
    assert_eq!((&serious["failed"], &serious["remaining"], &serious["own"]), (&json!(2), &json!(4), &json!(false)));
    assert_eq!(first.field("/fewer_than_three"), &Value::Null, "{}", first.text);

    // The second lot asks for what nobody has shown: unknown is never eligible.
    let second = officer.post(&format!("{PLACE}/dry_run"), &run("LOT-2")).await.expect_status(200);
    assert_eq!(second.field("/fewer_than_three/code"), &json!("SEL.STANDARD_CONFORMITY"), "{}", second.text);
    assert_eq!((second.field("/fewer_than_three/own"), second.field("/fewer_than_three/unknown")), (&json!(true), &json!(4)));
    let warned: Vec<_> = second.json["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].clone()).collect();
    assert_eq!(warned, [json!("standard_status_unknown"), json!("fewer_than_three")]);
}

async fn eligible(buyer: &Client, as_of: &Value) -> Vec<String> {
    let as_of = as_of.as_str().unwrap();
    let path = format!("{PLACE}/eligible?lot=LOT-1&as_of={as_of}");
    let all = buyer.get(&path).await.expect_status(200);
    let codes: Vec<String> =
        all.json["items"].as_array().unwrap().iter().map(|item| item["supplier"].as_str().unwrap().to_owned()).collect();
    assert_eq!((codes.len(), all.field("/examined"), all.field("/next_cursor")), (4, &json!(6), &Value::Null), "{}", all.text);
    let mut paged = Vec::new();
    let mut path = format!("{path}&limit=1");
    loop {
        let page = buyer.get(&path).await.expect_status(200);
        paged.extend(page.json["items"].as_array().unwrap().iter().map(|item| item["supplier"].as_str().unwrap().to_owned()));
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        path = format!("{PLACE}/eligible?lot=LOT-1&as_of={as_of}&limit=1&cursor={cursor}");
    }
    assert_eq!(paged, codes, "pages hold what the whole holds");
    let none = buyer.get(&format!("{PLACE}/eligible?lot=LOT-2&as_of={as_of}")).await.expect_status(200);
    assert_eq!(none.field("/items"), &json!([]));
    codes
}

async fn finished(client: &Client, path: &str) -> Value {
    eventually_within(std::time::Duration::from_secs(20), "the round to be done", || async {
        let view = client.get(path).await.expect_status(200).json;
        (view["state"] == "done").then_some(view)
    })
    .await
}

async fn round(stack: &mut Stack, buyer: &Client, (codes, eligible): (&[String], &[String]), as_of: &Value) {
    let start = format!("{PLACE}/decisions");
    buyer.post(&start, &json!({"suppliers": ["1"], "lots": ["NONE"]})).await.expect_problem(422, "uscc_length");
    buyer.post(&start, &json!({"lots": ["NONE"]})).await.expect_problem(422, "lot_unknown");
    let asked = buyer.call("POST", &start).header("Idempotency-Key", "round-1").json(&json!({"as_of": as_of})).send().await;
    let asked = asked.expect_status(202);
    let place = asked.header("location").unwrap().to_owned();
    assert_eq!((asked.field("/total"), asked.field("/lots")), (&json!(12), &json!(["LOT-1", "LOT-2"])));
    let again = buyer.call("POST", &start).header("Idempotency-Key", "round-1").json(&json!({"as_of": as_of})).send().await;
    assert_eq!(again.expect_status(202).text, asked.text);
    stack.enterprise().await.get(&place).await.expect_problem(404, "not_found");
    let done = finished(buyer, &place).await;
    assert_eq!((&done["done"], &done["total"]), (&json!(12), &json!(12)));
    let met = done["outcomes"]["eligible"].as_i64().unwrap() + done["outcomes"]["eligible_with_conditions"].as_i64().unwrap();
    assert_eq!((usize::try_from(met).unwrap(), &done["outcomes"]["refused"]), (eligible.len(), &json!(0)), "{done}");

    let lines = buyer.get(&format!("{place}/lines?limit=500")).await.expect_status(200).lines();
    let whose: Vec<_> = lines.iter().map(|line| (line["supplier"].as_str().unwrap(), line["lot"].as_str().unwrap())).collect();
    let expected: Vec<_> = codes.iter().flat_map(|code| [(code.as_str(), "LOT-1"), (code.as_str(), "LOT-2")]).collect();
    assert_eq!(whose, expected);
    let first = buyer.get(&format!("{place}/lines?limit=5")).await.expect_status(200);
    assert_eq!((first.lines().len(), first.header("link").is_some_and(|link| link.contains("rel=\"next\""))), (5, true));

    // It stands in the log of decisions like a batch.
    let id = done["id"].as_str().unwrap().to_owned();
    eventually("the round in the log", || async {
        let proof = buyer.get(&format!("/procurement/v1/log/entries/{id}")).await;
        (proof.status == 200).then_some(())
    })
    .await;
    named(stack, buyer, (codes, &start), as_of).await;
}

/// A round of named suppliers, one of whom nobody knows, over a restart.
async fn named(stack: &mut Stack, buyer: &Client, (codes, start): (&[String], &str), as_of: &Value) {
    let unknown = testkit::next_code();
    let body = json!({"suppliers": [codes[0], unknown, codes[0]], "lots": ["LOT-1"], "as_of": as_of, "explain": "full"});
    let place = buyer.post(start, &body).await.expect_status(202).header("location").unwrap().to_owned();
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    stack.restart(name);
    let buyer = stack.buyer().await;
    let done = finished(&buyer, &place).await;
    assert_eq!((&done["done"], &done["outcomes"]["refused"]), (&json!(2), &json!(1)), "{done}");
    let lines = buyer.get(&format!("{place}/lines")).await.expect_status(200).lines();
    let refused = lines.iter().find(|line| line["supplier"] == json!(unknown)).unwrap();
    assert_eq!((&refused["status"], &refused["problem"]), (&json!(404), &json!("enterprise_unknown")));
}
