//! Invented enterprises and facts: valid codes that no registry assigns, names marked 示例. Not here: anything about a real enterprise.

use std::sync::atomic::{AtomicU32, Ordering};

use common::clock::Clock;
use model::{instant::Day, uscc::Uscc};
use serde_json::{Value, json};

/// Every kind of fact.
pub const KINDS: [&str; 21] = [
    "penalty",
    "spot_check",
    "recall",
    "serious_violation_listing",
    "abnormal_operation_listing",
    "trustworthy_listing",
    "procurement_ban",
    "licence",
    "certificate",
    "complaint",
    "award",
    "commitment",
    "rectification",
    "annual_report",
    "judgment",
    "insurance_cover",
    "deposit",
    "traceability",
    "standard_conformity",
    "inspection",
    "contract_performance",
];

/// A code of Shenzhen that no registry assigns: its organisation code begins with XY and counts on.
///
/// # Panics
/// Never: the body is well-formed.
#[must_use]
pub fn next_code() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    code_of("91", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// An unassigned code of a kind of organisation (its first two characters), counted by a number.
///
/// # Panics
/// Never: the body is well-formed.
#[must_use]
pub fn code_of(kind: &str, number: u32) -> String {
    let organisation = format!("XY{number:06}");
    let sum = organisation.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).fold(0, |sum, (c, weight)| sum + c.to_digit(36).unwrap_or(0) * weight);
    let check = match 11 - sum % 11 {
        10 => "X".to_owned(),
        11 => "0".to_owned(),
        digit => digit.to_string(),
    };
    Uscc::with_check(&format!("{kind}440300{organisation}{check}")).expect("the body is well-formed").to_string()
}

/// An invented enterprise as it is put.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its code.
    pub code: String,
    /// What is put.
    pub body: Value,
}

impl Sample {
    /// Its path in the register.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/credit/v1/enterprises/{}", self.code)
    }

    /// The same with a field set to something else, or taken out where `value` is null.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Self {
        if let Value::Object(fields) = &mut self.body {
            if value.is_null() {
                fields.remove(field);
            } else {
                fields.insert(field.to_owned(), value);
            }
        }
        self
    }
}

/// Today in China.
#[must_use]
pub fn today() -> Day {
    Clock::system().now().day()
}

/// The moment so many seconds from now, as it is written on the wire.
#[must_use]
pub fn in_seconds(seconds: i64) -> String {
    Clock::system().now().plus_millis(seconds.saturating_mul(1_000)).to_string()
}

/// The next invented enterprise.
#[must_use]
pub fn sample_enterprise() -> Sample {
    let code = next_code();
    let tail = code.get(10..16).unwrap_or_default();
    let body = json!({
        "name": format!("示例电器{tail}有限公司"),
        "division": "440305",
        "industry": "C3854",
        "status": "active",
        "established_on": "1999-02-11",
    });
    Sample { code, body }
}

/// A plain good fact of a kind.
#[must_use]
pub fn fact(code: &str, kind: &str) -> Value {
    let detail = match kind {
        "penalty" => json!({"types": ["warning"], "fine": {"amount": "1000.00", "currency": "CNY"}, "law": "产品质量法第四十九条"}),
        "spot_check" => {
            json!({"result": "fail", "product": "电热水壶", "items": ["接地措施"], "batch": "2026-01", "laboratory": "示例检验所"})
        }
        "inspection" => json!({"result": "pass", "product": "电热水壶", "items": ["接地措施"]}),
        "recall" => json!({"mode": "voluntary", "state": "open", "product": "电热水壶"}),
        "serious_violation_listing" | "abnormal_operation_listing" | "trustworthy_listing" => {
            json!({"list": "示例名单", "ground": "示例事由"})
        }
        "procurement_ban" => json!({"scope": ["government_procurement"], "basis": "示例依据"}),
        "licence" | "certificate" => {
            json!({"number": "示例-XK-0001", "name": "示例许可证", "issuer": "示例机关", "products": ["电热水壶"]})
        }
        "complaint" => json!({"subject": "示例投诉", "resolved_on": "2026-05-20", "on_time": true}),
        "award" | "commitment" => json!({"title": "示例"}),
        "rectification" => json!({"result": "done"}),
        "annual_report" => json!({"year": 2025, "on_time": true}),
        "judgment" => json!({"case_no": "(2026)示例1号", "outcome": "示例结果"}),
        "insurance_cover" | "deposit" => json!({"amount": {"amount": "1000000.00", "currency": "CNY"}, "reference": "示例-1"}),
        "traceability" => json!({"level": 2}),
        "standard_conformity" => json!({"standard": "GB 4706.1-2005", "result": "pass"}),
        "contract_performance" => json!({"contract": "示例-HT-1", "buyer": "914404001000000590", "result": "fulfilled", "ground": "示例"}),
        _ => panic!("no kind of fact: {kind}"),
    };
    json!({
        "enterprise": code,
        "kind": kind,
        "source": {"authority": "示例市场监督管理局", "document_no": "示例〔2026〕1号"},
        "decided_on": "2026-05-11",
        "valid_from": "2026-05-11",
        "degree": "general",
        "detail": detail,
    })
}
