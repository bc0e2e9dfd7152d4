//! What is sent to credit as a table, and the pauses between tries.

use model::{
    instant::{Instant, parse_day},
    period::{Period, Unit},
    uscc::Uscc,
};
use proptest::prelude::*;
use serde_json::json;

use super::rules::{Known, Lasts, Task, pause_ms, task};
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
    let lasts = Lasts { counts: Some(Period::new(3, Unit::Year, false)), until: None };
    let three_years = parse_day("2027-02-28").ok();
    let Task::Record(fact) = task(&check(Some(CheckOutcome::Untrue), CheckState::Found), Known::default(), lasts) else {
        panic!("a new fact")
    };
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
        let sent = match task(&check(outcome, state), Known { fact, in_doubt, valid_to: three_years }, lasts) {
            Task::Record(fact) => Some(serde_json::to_value(&fact).unwrap()["detail"]["result"].as_str().unwrap().to_owned()),
            Task::Nothing => None,
            Task::Annul(..) | Task::Supersede(..) => panic!("nothing was annulled or is another"),
        };
        assert_eq!(sent.as_deref(), expected, "{outcome:?} {state:?}");
    }
    for in_doubt in [false, true] {
        let annulled = task(&check(Some(Conforms), CheckState::Annulled), Known { fact: Some("fct_1"), in_doubt, valid_to: None }, lasts);
        assert_eq!(annulled, Task::Annul("fct_1".into(), "录入有误".into()));
    }
}

/// Issue 6, point 9: a claim to conform to an edition lapses with the grace of that edition; that goods failed does not.
#[test]
fn a_claim_lapses_with_the_grace_of_its_edition() {
    let counts = Some(Period::new(3, Unit::Year, false));
    let told = |outcome, known: Option<&str>, until: Option<&str>| {
        let known = Known { fact: Some("fct_1"), in_doubt: false, valid_to: known.map(|day| parse_day(day).unwrap()) };
        match task(&check(Some(outcome), CheckState::Found), known, Lasts { counts, until: until.map(|day| parse_day(day).unwrap()) }) {
            Task::Supersede(fact, new) => Some((fact, new.valid_to().unwrap().to_string())),
            Task::Nothing => None,
            _ => panic!("it is known"),
        }
    };
    let (pass, fail) = (CheckOutcome::Conforms, CheckOutcome::Untrue);
    let another = |day: &str| Some(("fct_1".to_owned(), day.to_owned()));
    for (outcome, known, until, expected) in [
        (pass, Some("2027-02-28"), None, None),
        (pass, Some("2027-02-28"), Some("2025-06-30"), another("2025-06-30")),
        (pass, Some("2025-06-30"), Some("2025-06-30"), None),
        // The grace ends after the three years of the policy.
        (pass, Some("2027-02-28"), Some("2030-01-01"), None),
        // It was a mistake, and the edition holds again.
        (pass, Some("2025-06-30"), None, another("2027-02-28")),
        // It was over before it was found.
        (pass, Some("2027-02-28"), Some("2020-01-01"), another("2024-02-29")),
        (fail, Some("2027-02-28"), Some("2025-06-30"), None),
    ] {
        assert_eq!(told(outcome, known, until), expected, "{outcome:?} {known:?} {until:?}");
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
