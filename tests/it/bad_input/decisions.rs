//! Every naughty string on every string field of procurement's requests. Not here: how a good question is answered.

use model::normalise::line;
use serde_json::{Value, json};
use testkit::Client;

use super::{
    case::{Case, Rule, malformed, run},
    corpus::{Takes, naughty},
    rows::Product,
};

on_both!(a_decision_takes_no_bad_string);
on_both!(a_ruleset_takes_no_bad_string);

const DECISIONS: &str = "/procurement/v1/decisions";
const VALIDATE: &str = "/procurement/v1/rulesets/validate";
const BATCH: &str = "/procurement/v1/decisions/batch";

fn whole(code: &str) -> Value {
    json!({"supplier": code, "ruleset": "government-procurement", "as_of": "2026-06-01", "explain": "failed", "sign": false})
}

async fn a_decision_takes_no_bad_string(product: Product) {
    let (officer, buyer) = (product.stack.officer().await, product.stack.buyer().await);
    let code = product.enterprises(1).await.remove(0);
    product.settled(&code).await;
    let mut cases = Vec::new();
    for (path, pointer, takes) in [
        (DECISIONS, "/supplier", Takes::Uscc),
        (DECISIONS, "/ruleset", Takes::Word),
        (DECISIONS, "/as_of", Takes::Instant),
        (DECISIONS, "/explain", Takes::Word),
        (BATCH, "/ruleset", Takes::Word),
        (BATCH, "/as_of", Takes::Instant),
        (BATCH, "/explain", Takes::Word),
        ("/procurement/v1/receipts/verify", "/receipt", Takes::Word),
    ] {
        for text in naughty() {
            let mut body = match path {
                DECISIONS => whole(&code),
                BATCH => json!({"suppliers": [code], "ruleset": "government-procurement", "as_of": "2026-06-01", "explain": "failed"}),
                _ => json!({"receipt": ""}),
            };
            *body.pointer_mut(pointer).unwrap() = json!(text);
            let rule = match (pointer, line(&text, 100)) {
                ("/ruleset", Ok(_)) => Rule::Refused(Some("ruleset_unknown")),
                ("/ruleset", Err(fault)) => Rule::Refused(Some(fault.code)),
                _ => takes.rule(&text, pointer),
            };
            cases.push(Case::json(&buyer, "POST", path, body).must(pointer, rule, &text));
        }
    }
    let before = product.rows();
    let answers = run(cases).await;
    let batches = answers.done().filter(|(case, _)| case.path == BATCH).count();
    let (decisions, batches) = (answers.count(201), i64::try_from(batches).unwrap());
    // Both are told, for the log.
    let by = [
        ("procurement.decision", decisions),
        ("procurement.decision_batch", batches),
        ("procurement.outbox", decisions.saturating_add(batches)),
    ];
    product.grew(&before, &by, &[]);

    a_bad_supplier_fails_alone(&buyer, &code).await;
    assert_eq!(officer.get(&format!("/credit/v1/enterprises/{code}")).await.expect_status(200).field("/version"), 1);
}

/// All strings as suppliers in one batch, good codes between them.
async fn a_bad_supplier_fails_alone(buyer: &Client, code: &str) {
    let strings = naughty();
    let suppliers: Vec<&str> = strings.iter().flat_map(|text| [text.as_str(), code]).collect();
    let reply = buyer.post(BATCH, &json!({"suppliers": suppliers})).await.expect_status(200);
    let lines = reply.lines();
    assert_eq!(lines.len(), suppliers.len());
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(line["index"], index);
        if index % 2 == 1 {
            assert_eq!(line["status"], 200, "{line}");
            continue;
        }
        assert_eq!(line["status"], 422, "{line}");
        assert_eq!(line["problem"]["errors"][0]["pointer"], format!("/suppliers/{index}"), "{line}");
        assert!(line["problem"]["trace_id"].as_str().is_some_and(|id| !id.is_empty()), "{line}");
    }
}

async fn a_ruleset_takes_no_bad_string(product: Product) {
    let officer = product.stack.officer().await;
    let rulesets = officer.get("/procurement/v1/rulesets").await.expect_status(200);
    let good = rulesets.field("/items/0/ruleset").clone();
    let mut short = good.clone();
    short["tests"].as_array_mut().unwrap().truncate(1);
    let words = ["/scope", "/effective_from", "/criteria/0/code"];
    let texts = ["/title/zh", "/title/en", "/source"];
    let mut cases = Vec::new();
    for text in naughty() {
        // All at once: those that take no such string are named, whatever the others say.
        let mut all = good.clone();
        words.iter().chain(&texts).chain(&["/id"]).for_each(|pointer| *all.pointer_mut(pointer).unwrap() = json!(text));
        cases.push(Case::json(&officer, "POST", VALIDATE, all).must(words[0], Rule::Refused(None), &text));
        // A ruleset may say what it likes of itself.
        let mut said = short.clone();
        texts.iter().for_each(|pointer| *said.pointer_mut(pointer).unwrap() = json!(text));
        cases.push(Case::json(&officer, "POST", VALIDATE, said).must("", Rule::Either, &text));
    }
    let before = product.rows();
    for (case, reply) in run(cases).await.0.iter().filter(|(case, _)| case.pointer == words[0]) {
        for word in words {
            assert_eq!(malformed(reply, word), None, "{:?}: {}", case.tried, reply.text);
        }
    }
    product.grew(&before, &[], &[]);
}
