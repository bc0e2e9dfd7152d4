//! The machine of an award: clocks of the law as cases, what each step lacks, and random walks. The holidays of 2024 are those of domain.md 0.1.

use model::{
    calendar::Calendar,
    instant::{Day, Instant, parse_day},
    money::{Currency, Money},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{Award, AwardEntry, By, Refusal, State, Step};
use crate::award_terms::rules::policy;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

fn entry(act: &str, on: Day) -> AwardEntry {
    let by = Uscc::parse("914404001000000590").unwrap();
    AwardEntry { act: act.into(), on, recorded_at: Instant::from_micros(0), by, reason: None }
}

fn walked(awarded_on: &str, steps: &[(Step, &str)]) -> Result<Award, Refusal> {
    let (policy, calendar) = (policy().unwrap(), Calendar::built_in());
    let by = By { policy: &policy, calendar: &calendar };
    let party = Uscc::parse("914404001000000590").unwrap();
    let draft = Award {
        id: "awd_1".into(),
        tender: "T-1".into(),
        tender_version: 1,
        lot: "1".into(),
        buyer: party.clone(),
        winner: party,
        price: yuan(100_000),
        decision: "dec_1".into(),
        evaluation: None,
        rank: None,
        ground: None,
        state: State::Awarded,
        awarded_on: day(awarded_on),
        notice: None,
        contract: None,
        history: Vec::new(),
        deadlines: Vec::new(),
    };
    let begun = draft.begun(entry("award", day(awarded_on)), by)?;
    steps.iter().try_fold(begun, |stands, (step, on)| stands.step(step, entry(step.act(), day(on)), by))
}

fn notice() -> Step {
    Step::Notice { medium: None }
}

fn contract() -> Step {
    Step::Contract { number: "示例-1".into(), amount: yuan(100_000), bond: Some(yuan(10_000)) }
}

fn supplement(minor: i64) -> Step {
    Step::Supplement { number: "示例-2".into(), amount: yuan(minor) }
}

/// Regulation 43 and 50, Law 46 and 47; one working day of notice by Order 87 Art 69.
#[test]
fn the_clocks_of_the_law() {
    let signed = walked("2024-09-12", &[(notice(), "2024-09-14"), (contract(), "2024-09-27")]).unwrap();
    let due: Vec<_> = signed.deadlines.iter().map(|one| (one.rule.as_str(), one.due_on.unwrap().to_string())).collect();
    let expected = [
        ("award_notice", "2024-09-14"),
        ("contract", "2024-10-14"),
        ("contract_publicity", "2024-09-30"),
        ("contract_filing", "2024-10-12"),
    ];
    assert_eq!(due, expected.map(|(rule, day)| (rule, day.to_owned())));
    assert_eq!(signed.notice.unwrap().until, Some(day("2024-09-18")));
}

#[test]
fn thirty_days_that_end_on_a_rest_day_end_on_the_next_working_day() {
    let noticed = walked("2024-09-02", &[(notice(), "2024-09-03")]).unwrap();
    assert_eq!(noticed.deadlines[1].due_on, Some(day("2024-10-08")), "3 October is in the National Day holiday");
}

#[test]
fn what_a_step_lacks_is_named() {
    let signed = vec![(notice(), "2024-09-14"), (contract(), "2024-09-27")];
    let and = |more: &[(Step, &'static str)]| [signed.clone(), more.to_vec()].concat();
    for (steps, refusal) in [
        (vec![(contract(), "2024-09-13")], Refusal::NotAllowed),
        (vec![(notice(), "2024-09-11")], Refusal::BeforeLastStep),
        (vec![(Step::GiveUp, "2024-09-13"), (notice(), "2024-09-14")], Refusal::NotAllowed),
        (and(&[(Step::GiveUp, "2024-09-28")]), Refusal::NotAllowed),
        (and(&[(Step::PublishContract, "2024-09-28"), (Step::PublishContract, "2024-09-29")]), Refusal::DoneAlready),
        (and(&[(Step::Void, "2024-09-28"), (Step::FileContract, "2024-09-29")]), Refusal::NotAllowed),
    ] {
        assert_eq!(walked("2024-09-12", &steps).unwrap_err(), refusal, "{steps:?}");
    }
    assert_eq!(walked("2014-09-12", &[]).unwrap_err(), Refusal::NoPolicy);
    let Err(Refusal::Faults(faults)) = walked("2024-09-12", &and(&[(supplement(6_000), "2024-09-28"), (supplement(4_001), "2024-09-29")]))
    else {
        panic!("ten percent and a cent more")
    };
    assert_eq!(faults[0].code, "supplement_too_large");
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(notice()),
        Just(contract()),
        Just(Step::PublishContract),
        Just(Step::FileContract),
        (1_i64..8_000).prop_map(supplement),
        Just(Step::GiveUp),
        Just(Step::Void),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is tried in whatever order: nothing is signed before it is noticed, and supplements stay within their tenth.
    #[test]
    fn random_walks_stay_lawful(steps in prop::collection::vec((any_step(), 0_u64..9), 0..16)) {
        let (policy, calendar) = (policy().unwrap(), Calendar::built_in());
        let by = By { policy: &policy, calendar: &calendar };
        let mut stands = walked("2024-03-04", &[]).unwrap();
        let mut on = day("2024-03-04");
        for (step, days) in steps {
            on = on.checked_add_days(chrono::Days::new(days)).unwrap();
            let listed = stands.state.allowed().contains(&step.act());
            match stands.clone().step(&step, entry(step.act(), on), by) {
                Ok(after) => {
                    prop_assert!(listed);
                    stands = after;
                }
                Err(refusal) => prop_assert_eq!(refusal == Refusal::NotAllowed, !listed),
            }
            prop_assert!(stands.contract.is_none() || stands.notice.is_some());
            prop_assert!(stands.history.is_sorted_by_key(|entry| entry.on));
            if let Some(contract) = &stands.contract {
                prop_assert!(contract.supplements.iter().map(|one| one.amount.minor()).sum::<i64>() <= 10_000);
                prop_assert!(contract.signed_on >= stands.notice.as_ref().unwrap().on);
            }
            prop_assert!(stands.state.stands() || stands.deadlines.iter().all(|deadline| deadline.done_on.is_some()));
        }
    }
}
