//! The changes, what is open to whom, and the smallest ways to a grade: tables of cases, and that each way holds what it says.

use std::sync::Arc;

use contracts::credit::{Complaint, Degree, Detail, EnterpriseStatus, Fact, Grade, Listing, Mark, Penalty, RecallMode, RecallState};
use model::instant::Day;
use proptest::prelude::*;

use super::rules::*;
use crate::eligibility::rules::{Regime, policy as repairs};
use crate::evaluation::rules::EnterpriseView;
use crate::evaluation::tests::{any_facts, built_in, day, established, fact, penalty, recall, uscc};
use crate::model_book::rules::Window;
use crate::score::rules::score;

fn policy() -> Catalogue {
    catalogue().unwrap().at(day("2026-06-01")).unwrap().value.clone()
}

fn regime() -> Regime {
    repairs().unwrap().at(day("2026-06-01")).unwrap().value.clone()
}

fn always() -> Vec<Window> {
    vec![Window { from: Day::MIN, model: Arc::new(built_in()) }]
}

fn ways_of(facts: &[Fact], target: Grade, by: Option<&str>) -> Vec<(Vec<String>, String)> {
    let (windows, code) = (always(), uscc());
    let case =
        Case { windows: &windows, uscc: &code, view: established("2010-01-01"), facts, today: day("2026-06-01"), repairs: Some(&regime()) };
    let (found, _) = ways(&case, &policy(), target, by.map(day));
    found.into_iter().map(|way| (way.changes.into_iter().map(|one| one.code).collect(), way.on.to_string())).collect()
}

#[test]
fn the_policy_names_what_the_model_has_and_says_it_in_both_languages() {
    let (model, policy) = (built_in(), policy());
    for action in &policy.actions {
        assert!(!action.indicators.is_empty() || !action.vetoes.is_empty(), "{}", action.code);
        assert!(action.indicators.iter().all(|code| model.indicators().any(|i| i.code == *code)), "{}", action.code);
        assert!(action.vetoes.iter().all(|code| model.vetoes.iter().any(|veto| veto.code == *code)), "{}", action.code);
        assert!(!action.text.zh.is_empty() && !action.text.en.is_empty() && !action.basis.is_empty(), "{}", action.code);
    }
    let rows = catalogue().unwrap();
    assert!(rows.rows().iter().all(|row| row.evidence == model::policy::Evidence::D));
    assert!(policy.most_candidates <= 20 && policy.most_changes == 3);
}

#[test]
fn the_ways_to_a_grade() {
    let serious = fact(1, Detail::SeriousViolationListing(Listing::default()), "2025-01-10");
    let ordered = fact(2, recall(RecallMode::Ordered, RecallState::Open), "2026-05-01");
    let way = |codes: &[&str], on: &str| (codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>(), on.to_owned());
    // 767 without facts: it is an A already.
    assert_eq!(ways_of(&[], Grade::A, None), [way(&[], "2026-06-01")]);
    // 33 more points make an AA; insurance and deposit give 24 each, traceability at best 30. No single action is enough, no time helps.
    let found = ways_of(&[], Grade::Aa, None);
    assert_eq!(found.first(), Some(&way(&["take_insurance", "pay_deposit"], "2026-06-04")), "the soonest first: {found:?}");
    assert!(found.iter().all(|(codes, _)| codes.len() == 2), "all smallest sets and no larger one: {found:?}");
    assert!(found.contains(&way(&["reach_traceability_3", "take_insurance"], "2026-07-31")));
    // Only in time: the day of traceability is too late.
    let soon = ways_of(&[], Grade::Aa, Some("2026-06-10"));
    assert_eq!(soon, [way(&["take_insurance", "pay_deposit"], "2026-06-04")]);
    assert_eq!(ways_of(&[], Grade::Aaa, None), [], "three actions do not make 133 points");
    // The serious list caps at D whatever else; it can be left one year after (Order 44), with seven days for the decision.
    assert_eq!(ways_of(&[serious], Grade::A, None), [way(&["leave_serious_list"], "2026-06-08")]);
    // An ordered recall caps at B until it is completed; 50 points decay meanwhile, so A needs more than that.
    let found = ways_of(&[ordered], Grade::A, None);
    assert!(found.iter().all(|(codes, _)| codes.is_empty() || codes.contains(&"complete_recall".to_owned())), "{found:?}");
}

#[test]
fn waiting_is_a_way_where_time_alone_is_enough() {
    let penalties: Vec<Fact> = (0..2)
        .map(|n| Fact { degree: Some(Degree::General), valid_to: Some(day("2026-09-30")), ..fact(n, penalty(), "2026-05-11") })
        .collect();
    let found = ways_of(&penalties, Grade::A, None);
    // 647: the penalties decay by the month, and end with September.
    let (codes, on) = &found[0];
    assert!(codes.is_empty() && on.as_str() <= "2026-10-01", "{found:?}");
    assert!(
        found.iter().skip(1).all(|(codes, sooner)| codes.len() == found[1].0.len() && sooner < on),
        "each other way is sooner: {found:?}"
    );
}

/// The first day on which a repair of a penalty among these facts is offered.
fn repairable_from(facts: &[Fact]) -> Option<Day> {
    let (windows, code, today) = (always(), uscc(), day("2026-06-01"));
    let case = Case { windows: &windows, uscc: &code, view: established("2010-01-01"), facts, today, repairs: Some(&regime()) };
    candidates(&case, &policy()).into_iter().find(|one| one.code == "repair_penalty").map(|one| one.earliest)
}

#[test]
fn a_repair_is_open_after_the_shortest_publicity() {
    let window = |least: Option<&str>| contracts::credit::PublicityWindow {
        portal: contracts::credit::Portal::Samr,
        rule: "general".to_owned(),
        rule_from: day("2025-12-25"),
        published: true,
        from: Some(day("2026-05-11")),
        least_until: least.map(day),
        until: Some(day("2027-05-11")),
        stays_uncorrected: false,
    };
    let of = |publicity| Fact { publicity, degree: Some(Degree::General), ..fact(1, penalty(), "2026-05-11") };
    for (publicity, expected, why) in [
        (vec![], Some("2026-08-22"), "three months where no window is counted (domain-updates A2), and ten days for the decision"),
        (vec![window(Some("2026-08-11"))], Some("2026-08-22"), "the day after the shortest publicity, and ten days"),
        (vec![window(Some("2026-08-11")), window(Some("2026-11-11"))], Some("2026-11-22"), "at every place (A1)"),
        (vec![window(None)], None, "it can only be waited for"),
        (vec![window(Some("2026-05-20"))], Some("2026-06-11"), "it is open already"),
    ] {
        let facts = [of(publicity)];
        assert_eq!(repairable_from(&facts), expected.map(day), "{why}");
    }
}

#[test]
fn a_repair_waits_for_what_else_the_regime_asks() {
    let of = |code: u32, detail: Detail, until: Option<&str>| Fact { valid_to: until.map(day), ..fact(code, detail, "2026-05-11") };
    let mine = |detail: Detail| Fact { degree: Some(Degree::General), ..of(1, detail, None) };
    let banned = |until: &str| {
        let Detail::Penalty(penalty) = penalty() else { panic!("a penalty") };
        mine(Detail::Penalty(Penalty { ban_until: Some(day(until)), ..penalty }))
    };
    let ban = |until: Option<&str>| of(2, Detail::ProcurementBan(Default::default()), until);
    for (facts, expected, why) in [
        (vec![mine(penalty())], Some("2026-08-22"), "three months and ten days"),
        (vec![mine(penalty()), ban(Some("2026-07-01"))], Some("2026-08-22"), "a ban that ends before does not matter"),
        (
            vec![mine(penalty()), ban(Some("2027-05-10"))],
            Some("2027-05-21"),
            "while a ban runs nothing is repaired (no_ban_running, policy/repair.json)",
        ),
        (vec![banned("2027-05-10")], Some("2027-05-21"), "also the ban of the penalty itself"),
        (vec![mine(penalty()), ban(None)], None, "a ban without an end"),
    ] {
        assert_eq!(repairable_from(&facts), expected.map(day), "{why}");
    }
}

#[test]
fn changes_change_what_they_say_and_nothing_else() {
    let facts = [
        fact(1, Detail::Complaint(Complaint { subject: None, resolved_on: None, on_time: None }), "2026-05-01"),
        fact(2, recall(RecallMode::Ordered, RecallState::Open), "2026-05-02"),
        Fact { valid_to: Some(day("2026-06-30")), ..fact(3, penalty(), "2026-05-03") },
    ];
    let id = |place: usize| facts[place].id.clone();
    let all = [
        Change::Settle(id(0), day("2026-06-02"), true),
        Change::Complete(id(1), day("2026-06-03")),
        Change::End(id(2), day("2026-12-31")),
        Change::Repair(id(2), day("2026-06-04")),
    ];
    let after = changed(&facts, &all);
    assert_eq!(after.len(), 4);
    let settled = Complaint { subject: None, resolved_on: Some(day("2026-06-02")), on_time: Some(true) };
    assert_eq!(after[0].detail, Detail::Complaint(settled));
    assert_eq!((after[1].valid_to, after[3].valid_from), (Some(day("2026-06-02")), day("2026-06-03")));
    assert_eq!(after[3].detail, recall(RecallMode::Ordered, RecallState::Completed));
    assert_eq!(after[2].valid_to, Some(day("2026-06-30")), "an end is never moved out");
    assert_eq!(after[2].marks.iter().map(|mark: &Mark| mark.from).collect::<Vec<_>>(), [day("2026-06-04")]);
    assert_eq!(changed(&facts, &[]), facts);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Each way holds what it says: with its changes the grade is reached on its day and not before; no part of it would do.
    #[test]
    fn each_way_reaches_the_grade_and_none_is_larger_than_needed(facts in any_facts(5), revoked in prop::bool::weighted(0.1)) {
        let (windows, code, today) = (always(), uscc(), day("2026-06-01"));
        let status = if revoked { EnterpriseStatus::Revoked } else { EnterpriseStatus::Active };
        let view = EnterpriseView { status, ..established("2010-01-01") };
        let case = Case { windows: &windows, uscc: &code, view, facts: &facts, today, repairs: Some(&regime()) };
        let policy = Catalogue { most_changes: 2, ..policy() };
        let (found, _) = ways(&case, &policy, Grade::A, None);
        prop_assert_eq!(&ways(&case, &policy, Grade::A, None).0, &found, "the same question has the same answer");
        for way in &found {
            let with: Vec<&Candidate> = way.changes.iter().collect();
            prop_assert_eq!(case.reached(&with, Grade::A), Some(way.on));
            let then = changed(&facts, way.changes.iter().map(|one| &one.change));
            prop_assert!(score(&built_in(), view, &then, way.on).grade.rank() >= Grade::A.rank());
            for left_out in 0..with.len() {
                let mut fewer = with.clone();
                fewer.remove(left_out);
                let waiting = case.reached(&[], Grade::A);
                let reached = case.reached(&fewer, Grade::A).filter(|on| waiting.is_none_or(|waiting| *on < waiting));
                prop_assert!(fewer.is_empty() || reached.is_none(), "a smaller set would do");
            }
        }
    }
}
