//! What each kind's detail takes and refuses: every bad field at once, shape and rule told apart.

use contracts::credit::{Detail, FactKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::parse_detail;

/// A full detail of each kind.
fn full() -> [(FactKind, Value); 21] {
    use FactKind::*;
    let listing = || json!({"list": "示例名单", "ground": "示例事由"});
    let permit = || json!({"number": "示例001", "name": "强制性产品认证", "issuer": "示例机构", "products": ["电热水壶"]});
    let cover = || json!({"amount": {"amount": "1000000.00", "currency": "CNY"}, "reference": "示例保单"});
    [
        (
            Penalty,
            json!({"types": ["fine", "warning"], "fine": {"amount": "0.00", "currency": "CNY"}, "law": "产品质量法", "ban_until": "2027-01-31",
                "field": "food"}),
        ),
        (
            SpotCheck,
            json!({"result": "fail", "product": "电热水壶", "items": ["接地"], "batch": "B1", "laboratory": "示例实验室", "of_penalty": "fct_01ARYZ6S410000000000000000"}),
        ),
        (Recall, json!({"mode": "ordered", "state": "open", "product": "电热水壶"})),
        (SeriousViolationListing, listing()),
        (AbnormalOperationListing, listing()),
        (TrustworthyListing, listing()),
        (ProcurementBan, json!({"scope": ["government_procurement", "fiscal_funds"], "basis": "政府采购法第七十七条"})),
        (Licence, permit()),
        (Certificate, permit()),
        (Complaint, json!({"subject": "示例投诉", "resolved_on": "2026-02-01", "on_time": true})),
        (Award, json!({"title": "示例奖"})),
        (Commitment, json!({"title": "示例承诺"})),
        (Rectification, json!({"of_fact": "fct_01ARYZ6S410000000000000000", "result": "done"})),
        (AnnualReport, json!({"year": 2025, "on_time": false})),
        (Judgment, json!({"case_no": "（2026）示例01民初1号", "outcome": "示例结果"})),
        (InsuranceCover, cover()),
        (Deposit, cover()),
        (Traceability, json!({"level": 3})),
        (StandardConformity, json!({"standard": "GB 4706.1-2005", "result": "pass"})),
        (Inspection, json!({"result": "pass", "product": "电热水壶", "items": ["接地"], "of_penalty": "fct_01ARYZ6S410000000000000000"})),
        (
            ContractPerformance,
            json!({"contract": "示例-HT-1", "buyer": "914404001000000590", "result": "breached", "ground": "示例：逾期交货"}),
        ),
    ]
}

/// The faults as `pointer code`, shape errors marked with `!`.
fn faults(kind: FactKind, detail: &Value) -> Vec<String> {
    let faults = parse_detail(kind, detail).err().unwrap_or_default();
    faults.iter().map(|fault| format!("{}{} {}", if fault.shape { "!" } else { "" }, fault.pointer, fault.code)).collect()
}

#[test]
fn a_full_detail_of_every_kind_is_read_and_written_back() {
    for ((kind, detail), expected) in full().into_iter().zip(FactKind::ALL) {
        assert_eq!(kind, expected);
        let read = parse_detail(kind, &detail).unwrap_or_else(|faults| panic!("{kind:?}: {faults:?}"));
        assert_eq!(read.kind(), kind);
        // What is read here is what the contract reads.
        let contract: Detail = serde_json::from_value(json!({"kind": kind.as_str(), "detail": detail})).unwrap();
        if kind != FactKind::StandardConformity {
            assert_eq!(read, contract, "{kind:?}");
        }
    }
}

#[test]
fn required_fields_are_those_of_the_contract() {
    for (kind, expected) in [
        (FactKind::Penalty, vec!["types"]),
        (FactKind::SpotCheck, vec!["result"]),
        (FactKind::Recall, vec!["mode", "state"]),
        (FactKind::SeriousViolationListing, vec![]),
        (FactKind::ProcurementBan, vec![]),
        (FactKind::Licence, vec!["number", "name"]),
        (FactKind::Certificate, vec!["number", "name"]),
        (FactKind::Complaint, vec![]),
        (FactKind::Award, vec!["title"]),
        (FactKind::Rectification, vec!["result"]),
        (FactKind::AnnualReport, vec!["year", "on_time"]),
        (FactKind::Judgment, vec!["case_no", "outcome"]),
        (FactKind::InsuranceCover, vec!["amount"]),
        (FactKind::Traceability, vec!["level"]),
        (FactKind::StandardConformity, vec!["standard", "result"]),
        (FactKind::Inspection, vec!["result"]),
        (FactKind::ContractPerformance, vec!["contract", "buyer", "result"]),
    ] {
        let missing: Vec<_> = expected.iter().map(|name| format!("!/detail/{name} missing_field")).collect();
        assert_eq!(faults(kind, &json!({})), missing, "{kind:?}");
    }
}

#[test]
fn every_bad_field_is_named_with_its_code() {
    use FactKind::*;
    let money = |amount: Value| json!({"amount": amount, "currency": "CNY"});
    for (kind, detail, expected) in [
        (Penalty, json!([]), vec!["!/detail wrong_type"]),
        (Penalty, json!({"types": []}), vec!["/detail/types penalty_without_type"]),
        (Penalty, json!({"types": ["fine", "fine"]}), vec!["/detail/types repeated_item"]),
        (Penalty, json!({"types": ["fine", "flogging", 3]}), vec!["/detail/types/1 unknown_word", "!/detail/types/2 wrong_type"]),
        (Penalty, json!({"types": "fine"}), vec!["!/detail/types wrong_type"]),
        (Penalty, json!({"types": null}), vec!["!/detail/types wrong_type"]),
        (Penalty, json!({"types": ["fine"], "fine": money(json!("-0.01"))}), vec!["/detail/fine/amount money_negative"]),
        (Penalty, json!({"types": ["fine"], "fine": money(json!(100))}), vec!["!/detail/fine/amount wrong_type"]),
        (Penalty, json!({"types": ["fine"], "fine": money(json!("1.234"))}), vec!["/detail/fine/amount money_invalid"]),
        (Penalty, json!({"types": ["fine"], "fine": {"amount": "1", "currency": "XXX"}}), vec!["/detail/fine/currency currency_unknown"]),
        (
            Penalty,
            json!({"types": ["fine"], "fine": {"currency": 1, "tax": 2}}),
            vec!["!/detail/fine/amount missing_field", "!/detail/fine/currency wrong_type", "!/detail/fine/tax unknown_field"],
        ),
        (Penalty, json!({"types": ["fine"], "fine": null, "law": null}), vec![]),
        (
            Penalty,
            json!({"types": [], "ban_until": "2026-02-30", "law": "a\u{0}b", "a/b~": 1}),
            vec![
                "/detail/law control_character",
                "/detail/ban_until date_invalid",
                "/detail/types penalty_without_type",
                "!/detail/a~1b~0 unknown_field",
            ],
        ),
        (SpotCheck, json!({"result": "passed"}), vec!["/detail/result unknown_word"]),
        (SpotCheck, json!({"result": true, "items": {}}), vec!["!/detail/result wrong_type", "!/detail/items wrong_type"]),
        (SpotCheck, json!({"result": "fail", "items": ["a", " "]}), vec!["/detail/items/1 text_empty"]),
        (SpotCheck, json!({"result": "fail", "items": vec!["a"; 101]}), vec!["/detail/items too_many_items"]),
        (SpotCheck, json!({"result": "fail", "items": vec!["a"; 100]}), vec![]),
        (SpotCheck, json!({"result": "fail", "product": "长".repeat(201)}), vec!["/detail/product text_too_long"]),
        (SpotCheck, json!({"result": "fail", "product": "长".repeat(200)}), vec![]),
        (Recall, json!({"mode": "forced", "state": "shut"}), vec!["/detail/mode unknown_word", "/detail/state unknown_word"]),
        (
            Complaint,
            json!({"on_time": "yes", "resolved_on": 20260101}),
            vec!["!/detail/resolved_on wrong_type", "!/detail/on_time wrong_type"],
        ),
        (ProcurementBan, json!({"scope": ["everything"]}), vec!["/detail/scope/0 unknown_word"]),
        (Rectification, json!({"of_fact": "fct_01aryz6s410000000000000000", "result": "done"}), vec!["/detail/of_fact id_malformed"]),
        (Rectification, json!({"of_fact": "dec_01ARYZ6S410000000000000000", "result": "done"}), vec!["/detail/of_fact id_malformed"]),
        (AnnualReport, json!({"year": 1989, "on_time": true}), vec!["/detail/year out_of_range"]),
        (AnnualReport, json!({"year": 1990, "on_time": true}), vec![]),
        (AnnualReport, json!({"year": 2200, "on_time": true}), vec![]),
        (AnnualReport, json!({"year": 2201, "on_time": true}), vec!["/detail/year out_of_range"]),
        (AnnualReport, json!({"year": 2025.5, "on_time": true}), vec!["!/detail/year wrong_type"]),
        (AnnualReport, json!({"year": "2025", "on_time": true}), vec!["!/detail/year wrong_type"]),
        (AnnualReport, json!({"year": u64::MAX, "on_time": true}), vec!["/detail/year out_of_range"]),
        (InsuranceCover, json!({"amount": money(json!("0.00"))}), vec!["/detail/amount/amount amount_not_positive"]),
        (Deposit, json!({"amount": money(json!("-1"))}), vec!["/detail/amount/amount amount_not_positive"]),
        (Deposit, json!({"amount": "1.00"}), vec!["!/detail/amount wrong_type"]),
        (Deposit, json!({"amount": money(json!("0.01"))}), vec![]),
        (Traceability, json!({"level": 4}), vec!["/detail/level out_of_range"]),
        (Traceability, json!({"level": -1}), vec!["/detail/level out_of_range"]),
        (Traceability, json!({"level": 0}), vec![]),
        (StandardConformity, json!({"standard": "不是标准", "result": "pass"}), vec!["/detail/standard standard_no_unreadable"]),
        (Award, json!({"title": ""}), vec!["/detail/title text_empty"]),
    ] {
        assert_eq!(faults(kind, &detail), expected, "{kind:?} {detail}");
    }
}

#[test]
fn a_text_is_trimmed() {
    let Ok(Detail::Award(award)) = parse_detail(FactKind::Award, &json!({"title": " 示例奖\u{3000}"})) else { panic!("an award") };
    assert_eq!(award.title, "示例奖");
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("types|fine|result|amount|currency|level|year|[a-z]{1,4}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Nothing panics, and what is read can be published and read again.
    #[test]
    fn any_json_is_read_or_refused(value in any_value(), place in 0_usize..20) {
        let kind = FactKind::ALL[place];
        match parse_detail(kind, &value) {
            Ok(detail) => {
                let written = serde_json::to_value(&detail).unwrap();
                prop_assert_eq!(serde_json::from_value::<Detail>(written).unwrap(), detail);
            }
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }
}
