//! Every scalar for one supplier, and for one of whom nothing is known.

use contracts::credit::Grade;
use serde_json::json;

use super::rules::{SCALARS, Scalar, ScalarType, find};
use crate::standing::rules::Standing;
use crate::standing::tests::{question, standing};

fn cut(standing: &Standing, name: &str) -> Option<String> {
    find(name).unwrap().cut(question(standing)).map(|value| match value {
        Scalar::Int(number) => number.to_string(),
        Scalar::Text(text) => text,
        Scalar::Bool(truth) => truth.to_string(),
    })
}

#[test]
fn of_a_supplier() {
    let money = |amount: &str| json!({"amount": {"amount": amount, "currency": "CNY"}});
    let standing = standing(&[
        json!({"kind": "penalty", "detail": {"types": ["fine"], "fine": {"amount": "500.00", "currency": "CNY"}}, "degree": "serious", "valid_from": "2025-06-01"}),
        json!({"kind": "penalty", "detail": {"types": ["warning"]}, "degree": "minor", "valid_from": "2023-05-31"}),
        json!({"kind": "spot_check", "detail": {"result": "fail"}, "valid_from": "2025-03-01"}),
        json!({"kind": "spot_check", "detail": {"result": "pass"}, "valid_from": "2024-06-01"}),
        json!({"kind": "complaint", "detail": {"resolved_on": "2026-06-01"}, "valid_from": "2026-01-01"}),
        json!({"kind": "complaint", "detail": {"resolved_on": "2026-06-02"}, "valid_from": "2025-01-01"}),
        json!({"kind": "recall", "detail": {"mode": "voluntary", "state": "open"}}),
        json!({"kind": "serious_violation_listing"}),
        json!({"kind": "procurement_ban", "detail": {"scope": ["fiscal_funds"]}}),
        json!({"kind": "licence", "detail": {"number": "1", "name": "a"}, "valid_to": "2026-02-01"}),
        json!({"kind": "certificate", "detail": {"number": "1", "name": "a"}}),
        json!({"kind": "insurance_cover", "detail": money("12.34")}),
        json!({"kind": "insurance_cover", "detail": money("0.01")}),
        json!({"kind": "traceability", "detail": {"level": 2}}),
        json!({"kind": "award", "detail": {"title": "示例"}}),
        json!({"kind": "award", "detail": {"title": "示例"}, "self_declared": true}),
    ]);
    for (name, expected) in [
        ("grade", Some("A")),
        ("grade_rank", Some("4")),
        ("score", Some("742")),
        ("status", Some("active")),
        ("established_on", Some("2010-02-11")),
        ("days_since_established", Some("5954")),
        ("penalties_36m", Some("1")),
        ("serious_penalties_36m", Some("1")),
        ("fines_36m_fen", Some("50000")),
        ("spot_checks_24m", Some("2")),
        ("spot_check_failures_24m", Some("1")),
        ("complaints_12m", Some("1")),
        ("complaints_unresolved", Some("1")),
        ("open_recalls", Some("1")),
        ("open_ordered_recalls", Some("0")),
        ("on_serious_list", Some("true")),
        ("on_abnormal_list", Some("false")),
        ("on_trustworthy_list", Some("false")),
        ("banned", Some("false")),
        ("licences_valid", Some("0")),
        ("certificates_valid", Some("1")),
        ("cover_cny_fen", Some("1235")),
        ("deposit_cny_fen", None),
        ("traceability_level", Some("2")),
        ("awards_valid", Some("1")),
    ] {
        assert_eq!(cut(&standing, name).as_deref(), expected, "{name}");
    }
    assert_eq!(SCALARS.len(), 25, "a scalar is not tested");
}

#[test]
fn what_is_not_known_is_absent() {
    let mut unknown = standing(&[json!({"kind": "penalty", "detail": {"types": ["fine"]}})]);
    unknown.enterprise = None;
    unknown.timeline.as_mut().unwrap().segments[0].grade = Grade::Unrated;
    unknown.timeline.as_mut().unwrap().segments[0].score = None;
    for name in [
        "grade",
        "grade_rank",
        "score",
        "status",
        "established_on",
        "fines_36m_fen",
        "licences_valid",
        "cover_cny_fen",
        "traceability_level",
    ] {
        assert_eq!(cut(&unknown, name), None, "{name}");
    }
}

/// A scalar's value has the type that the table says, or the static check would be void.
#[test]
fn the_table_tells_the_type_of_each_and_no_discriminatory_name() {
    let standing = standing(&[]);
    for named in SCALARS {
        assert!(!named.meaning.zh.is_empty() && !named.meaning.en.is_empty());
        let fits = |value: &Scalar| {
            matches!(
                (named.kind, value),
                (ScalarType::Int, Scalar::Int(_)) | (ScalarType::String, Scalar::Text(_)) | (ScalarType::Bool, Scalar::Bool(_))
            )
        };
        assert!(named.cut(question(&standing)).as_ref().is_none_or(fits), "{}", named.name);
        // Procurement Regulation Art 20.
        for word in ["region", "division", "brand", "turnover", "ownership", "industry"] {
            assert!(!named.name.contains(word), "{}", named.name);
        }
    }
}
