//! What is sent to credit as a table, and the pauses between tries.

use model::{
    instant::{Instant, parse_day},
    period::{Period, Unit},
    uscc::Uscc,
};
use proptest::prelude::*;
use serde_json::json;

use super::rules::{Task, pause_ms, task};
use crate::performance::rules::{Performance, PerformanceEntry};

fn performance(evaluation: Option<serde_json::Value>, reason: &str) -> Performance {
    let party = Uscc::parse("914404001000000590").unwrap();
    let entry = PerformanceEntry {
        act: "record".into(),
        evaluation: None,
        reason: Some(reason.into()),
        recorded_at: Instant::from_micros(0),
        by: party.clone(),
    };
    Performance {
        id: "prf_1".into(),
        tender: "T-1".into(),
        lot: "-".into(),
        award: "awd_1".into(),
        contract: "示例-HT-1".into(),
        buyer: party.clone(),
        supplier: party,
        external_id: "LY-1".into(),
        evaluation: evaluation.map(|evaluation| serde_json::from_value(evaluation).unwrap()),
        history: vec![entry],
    }
}

#[test]
fn what_credit_is_told() {
    let breach = json!({"result": "breached", "ground": "逾期交货", "articles": ["合同第三条"], "evaluated_on": "2024-02-29"});
    let counts = Some(Period::new(3, Unit::Year, false));
    let Task::Record(fact) = task(&performance(Some(breach.clone()), ""), None, counts) else { panic!("a new fact") };
    let told = serde_json::to_value(&fact).unwrap();
    assert_eq!(told["detail"]["ground"], "逾期交货（合同第三条）");
    assert_eq!((&told["valid_to"], &told["external_id"]), (&json!(parse_day("2027-02-28").unwrap().to_string()), &json!("prf_1")));
    assert_eq!(told["source"], json!({"authority": "采购人 914404001000000590", "document_no": "示例-HT-1"}), "the buyer is the source");
    let corrected = task(&performance(Some(breach), "录入有误"), Some("fct_1"), counts);
    assert!(matches!(corrected, Task::Supersede(old, _, reason) if old == "fct_1" && reason == "录入有误"));
    assert_eq!(task(&performance(None, "撤回"), Some("fct_1"), counts), Task::Annul("fct_1".into(), "撤回".into()));
    assert_eq!(task(&performance(None, "撤回"), None, counts), Task::Nothing, "credit never heard of it");
}

proptest! {
    #[test]
    fn pauses_grow_to_an_hour(attempts in 0_i32..60, chance in 0_u8..) {
        let pause = pause_ms(attempts, chance);
        prop_assert!((1_000..=4_500_000).contains(&pause));
        prop_assert!(pause_ms(attempts + 1, 0) >= pause_ms(attempts, 0));
    }
}
