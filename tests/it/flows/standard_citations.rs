//! A tender that demands "T/XXX 001 or stricter, current on the delivery date" is decided by what the register of standards tells; the decision is
//! replayed as the register stood then, and the register knows which tenders an edition touches. Not here: how clauses are compared, `standard_clauses`.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, eventually, eventually_within, fact, sample_enterprise};

use super::standard_catalogue::editions;

on_both_databases!(a_standard_or_a_stricter_one_decides);

fn group(number: &str, from: &str, relations: &Value) -> Value {
    json!({"number": number, "title": "示例儿童推车要求", "published_on": from, "effective_on": from, "status": "current", "relations": relations})
}

/// A published tender that demands T/SLXH 001 or stricter on a day of delivery.
async fn tender(buyer: &Client, id: &str, delivery_on: &str) -> String {
    let path = format!("/procurement/v1/tenders/{id}");
    let criteria = json!([{"code": "SEL.STANDARD_OR_STRICTER", "params": {"standard": "T/SLXH 001", "delivery_on": delivery_on}}]);
    let body =
        json!({"title": "示例儿童推车采购", "category": "goods", "method": "inquiry", "cut_off": "2036-06-01", "criteria": criteria});
    let draft = buyer.put(&path, &body).await.expect_status(201);
    let publish = buyer.call("POST", &format!("{path}/publish")).header("If-Match", draft.header("etag").unwrap());
    publish.json(&json!({})).send().await.expect_status(200);
    path
}

/// The finding on the standard in a decision for a tender, as of today.
async fn decide(buyer: &Client, supplier: &str, tender: &str, sign: bool) -> (Reply, Value) {
    let as_of = testkit::today().to_string();
    let question = json!({"supplier": supplier, "tender": tender, "as_of": as_of, "sign": sign});
    let reply = buyer.post("/procurement/v1/decisions", &question).await.expect_status(201);
    let finding =
        reply.field("/criteria").as_array().unwrap().iter().find(|one| one["code"] == "SEL.STANDARD_OR_STRICTER").cloned().unwrap();
    (reply, finding)
}

/// Asks until the finding has this reason.
async fn decided_because(buyer: &Client, supplier: &str, tender: &str, code: &str) -> (Reply, Value) {
    eventually(code, || async {
        let (reply, finding) = decide(buyer, supplier, tender, false).await;
        (finding["reason"]["code"] == code).then_some((reply, finding))
    })
    .await
}

/// The clauses of an edition: one limit.
pub(super) async fn limit(officer: &Client, edition: &str, upper: &str) {
    let indicator =
        json!({"property": "formaldehyde", "title": "示例指标", "direction": "max", "upper": upper, "unit": "mg/kg", "kind": "safety"});
    let body = json!({"clauses": [{"number": "5.1", "indicator": indicator}]});
    officer.put(&format!("/standards/v1/editions/{edition}/clauses"), &body).await.expect_status(201);
}

async fn supplier_with(officer: &Client, standard: &str) -> String {
    let supplier = sample_enterprise();
    officer.put(&supplier.path(), &supplier.body).await.expect_status(201);
    let mut conforms = fact(&supplier.code, "standard_conformity");
    conforms["detail"] = json!({"standard": standard, "result": "pass"});
    officer.post("/credit/v1/facts", &conforms).await.expect_status(201);
    supplier.code
}

async fn a_standard_or_a_stricter_one_decides(stack: &mut Stack) {
    let (officer, buyer, reader) = (stack.officer().await, stack.buyer().await, stack.caller("integrator").await);
    let successor = json!([{"kind": "replaces", "to": "T/SLXH 001-2020"}]);
    let rows = [group("T/SLXH 001-2020", "2020-01-01", &json!([])), group("T/SLQY 005-2024", "2024-01-01", &json!([]))];
    let ids = editions(&officer, &rows).await;
    let [own, other] = ids.as_slice() else { panic!("{ids:?}") };
    let (by_own, by_other) = (supplier_with(&officer, "T/SLXH 001—2020").await, supplier_with(&officer, "T/SLQY 005-2024").await);
    let head = stack.head().await;
    testkit::decided_at(&buyer, &json!({"supplier": by_other, "as_of": "2056-06-01"}), head).await;
    let (early, late) = (tender(&buyer, "T-STD-1", "2035-06-01").await, tender(&buyer, "T-STD-2", "2036-06-01").await);
    assert!(early.ends_with("T-STD-1") && late.ends_with("T-STD-2"));

    // The standard itself is met; the other one is nothing to this tender, whatever its name.
    let (reply, finding) = decided_because(&buyer, &by_own, "T-STD-1", "conforms").await;
    assert_eq!((&finding["result"], &finding["actual"]["standard"]), (&json!("pass"), &json!("T/SLXH 001-2020")));
    assert_eq!(reply.field("/sources/1/service"), "standards");
    assert_eq!(reply.field("/sources/1/fresh"), true);
    let (before, finding) = decided_because(&buyer, &by_other, "T-STD-1", "no_conformity_on_file").await;
    assert_eq!(finding["result"], "unknown");

    // That it is stricter is found by comparing the clauses, and then it is enough.
    limit(&officer, own, "75").await;
    limit(&officer, other, "20").await;
    let pair = json!({"ours": "T/SLQY 005-2024", "theirs": "T/SLXH 001-2020"});
    let compared = officer.post("/standards/v1/comparisons", &pair).await.expect_status(201);
    assert_eq!(compared.field("/overall"), "stricter");
    let (met, finding) = decided_because(&buyer, &by_other, "T-STD-1", "conforms").await;
    assert_eq!((&finding["actual"]["standard"], &finding["result"]), (&json!("T/SLQY 005-2024"), &json!("pass")));
    let (signed, _) = decide(&buyer, &by_other, "T-STD-1", true).await;
    let verified = reader.post("/procurement/v1/receipts/verify", &json!({"receipt": signed.text_at("/receipt")})).await.expect_status(200);
    assert_eq!(verified.field("/valid"), true, "{}", verified.text);

    // What replaces it from 2036 on is not what was assessed; until then it is.
    editions(&officer, &[group("T/SLXH 001-2036", "2036-01-01", &successor)]).await;
    let (_, finding) = decided_because(&buyer, &by_own, "T-STD-2", "standard_not_current").await;
    assert_eq!(finding["result"], "fail");
    assert_eq!(decide(&buyer, &by_own, "T-STD-1", false).await.1["result"], "pass");

    // The stricter one is withdrawn: nothing to rest on any more. What was decided before is replayed as the register stood then.
    let mut gone = group("T/SLQY 005-2024", "2024-01-01", &json!([]));
    (gone["withdrawn_on"], gone["status"]) = (json!(testkit::today().to_string()), json!("withdrawn"));
    editions(&officer, &[gone]).await;
    decided_because(&buyer, &by_other, "T-STD-1", "standard_not_current").await;
    for old in [&before, &met, &signed, &reply] {
        let path = format!("/procurement/v1/decisions/{}/replay", old.text_at("/id"));
        assert_eq!(buyer.post(&path, &json!({})).await.expect_status(200).field("/result"), "identical");
    }
    // Who holds the signed one finds out: its status is asked again because the register moved, and nothing of the supplier did.
    eventually_within(Duration::from_secs(20), "the status hears of the register", || async {
        let status = buyer.get(&format!("/procurement/v1/decisions/{}/status", signed.text_at("/id"))).await.expect_status(200);
        (status.field("/status") == "changed").then_some(())
    })
    .await;
    // A dry run warns of a standard that is not current on the day that is asked about.
    let run = buyer.post(&format!("{early}/dry_run"), &json!({"as_of": "2019-06-01"})).await.expect_status(200);
    let warnings = run.field("/warnings").as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["code"] == "standard_not_current"), "{warnings:?}");

    // Whom an edition touches.
    let impact = format!("/standards/v1/editions/{own}/impact");
    let touched = eventually("tenders are reported", || async {
        let reply = reader.get(&impact).await.expect_status(200);
        (reply.field("/tenders").as_array().unwrap().len() == 2).then_some(reply)
    })
    .await;
    assert_eq!(touched.field("/tenders/0/id"), "T-STD-1");
    assert_eq!(touched.field("/tenders/0/organisation"), &json!(stack.code("buyer")));
    let touched_standards = touched.field("/standards").as_array().unwrap();
    assert!(touched_standards.iter().any(|one| one["number"] == "T/SLQY 005-2024" && one["kind"] == "stricter_than"), "{}", touched.text);
    assert_eq!(touched.field("/successors"), &json!(["T/SLXH 001-2036"]));
    let cancel = buyer.get(&late).await.expect_status(200);
    let cancel = buyer.call("POST", &format!("{late}/cancel")).header("If-Match", cancel.header("etag").unwrap());
    cancel.json(&json!({"reason": "示例"})).send().await.expect_status(200);
    eventually("a tender that was called off is touched no more", || async {
        let reply = reader.get(&impact).await.expect_status(200);
        (reply.field("/tenders").as_array().unwrap().len() == 1).then_some(())
    })
    .await;
    reader.get("/standards/v1/editions/edn_01JD0000000000000000000000/impact").await.expect_problem(404, "not_found");
    let report = json!({"id": "T-X", "version": 1, "organisation": stack.code("buyer"), "title": "示例", "cut_off": "2036-06-01T00:00:00+08:00", "standards": ["GB 1"], "open": true});
    buyer.post("/standards/v1/tender_citations", &report).await.expect_problem(403, "not_your_organisation");
}
