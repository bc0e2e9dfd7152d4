//! What may be announced, fault by fault, and what the law of a day allows.

use model::instant::parse_day;
use serde_json::{Value, json};

use super::rules::Terms;

fn faults(value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let terms = Terms::read(value, "/evaluation", &mut faults);
    assert_eq!(terms.is_some(), faults.is_empty());
    faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
}

fn scored() -> Value {
    json!({
        "method": "comprehensive", "weights": {"price": "30", "technical": "65", "preference": "5"},
        "ceiling": {"amount": "1000000.00", "currency": "CNY"}, "technical_minimum": "36", "treaty": "示例协定",
        "small_business": {"whole": "10", "part": "4"},
        "preferences": [{"code": "credit_grade", "steps": [{"least": "AAA", "points": "3"}, {"least": "A", "points": "1"}]},
            {"code": "traceability", "steps": [{"least": 3, "points": "2"}]}],
        "draw": {"commitment": format!("sha256:{}", "0".repeat(64)), "beacon": "drand"},
    })
}

#[test]
fn every_fault_has_its_place() {
    assert_eq!(faults(&scored()), [""; 0]);
    assert_eq!(faults(&json!({"method": "lowest_price", "small_business": {"reserved": true}})), [""; 0]);
    let rows: [(&str, Value, &[&str]); 17] = [
        (
            "method",
            json!("lowest_price"),
            &["/preferences evaluation_terms", "/technical_minimum evaluation_terms", "/weights evaluation_terms"],
        ),
        ("method", json!("cheapest"), &["/method field_invalid"]),
        ("category", json!("goods"), &["/category field_unknown"]),
        ("weights", json!({"price": 30, "technical": "70"}), &["/weights/price field_invalid"]),
        (
            "weights",
            json!({"price": "30.001", "tech": "70"}),
            &["/weights/price field_invalid", "/weights/tech field_unknown", "/weights/technical field_missing"],
        ),
        ("weights", json!({"price": "30", "technical": "64.99", "preference": "5"}), &["/weights evaluation_terms"]),
        ("weights", json!({"price": "30", "technical": "66", "preference": "4"}), &["/weights/preference evaluation_terms"]),
        ("weights", json!({"price": "0", "technical": "95", "preference": "5"}), &["/weights/price evaluation_terms"]),
        ("fixed_price", json!(true), &["/weights/price evaluation_terms"]),
        ("ceiling", json!({"amount": "0.00", "currency": "CNY"}), &["/ceiling field_invalid"]),
        ("technical_minimum", json!("65.01"), &["/technical_minimum evaluation_terms"]),
        ("small_business", json!({"reserved": false}), &["/small_business/reserved field_invalid"]),
        ("small_business", json!({"part": "4"}), &["/small_business/whole field_missing"]),
        ("draw", json!({"commitment": "secret"}), &["/draw/commitment field_invalid"]),
        ("preferences", json!([]), &["/weights/preference evaluation_terms"]),
        ("preferences", json!([{"code": "region", "steps": []}]), &["/preferences/0/code field_invalid"]),
        ("brand", json!("示例"), &["/brand field_unknown"]),
    ];
    for (field, value, expected) in rows {
        let mut terms = scored();
        terms[field] = value;
        let mut found = faults(&terms);
        found.sort();
        let expected: Vec<String> = expected.iter().map(|fault| format!("/evaluation{fault}")).collect();
        assert_eq!(found, expected, "{field}: {}", terms[field]);
    }
    assert_eq!(faults(&json!([])), ["/evaluation field_invalid"]);
}

#[test]
fn preferences_are_quantified() {
    for (steps, expected) in [
        (json!([{"least": "unrated", "points": "5"}]), "/evaluation/preferences/0/steps/0/least field_invalid"),
        (json!([{"least": "A", "points": "0"}]), "/evaluation/preferences/0/steps/0/points field_invalid"),
        (json!([{"least": "A"}]), "/evaluation/preferences/0/steps/0/points field_missing"),
        (json!([]), "/evaluation/preferences/0/steps field_invalid"),
    ] {
        let mut terms = scored();
        terms["preferences"] = json!([{"code": "credit_grade", "steps": steps}]);
        assert_eq!(faults(&terms), [expected]);
    }
    let mut twice = scored();
    twice["preferences"] = json!([{"code": "traceability", "steps": [{"least": 1, "points": "2"}]}, {"code": "traceability", "steps": [{"least": 2, "points": "3"}]}]);
    assert_eq!(faults(&twice), ["/evaluation/preferences evaluation_terms"]);
}

/// 2020/46, 2022/19 and Order 87 Art 55.
#[test]
fn rates_lie_within_the_band_of_the_day() {
    for (on, category, whole, part, price, expected) in [
        ("2026-06-01", "goods", "10", "4", "30", vec![]),
        ("2026-06-01", "goods", "20", "6", "60", vec![]),
        (
            "2026-06-01",
            "goods",
            "9.99",
            "3.99",
            "29.99",
            vec!["/small_business/whole deduction_rate", "/small_business/part deduction_rate", "/weights/price price_weight"],
        ),
        ("2026-06-01", "services", "20.01", "6", "9.99", vec!["/small_business/whole deduction_rate", "/weights/price price_weight"]),
        ("2026-06-01", "services", "10", "6", "10", vec![]),
        ("2026-06-01", "works", "10", "2", "5", vec!["/small_business/whole deduction_rate"]),
        ("2022-06-30", "goods", "6", "2", "30", vec![]),
        ("2022-06-30", "goods", "11", "2", "30", vec!["/small_business/whole deduction_rate"]),
        ("2020-12-31", "goods", "6", "2", "30", vec!["/small_business/whole deduction_rate", "/small_business/part deduction_rate"]),
    ] {
        let technical = crate::scoring::rules::Hundredths::new(10_000 - crate::scoring::rules::Hundredths::parse(price).unwrap().whole());
        let value = json!({"method": "comprehensive", "weights": {"price": price, "technical": technical},
            "small_business": {"whole": whole, "part": part}});
        let mut faults = Vec::new();
        let terms = Terms::read(&value, "", &mut faults).unwrap();
        let kind = serde_json::from_value(json!(category)).unwrap();
        terms.allowed_on(kind, parse_day(on).unwrap(), "", &mut faults);
        let found: Vec<String> = faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{on} {category} {whole} {part} {price}");
    }
}
