//! What a condition means for a supplier. Not here: what it may say (`expression`), each scalar (`scalar`).

use model::instant::Instant;
use serde_json::json;

use super::rules::{Condition, Truth};
use crate::criterion::rules::Question;
use crate::standing::tests::{question, standing};

fn truth(source: &str, question: Question<'_>) -> Truth {
    Condition::compile(source).unwrap().evaluate(question).0
}

#[test]
fn conditions_over_a_supplier() {
    let standing = standing(&[
        json!({"kind": "penalty", "detail": {"types": ["fine"], "fine": {"amount": "500.00", "currency": "CNY"}}, "valid_from": "2025-06-01"}),
        json!({"kind": "spot_check", "detail": {"result": "fail"}, "valid_from": "2025-03-01"}),
    ]);
    let question = question(&standing);
    for (source, expected) in [
        ("score >= 742", Truth::Holds),
        ("score > 742", Truth::Fails),
        ("grade in ['AAA', 'AA', 'A']", Truth::Holds),
        ("status == 'active' && established_on < '2020-01-01'", Truth::Holds),
        ("fines_36m_fen == 50000", Truth::Holds),
        ("fines_36m_fen / 100 == 500 && fines_36m_fen % 7 == 6", Truth::Holds),
        ("spot_check_failures_24m == 1 && spot_checks_24m == 1", Truth::Holds),
        ("on_serious_list || banned", Truth::Fails),
        ("traceability_level >= 1", Truth::Missing("traceability_level")),
        ("true || traceability_level >= 1", Truth::Missing("traceability_level")),
        ("false && cover_cny_fen > 0", Truth::Missing("cover_cny_fen")),
        ("score * 9223372036854775807 > 0", Truth::Error),
        ("true || score * 9223372036854775807 > 0", Truth::Error),
        ("score + 9223372036854775807 > 0 || true", Truth::Error),
        ("-score - 9223372036854775807 < 0", Truth::Error),
    ] {
        assert_eq!(truth(source, question), expected, "{source}");
    }
}

/// The day decides: what ended before it or begins after it does not count.
#[test]
fn the_day_counts() {
    let standing = standing(&[json!({"kind": "serious_violation_listing", "valid_from": "2026-06-01", "valid_to": "2026-06-01"})]);
    for (day, expected) in [("2026-05-31", Truth::Fails), ("2026-06-01", Truth::Holds), ("2026-06-02", Truth::Fails)] {
        let day = Instant::parse(&format!("{day}T12:00:00+08:00")).unwrap().day();
        assert_eq!(truth("on_serious_list", Question { day, ..question(&standing) }), expected, "{day}");
    }
}

#[test]
fn names_are_listed_once() {
    let condition = Condition::compile("score > 1 && score < 900 && !banned").unwrap();
    assert_eq!(condition.names().collect::<Vec<_>>(), ["score", "banned"]);
    assert_eq!(condition.source(), "score > 1 && score < 900 && !banned");
}
