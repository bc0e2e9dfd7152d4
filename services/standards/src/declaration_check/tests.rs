//! Outcomes as a table of cases; steps as a walk that never leaves its rules.

use model::{
    instant::{Day, Instant, parse_day},
    period::{Period, Unit},
    uscc::Uscc,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{
    Check, CheckEntry, CheckOutcome, CheckRefusal, CheckState, CheckStep, Finding, Looker, Measurement, Sight, judged, sight,
};
use crate::{
    declaration::rules::Declaration,
    indicator::rules::{Amount, Indicator},
    shortfall::rules::{Bar, Bars},
};

fn own() -> Uscc {
    Uscc::parse("914404001000000590").unwrap()
}

fn max(property: &str, upper: &str) -> Value {
    json!({"property": property, "title": "示例", "direction": "max", "upper": upper, "unit": "mg", "kind": "performance"})
}

fn declaration(indicators: &[Value], disclosed: &[&str]) -> Declaration {
    let disclosures: Vec<Value> = disclosed.iter().map(|property| json!({"property": property, "text": "示例"})).collect();
    let whole = json!({
        "id": "dcl_1", "enterprise": own(), "product": {"name": "示例"}, "executed": [], "indicators": indicators, "own_methods": [],
        "commitments": [], "channel": "platform", "disclosures": disclosures, "shortfalls": [], "outcome": "accepted", "version": 1,
        "declared_on": "2026-01-01", "state": "declared",
    });
    serde_json::from_value(whole).unwrap()
}

fn bars(mandatory: &[(&str, &str)], recommended: &[(&str, &str)]) -> Bars {
    let bar = |standard: &str, (property, upper): &(&str, &str)| {
        let indicator: Indicator = serde_json::from_value(max(property, upper)).unwrap();
        Bar { standard: standard.to_owned(), clause: "4.1".to_owned(), indicator }
    };
    Bars {
        mandatory: mandatory.iter().map(|one| bar("GB 99001-2024", one)).collect(),
        recommended: recommended.iter().map(|one| bar("GB/T 99002-2024", one)).collect(),
        ..Bars::default()
    }
}

fn values(all: &[(&str, &str)]) -> Vec<Measurement> {
    let one = |(property, value): &(&str, &str)| Measurement {
        property: (*property).to_owned(),
        value: Amount::parse(value).unwrap(),
        unit: "mg".to_owned(),
        test_method: None,
    };
    all.iter().map(one).collect()
}

/// Law 21, 25, 27: worse than declared is untrue, worse than mandatory is below it, whatever was declared.
#[test]
fn what_measurements_say() {
    use CheckOutcome::{BelowMandatory, Conforms, Untrue};
    let wear = [max("wear", "5")];
    let mut odd = wear.clone();
    odd[0]["test_method"] = json!({"standard": "Q/SLEX 001-2026"});
    for (indicators, disclosed, mandatory, recommended, measured, expected) in [
        (&wear[..], &[][..], &[][..], &[][..], &[("wear", "5")][..], Ok(Conforms)),
        (&wear, &[], &[], &[], &[("wear", "5.1")], Ok(Untrue)),
        (&wear, &[], &[("wear", "7")], &[], &[("wear", "6")], Ok(Untrue)),
        (&wear, &[], &[("wear", "7")], &[], &[("wear", "8")], Ok(BelowMandatory)),
        (&wear, &[], &[("lead", "90")], &[], &[("wear", "4"), ("lead", "91")], Ok(BelowMandatory)),
        // Beside its own indicators stand the standards that it executes, but for what it discloses.
        (&wear, &[], &[], &[("noise", "60")], &[("noise", "61")], Ok(Untrue)),
        (&wear, &["noise"], &[], &[("noise", "60")], &[("wear", "5"), ("noise", "61")], Ok(Conforms)),
        (&wear, &["wear"], &[], &[("wear", "4")], &[("wear", "5")], Ok(Conforms)),
        // An own indicator by an odd method does not keep the executed standard away, but for what is disclosed.
        (&odd, &[], &[], &[("wear", "4")], &[("wear", "5")], Ok(Untrue)),
        (&odd, &[], &[], &[("wear", "4")], &[("wear", "3")], Ok(Conforms)),
        (&odd, &["wear"], &[], &[("wear", "4")], &[("wear", "5")], Err("nothing_comparable")),
        (&wear, &[], &[], &[("wear", "4")], &[("wear", "5")], Ok(Conforms)),
        (&wear, &[], &[], &[], &[("weight", "5")], Err("nothing_comparable")),
        (&wear, &[], &[], &[], &[], Err("nothing_comparable")),
    ] {
        let found = judged(&declaration(indicators, disclosed), &bars(mandatory, recommended), &values(measured));
        let found = found.map(|(outcome, broken, _)| {
            assert_eq!(broken.is_some(), outcome == BelowMandatory);
            outcome
        });
        assert_eq!(found.map_err(|fault| fault.code), expected, "{mandatory:?} {recommended:?} {measured:?}");
    }
}

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn entry(act: &str, on: Day) -> CheckEntry {
    CheckEntry { act: act.to_owned(), on, recorded_at: Instant::from_micros(0), by: own(), text: "示例".to_owned() }
}

fn drawn() -> Check {
    Check {
        id: "dck_1".to_owned(),
        plan: Some("dcp_1".to_owned()),
        declaration: Some(("dcl_1".to_owned(), 1)),
        enterprise: own(),
        product: "示例".to_owned(),
        standard: Some("Q/SLEX 001-2026".to_owned()),
        state: CheckState::Drawn,
        finding: None,
        order: None,
        publicised_on: None,
        history: vec![entry("draw", day("2026-01-01"))],
    }
}

fn finding(outcome: CheckOutcome) -> CheckStep {
    let finding = Finding { outcome, found_on: day("2026-01-02"), authority: own(), assessor: None, report: None, compared: Vec::new() };
    CheckStep::Find(finding, None)
}

fn correction() -> Option<Period> {
    Some(Period::new(30, Unit::Day, false))
}

fn walked(steps: &[(CheckStep, &str)]) -> Result<Check, CheckRefusal> {
    steps.iter().try_fold(drawn(), |check, (step, on)| check.step(step.clone(), entry(step.act(), day(on)), correction()))
}

/// Law 38: an order to correct in time, then publicity; and nothing after an outcome that is good.
#[test]
fn from_the_draw_to_publicity() {
    let order = || CheckStep::Order("示例〔2026〕1号".to_owned());
    let untrue = || finding(CheckOutcome::Untrue);
    for (steps, expected) in [
        (vec![(untrue(), "2026-01-02"), (order(), "2026-01-03"), (CheckStep::Correct, "2026-01-20")], Ok(CheckState::Corrected)),
        (vec![(untrue(), "2026-01-02"), (order(), "2026-01-03"), (CheckStep::Publicise, "2026-02-03")], Ok(CheckState::Publicised)),
        (
            vec![(untrue(), "2026-01-02"), (order(), "2026-01-03"), (CheckStep::Publicise, "2026-02-02")],
            Err(CheckRefusal::CorrectionRuns(Some(day("2026-02-02")))),
        ),
        (
            vec![
                (untrue(), "2026-01-02"),
                (order(), "2026-01-03"),
                (CheckStep::Publicise, "2026-02-03"),
                (CheckStep::Correct, "2026-02-04"),
            ],
            Ok(CheckState::Corrected),
        ),
        (vec![(untrue(), "2026-01-02"), (CheckStep::Publicise, "2026-02-03")], Err(CheckRefusal::NotAllowed)),
        (vec![(order(), "2026-01-02")], Err(CheckRefusal::NotAllowed)),
        (vec![(finding(CheckOutcome::Conforms), "2026-01-02"), (order(), "2026-01-03")], Err(CheckRefusal::NotAllowed)),
        (vec![(untrue(), "2026-01-02"), (CheckStep::Annul, "2026-01-03")], Ok(CheckState::Annulled)),
        (vec![(untrue(), "2026-01-02"), (order(), "2026-01-01")], Err(CheckRefusal::BeforeLastStep)),
    ] {
        assert_eq!(walked(&steps).map(|check| check.state), expected, "{steps:?}");
    }
}

/// Who was drawn is told to nobody before something was found; what was found is told to strangers only when it is publicised.
#[test]
fn who_sees_what_of_a_check() {
    use CheckState::{Annulled, Corrected, Drawn, Found, Ordered, Publicised};
    for (state, itself, stranger) in [
        (Drawn, Sight::Nothing, Sight::Nothing),
        (Found, Sight::Whole, Sight::State),
        (Ordered, Sight::Whole, Sight::State),
        (Publicised, Sight::Whole, Sight::Outcome),
        (Corrected, Sight::Whole, Sight::State),
        (Annulled, Sight::Whole, Sight::State),
    ] {
        assert_eq!(sight(Looker::Official, state), Sight::Whole, "{state:?}");
        assert_eq!((sight(Looker::Itself, state), sight(Looker::Stranger, state)), (itself, stranger), "{state:?}");
    }
}

proptest! {
    /// Whatever is tried in whatever order: a check is publicised only after its time for correction, and an annulled one never moves.
    #[test]
    fn no_walk_leaves_the_rules(tries in prop::collection::vec((0_usize..5, 0_u64..40), 1..30)) {
        let (mut check, mut on) = (drawn(), day("2026-01-01"));
        for (step, days) in tries {
            let steps = [finding(CheckOutcome::Untrue), CheckStep::Order("示例".to_owned()), CheckStep::Correct, CheckStep::Publicise, CheckStep::Annul];
            let step = steps[step].clone();
            on = on.checked_add_days(chrono::Days::new(days)).unwrap();
            let is_allowed = check.allowed().contains(&step.act());
            match check.clone().step(step.clone(), entry(step.act(), on), correction()) {
                Ok(moved) => {
                    prop_assert!(is_allowed && check.state != CheckState::Annulled);
                    prop_assert_eq!(moved.history.len(), check.history.len() + 1);
                    if moved.state == CheckState::Publicised {
                        prop_assert!(moved.order.as_ref().unwrap().due_on.unwrap() < on);
                    }
                    check = moved;
                }
                Err(CheckRefusal::CorrectionRuns(due)) => prop_assert!(on <= due.unwrap()),
                Err(refusal) => prop_assert!(!is_allowed, "{refusal:?}"),
            }
        }
    }
}
