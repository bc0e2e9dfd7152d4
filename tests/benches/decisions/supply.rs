//! Invented suppliers with about twenty facts each, the same in every run, and their way into the product. Not here: what is asked about them.

use std::{net::SocketAddr, time::Duration};

use chrono::Days;
use model::instant::Day;
use serde_json::{Value, json};
use testkit::next_code;

use crate::kit::{
    http::{request, text},
    load::random,
    stack::{bearer, follow},
};

/// Suppliers whose facts go into one request.
const BATCH: usize = 400;
/// Loading is given up after so long without progress.
const PATIENCE: Duration = Duration::from_secs(600);

/// A supplier.
pub(crate) struct Supplier {
    /// Its code.
    pub(crate) code: String,
    /// Its entry in the register.
    pub(crate) entry: Value,
    /// Its facts as they are posted.
    pub(crate) facts: Vec<Value>,
}

/// So many suppliers.
pub(crate) fn suppliers(count: usize, today: Day) -> Vec<Supplier> {
    (0..count).map(|number| supplier(number as u64, today)).collect()
}

fn supplier(number: u64, today: Day) -> Supplier {
    let mut seed = number;
    let code = next_code();
    let entry = json!({
        "uscc": code,
        "name": format!("示例电器{number:06}有限公司"),
        "division": "440305",
        "industry": "C3854",
        "status": if random(&mut seed) % 100 < 2 { "suspended" } else { "active" },
        "established_on": "2010-02-11",
    });
    let mut facts = plain(today, &mut seed);
    facts.push(adverse(today, random(&mut seed) % 100));
    for (place, fact) in facts.iter_mut().enumerate() {
        fact["enterprise"] = json!(code);
        fact["external_id"] = json!(format!("{code}-{place}"));
    }
    Supplier { code, entry, facts }
}

fn before(today: Day, days: u64) -> Day {
    today.checked_sub_days(Days::new(days)).unwrap()
}

fn after(today: Day, days: u64) -> Day {
    today.checked_add_days(Days::new(days)).unwrap()
}

fn fact(kind: &str, from: Day, to: Option<Day>, detail: &Value) -> Value {
    let mut made = json!({
        "kind": kind,
        "source": {"authority": "示例市场监督管理局", "document_no": "示例〔2026〕1号"},
        "decided_on": from.to_string(),
        "valid_from": from.to_string(),
        "detail": detail,
    });
    if let Some(to) = to {
        made["valid_to"] = json!(to.to_string());
    }
    made
}

/// What an ordinary enterprise has in its file: nineteen facts.
fn plain(today: Day, seed: &mut u64) -> Vec<Value> {
    let sum = json!({"amount": {"amount": "1000000.00", "currency": "CNY"}, "reference": "示例-1"});
    let permit = json!({"number": "示例-XK-0001", "name": "示例许可证", "issuer": "示例机关", "products": ["电热水壶"]});
    let licence_ends = match random(seed) % 100 {
        0..70 => after(today, 400),
        70..92 => after(today, 40),
        _ => before(today, 30),
    };
    let mut facts = vec![
        fact("licence", before(today, 700), Some(licence_ends), &permit),
        fact("certificate", before(today, 500), Some(after(today, 500)), &permit),
        fact(
            "complaint",
            before(today, 200),
            None,
            &json!({"subject": "示例投诉", "resolved_on": before(today, 190).to_string(), "on_time": true}),
        ),
        fact("award", before(today, 300), None, &json!({"title": "示例"})),
        fact("commitment", before(today, 310), None, &json!({"title": "示例"})),
        fact("insurance_cover", before(today, 100), Some(after(today, 265)), &sum),
        fact("deposit", before(today, 120), Some(after(today, 245)), &sum),
        fact("traceability", before(today, 90), None, &json!({"level": random(seed) % 4})),
        fact("standard_conformity", before(today, 80), None, &json!({"standard": "GB 4706.1-2005", "result": "pass"})),
        fact("inspection", before(today, 70), None, &json!({"result": "pass", "product": "电热水壶"})),
    ];
    for years in 1..=3 {
        facts.push(fact("annual_report", before(today, years * 365), None, &json!({"year": 2026 - years, "on_time": true})));
    }
    // The last two lie outside the 24 months that count.
    let fails = random(seed) % 100 < 8;
    for (place, days) in [50, 170, 290, 410, 800, 900].into_iter().enumerate() {
        let result = if (fails && place == 1) || (place == 4 && random(seed).is_multiple_of(4)) { "fail" } else { "pass" };
        facts.push(fact(
            "spot_check",
            before(today, days),
            None,
            &json!({"result": result, "product": "电热水壶", "batch": format!("{place}")}),
        ));
    }
    facts
}

/// The twentieth fact: of some enterprises an adverse one.
fn adverse(today: Day, lot: u64) -> Value {
    let list = json!({"list": "示例名单", "ground": "示例事由"});
    let fine = |amount: &str| json!({"types": ["fine"], "fine": {"amount": amount, "currency": "CNY"}, "law": "产品质量法第四十九条"});
    match lot {
        0..8 => fact("serious_violation_listing", before(today, 400), Some(after(today, 600)), &list),
        8..14 => fact("serious_violation_listing", before(today, 1200), Some(before(today, 100)), &list),
        14..19 => fact("procurement_ban", before(today, 100), Some(after(today, 200)), &json!({"scope": ["government_procurement"]})),
        19..22 => fact("procurement_ban", before(today, 100), Some(after(today, 200)), &json!({"scope": ["fiscal_funds"]})),
        22..28 => fact("penalty", before(today, 500), None, &fine("2500000.00")),
        28..34 => fact("penalty", before(today, 500), None, &fine("10000.00")),
        34..37 => fact("recall", before(today, 60), None, &json!({"mode": "ordered", "state": "open", "product": "电热水壶"})),
        37..40 => fact("abnormal_operation_listing", before(today, 150), None, &list),
        _ => fact("award", before(today, 600), None, &json!({"title": "示例"})),
    }
}

/// A listing that makes a supplier ineligible from today on.
pub(crate) fn listing(code: &str, today: Day) -> Value {
    let mut made = fact("serious_violation_listing", today, None, &json!({"list": "示例名单", "ground": "示例事由"}));
    made["enterprise"] = json!(code);
    made
}

/// Registers suppliers and their facts through the import and batch operations, and waits until decisions know them all.
pub(crate) async fn load(to: SocketAddr, suppliers: &[Supplier]) {
    let lines: String = suppliers.iter().map(|supplier| format!("{}\n", supplier.entry)).collect();
    let path = "/credit/v1/enterprises/import";
    let (status, answer) = text(to, request("POST", path, &bearer(to).await, "application/x-ndjson", lines)).await.unwrap();
    let summary: Value = serde_json::from_str(answer.trim().lines().last().unwrap_or_default()).unwrap_or_default();
    assert!(status == 200 && summary["summary"]["refused"] == 0, "{path}: {status} {summary}");
    for (place, part) in suppliers.chunks(BATCH).enumerate() {
        let lines: String = part.iter().flat_map(|supplier| &supplier.facts).map(|fact| format!("{fact}\n")).collect();
        let path = "/credit/v1/facts/batch";
        let (status, answer) = text(to, request("POST", path, &bearer(to).await, "application/x-ndjson", lines)).await.unwrap();
        let refused = answer.lines().find(|line| !line.contains("\"status\":201"));
        assert!(status == 200 && refused.is_none(), "{path}: {status} {refused:?}");
        // The token endpoint lets 60 requests a minute through.
        if suppliers.len() > 50 * BATCH {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        eprint!("\rfacts of {} suppliers", place * BATCH + part.len());
    }
    eprintln!();
    follow(to, &suppliers.last().unwrap().code, PATIENCE).await;
}
