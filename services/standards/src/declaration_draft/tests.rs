//! What a declaration lacks by itself, as a table of cases.

use model::{standard_no::StandardNo, uscc::Uscc};
use serde_json::{Value, json};

use super::rules::{Cited, Draft, faults};
use crate::declaration::rules::{DeclaredProduct, PropertyNote};

fn indicator(property: &str, kind: &str, method: Option<&str>) -> Value {
    let method = method.map(|standard| json!({"standard": standard}));
    json!({"property": property, "title": "示例", "direction": "max", "upper": "1", "unit": "1", "kind": kind, "test_method": method})
}

fn draft(numbers: &[&str], indicators: &[Value], own_methods: &[&str]) -> Draft {
    let note = |property: &&str| PropertyNote { property: (*property).to_owned(), text: "示例：无可用标准。".to_owned() };
    Draft {
        enterprise: Uscc::parse("914404001000000590").unwrap(),
        product: DeclaredProduct { name: "示例".to_owned(), gtin: None, ics: None },
        executed: numbers.iter().map(|number| Cited { number: StandardNo::parse(number).unwrap(), title: None }).collect(),
        indicators: indicators.iter().map(|one| serde_json::from_value(one.clone()).unwrap()).collect(),
        own_methods: own_methods.iter().map(note).collect(),
        commitments: Vec::new(),
        channel: "platform".to_owned(),
        disclosures: Vec::new(),
    }
}

fn found(draft: &Draft) -> Vec<String> {
    faults(draft).into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
}

/// Law 27: an own standard is declared with functional and performance indicators. Order 83 Art 12: with their methods, which are those of
/// national, industry or international standards, or own ones where there are none.
#[test]
fn an_own_standard_comes_with_indicators_and_methods() {
    let (own, common) = (["Q/SLEX 001-2026"], Some("GB/T 99901-2020"));
    let both = [indicator("brake", "functional", common), indicator("wear", "performance", Some("ISO 99902:2020"))];
    for (numbers, indicators, own_methods, expected) in [
        (&own[..], &both[..], &[][..], vec![]),
        (&own, &[], &[], vec!["/indicators indicator_missing", "/indicators indicator_missing"]),
        (&own, &both[..1], &[], vec!["/indicators indicator_missing"]),
        (&["GB/T 99903-2020"], &[], &[], vec![]),
        (&["GB/T 99903-2020"], &[indicator("brake", "other", None)], &[], vec![]),
        (
            &own,
            &[both[0].clone(), indicator("wear", "performance", None)],
            &["wear"],
            vec!["/indicators/1/test_method test_method_missing"],
        ),
        (
            &own,
            &[both[0].clone(), indicator("wear", "performance", Some("Q/SLEX 002-2026"))],
            &[],
            vec!["/indicators/1/test_method own_method_unexplained"],
        ),
        (&own, &[both[0].clone(), indicator("wear", "performance", Some("Q/SLEX 002-2026"))], &["wear"], vec![]),
        // Group and local standards are none of the three.
        (
            &own,
            &[both[0].clone(), indicator("wear", "performance", Some("T/SLEX 001-2026"))],
            &["brake"],
            vec!["/indicators/1/test_method own_method_unexplained"],
        ),
        (&own, &[both[0].clone(), both[1].clone(), both[1].clone()], &[], vec!["/indicators/2/property indicator_twice"]),
        (&own, &both, &["wear", "wear"], vec!["/own_methods/1/property indicator_twice"]),
    ] {
        assert_eq!(found(&draft(numbers, indicators, own_methods)), expected, "{numbers:?} {indicators:?} {own_methods:?}");
    }
}
