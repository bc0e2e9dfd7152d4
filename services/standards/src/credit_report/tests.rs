//! What is sent to credit as a table, and the pauses between tries.

use model::{
    instant::{Instant, parse_day},
    period::{Period, Unit},
    uscc::Uscc,
};
use proptest::prelude::*;
use serde_json::json;

use super::rules::{Task, pause_ms, task};
use crate::declaration_check::rules::{Check, CheckEntry, CheckOutcome, CheckState, Finding};

fn check(outcome: Option<CheckOutcome>, state: CheckState) -> Check {
    let own = Uscc::parse("914404001000000590").unwrap();
    let day = parse_day("2024-02-29").unwrap();
    let entry =
        CheckEntry { act: "annul".into(), on: day, recorded_at: Instant::from_micros(0), by: own.clone(), text: "录入有误".into() };
    let finding = |outcome| Finding {
        outcome,
        found_on: day,
        authority: own.clone(),
        assessor: Some(own.clone()),
        report: Some("sha256:示例".to_owned()),
        compared: Vec::new(),
    };
    Check {
        id: "dck_1".into(),
        plan: None,
        declaration: None,
        enterprise: own.clone(),
        product: "示例".into(),
        standard: Some("Q/SLEX 001-2026".into()),
        state,
        finding: outcome.map(finding),
        order: None,
        publicised_on: None,
        history: vec![entry],
    }
}

#[test]
fn what_credit_is_told() {
    let counts = Some(Period::new(3, Unit::Year, false));
    let Task::Record(fact) = task(&check(Some(CheckOutcome::Untrue), CheckState::Found), None, false, counts) else { panic!("a new fact") };
    let told = serde_json::to_value(&fact).unwrap();
    assert_eq!(told["detail"], json!({"standard": "Q/SLEX 001-2026", "result": "fail"}));
    assert_eq!(told["source"], json!({"authority": "标准化主管部门 914404001000000590", "document_no": "sha256:示例"}));
    assert_eq!(
        (&told["decided_on"], &told["valid_to"], &told["external_id"]),
        (&json!("2024-02-29"), &json!("2027-02-28"), &json!("dck_1"))
    );
    use CheckOutcome::{BelowMandatory, Conforms, NotDeclared};
    for (outcome, state, fact, in_doubt, expected) in [
        (Some(Conforms), CheckState::Found, None, false, Some("pass")),
        (Some(Conforms), CheckState::Found, None, true, Some("pass")),
        (Some(BelowMandatory), CheckState::Publicised, None, false, Some("fail")),
        // Later steps do not change what was found.
        (Some(BelowMandatory), CheckState::Corrected, Some("fct_1"), false, None),
        // A declaration that was not made says nothing of the goods.
        (Some(NotDeclared), CheckState::Found, None, false, None),
        (Some(NotDeclared), CheckState::Annulled, None, true, None),
        (None, CheckState::Drawn, None, false, None),
        // What was never sent need not be taken back; what credit may have is sent once more, so that its fact can be annulled.
        (Some(Conforms), CheckState::Annulled, None, false, None),
        (Some(Conforms), CheckState::Annulled, None, true, Some("pass")),
    ] {
        let sent = match task(&check(outcome, state), fact, in_doubt, counts) {
            Task::Record(fact) => Some(serde_json::to_value(&fact).unwrap()["detail"]["result"].as_str().unwrap().to_owned()),
            Task::Nothing => None,
            Task::Annul(..) => panic!("nothing was annulled"),
        };
        assert_eq!(sent.as_deref(), expected, "{outcome:?} {state:?}");
    }
    for in_doubt in [false, true] {
        let annulled = task(&check(Some(Conforms), CheckState::Annulled), Some("fct_1"), in_doubt, counts);
        assert_eq!(annulled, Task::Annul("fct_1".into(), "录入有误".into()));
    }
}

proptest! {
    #[test]
    fn pauses_grow_to_an_hour(attempts in 0_i32..60, chance in 0_u8..) {
        let pause = pause_ms(attempts, chance);
        prop_assert!((1_000..=4_500_000).contains(&pause));
        prop_assert!(pause_ms(attempts + 1, 0) >= pause_ms(attempts, 0));
    }
}
