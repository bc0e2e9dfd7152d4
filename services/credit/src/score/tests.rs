//! The score of a day, explained: the worked example of api.md, vetoes, twelve months of data, and what holds for any facts.

use contracts::credit::{CheckResult, Degree, Detail, EnterpriseStatus, Fact, Grade, Listing, RecallMode, RecallState, Titled};
use proptest::prelude::*;

use super::{Score, rules::*};
use crate::evaluation::tests::{any_facts, built_in, day, established, fact, penalty, permit, recall, spot_check};

fn scored(facts: &[Fact], on: &str) -> Score {
    score(&built_in(), established("1999-02-11"), facts, day(on))
}

fn vetoes(score: &Score) -> Vec<&str> {
    score.vetoes.iter().map(|veto| veto.code.as_str()).collect()
}

/// A file so good that only vetoes lower the grade.
fn excellent() -> Vec<Fact> {
    (0..3).map(|n| fact(n, spot_check(CheckResult::Pass), "2026-01-10")).collect()
}

#[test]
fn the_worked_example_of_the_contract() {
    let failed = Fact { degree: Some(Degree::General), ..fact(1, spot_check(CheckResult::Fail), "2026-05-11") };
    let answer = scored(std::slice::from_ref(&failed), "2026-06-01");
    assert_eq!((answer.score, answer.grade), (Some(742), Grade::A));
    assert!(answer.vetoes.is_empty());
    let quality = answer.families.iter().find(|family| family.code == "product_quality").unwrap();
    assert_eq!((quality.points, quality.max_points), (179, 250));
    let failures = quality.indicators.iter().find(|indicator| indicator.code == "spot_check_failures").unwrap();
    assert_eq!((failures.points, failures.max_points, failures.points_lost), (25, 50, 25));
    assert_eq!(failures.fact_ids, std::slice::from_ref(&failed.id));
    let reason = answer.reasons.iter().find(|reason| reason.code == "spot_check_failures").unwrap();
    assert_eq!((reason.points_lost, reason.text.zh.as_str(), &reason.fact_ids), (25, "监督抽查不合格。", &vec![failed.id]));
    let lost: Vec<u16> = answer.reasons.iter().map(|reason| reason.points_lost).collect();
    assert!(lost.is_sorted_by(|a, b| a >= b), "{lost:?}");
    assert_eq!(lost.iter().sum::<u16>(), 1000 - 742);
    // One check is no pass rate: the loss is told as missing data, without a fact.
    let rate = answer.reasons.iter().find(|reason| reason.code == "spot_check_pass_rate").unwrap();
    assert_eq!((rate.points_lost, rate.fact_ids.len()), (40, 0));
    assert!(rate.text.en.starts_with("Fewer than three"));
}

#[test]
fn reasons_of_equal_loss_stand_by_code() {
    let answer = scored(&[], "2026-06-01");
    let keys: Vec<_> = answer.reasons.iter().map(|reason| (std::cmp::Reverse(reason.points_lost), reason.code.clone())).collect();
    assert!(keys.is_sorted());
    assert!(answer.reasons.iter().all(|reason| reason.fact_ids.is_empty()));
}

#[test]
fn a_share_names_only_the_bad_outcomes_as_reason() {
    let checks = [fact(1, spot_check(CheckResult::Pass), "2026-01-10"), fact(2, spot_check(CheckResult::Fail), "2026-01-11")];
    let all: Vec<Fact> = checks.into_iter().chain([fact(3, spot_check(CheckResult::Pass), "2026-01-12")]).collect();
    let answer = scored(&all, "2026-02-01");
    let quality = answer.families.iter().find(|family| family.code == "product_quality").unwrap();
    assert_eq!(quality.indicators[0].fact_ids.len(), 3);
    let rate = answer.reasons.iter().find(|reason| reason.code == "spot_check_pass_rate").unwrap();
    assert_eq!(rate.fact_ids, [all[1].id.clone()]);
}

#[test]
fn the_vetoes_of_domain_3_3() {
    let listing = || Detail::SeriousViolationListing(Listing::default());
    let failed = |n, on| fact(n, spot_check(CheckResult::Fail), on);
    let until = |fact: Fact, to: &str| Fact { valid_to: Some(day(to)), ..fact };
    let ordered = |state| recall(RecallMode::Ordered, state);
    for (facts, on, codes, best, citation) in [
        (vec![fact(10, listing(), "2026-02-01")], "2026-02-01", vec!["serious_violation_list"], Grade::D, "serious list: D"),
        (vec![fact(10, listing(), "2026-02-01")], "2026-01-31", vec![], Grade::Aaa, "not listed yet"),
        (vec![until(fact(10, listing(), "2023-02-01"), "2026-01-31")], "2026-02-01", vec![], Grade::Aaa, "3.4: off after 3 years"),
        (
            vec![until(fact(10, Detail::Licence(permit()), "2020-01-01"), "2026-01-31")],
            "2026-02-01",
            vec!["licence_missing"],
            Grade::C,
            "licence missing",
        ),
        (vec![until(fact(10, Detail::Licence(permit()), "2020-01-01"), "2026-01-31")], "2026-01-31", vec![], Grade::Aaa, "its last day"),
        (
            vec![until(fact(10, Detail::Licence(permit()), "2020-01-01"), "2026-01-31"), fact(11, Detail::Licence(permit()), "2026-01-20")],
            "2026-02-01",
            vec![],
            Grade::Aaa,
            "another licence holds",
        ),
        (vec![], "2026-02-01", vec![], Grade::Aaa, "no licence ever on record is unknown, no veto"),
        (
            vec![fact(10, ordered(RecallState::Open), "2026-01-20")],
            "2026-02-01",
            vec!["ordered_recall_open"],
            Grade::B,
            "ordered recall open",
        ),
        (vec![fact(10, ordered(RecallState::Completed), "2026-01-20")], "2026-02-01", vec![], Grade::Aaa, "ordered recall done"),
        (vec![fact(10, recall(RecallMode::Voluntary, RecallState::Open), "2026-01-20")], "2026-02-01", vec![], Grade::Aaa, "voluntary"),
        (
            vec![failed(10, "2024-02-01"), failed(11, "2026-01-20")],
            "2026-02-01",
            vec!["two_spot_check_failures"],
            Grade::B,
            "two failures in two years, the last day of the two years (Civil Code 202)",
        ),
        (vec![failed(10, "2024-02-01"), failed(11, "2026-01-20")], "2026-02-02", vec![], Grade::Aaa, "the day after"),
        (vec![failed(10, "2026-01-20")], "2026-02-02", vec![], Grade::Aaa, "one failure"),
    ] {
        let answer = scored(&excellent().into_iter().chain(facts).collect::<Vec<_>>(), on);
        assert_eq!(vetoes(&answer), codes, "{citation}");
        if codes.is_empty() {
            assert!(answer.grade.rank() >= Grade::A.rank(), "{citation}: {:?}", answer.grade);
        } else {
            assert_eq!(answer.grade, best, "{citation}");
            assert!(answer.vetoes.iter().all(|veto| veto.cap == best && !veto.fact_ids.is_empty()), "{citation}");
        }
        if codes == ["serious_violation_list"] {
            assert!(answer.score.unwrap() >= 500, "the score itself is not changed by a veto");
        }
    }
}

#[test]
fn an_ended_registration_is_a_missing_licence() {
    for (status, grade) in [
        (EnterpriseStatus::Active, Grade::A),
        (EnterpriseStatus::Suspended, Grade::A),
        (EnterpriseStatus::Revoked, Grade::C),
        (EnterpriseStatus::Deregistered, Grade::C),
    ] {
        let enterprise = EnterpriseView { status, ..established("1999-02-11") };
        assert_eq!(score(&built_in(), enterprise, &[], day("2026-01-01")).grade, grade, "{status:?}");
    }
}

#[test]
fn a_score_needs_twelve_months_of_data() {
    let first = |on| vec![fact(1, Detail::Award(Titled { title: "示例奖".to_owned() }), on)];
    for (established_on, facts, last_unrated, citation) in [
        ("2025-06-01", vec![], "2026-06-01", "Civil Code 202: ends at 24:00 of the same-numbered day"),
        ("2024-02-29", vec![], "2025-02-28", "Civil Code 202: no 29 February in 2025"),
        ("2025-06-01", first("2025-01-10"), "2026-01-10", "a fact before the establishment, of the predecessor"),
        ("2025-06-01", first("2026-01-10"), "2026-06-01", "the register is silent from the establishment on"),
        ("2025-06-01", vec![Fact { self_declared: true, ..first("2025-01-10").remove(0) }], "2026-06-01", "its own word is no data"),
    ] {
        let on = |day| score(&built_in(), established(established_on), &facts, day);
        let unrated = on(day(last_unrated));
        assert_eq!((unrated.score, unrated.grade, unrated.families.len()), (None, Grade::Unrated, 5), "{citation}");
        let rated = on(day(last_unrated).succ_opt().unwrap());
        assert!(rated.score.is_some() && rated.grade != Grade::Unrated, "{citation}");
    }
}

#[test]
fn a_veto_is_told_even_while_unrated() {
    let listed = [fact(1, Detail::SeriousViolationListing(Listing::default()), "2026-01-10")];
    let answer = score(&built_in(), established("2025-12-01"), &listed, day("2026-02-01"));
    assert_eq!((answer.grade, vetoes(&answer)), (Grade::Unrated, vec!["serious_violation_list"]));
}

#[test]
fn grades_begin_at_their_lowest_score() {
    // Domain.md 3.3: AAA >= 900, AA >= 800, A >= 700, B >= 600, C >= 500.
    let model = built_in();
    let levels: Vec<_> = model.levels.iter().map(|level| (level.grade, level.at_least)).collect();
    assert_eq!(levels, [(Grade::Aaa, 900), (Grade::Aa, 800), (Grade::A, 700), (Grade::B, 600), (Grade::C, 500), (Grade::D, 0)]);
    // 767 without any fact; each general penalty takes 60, so 707 is A and 647 is B.
    for (count, total, grade) in [(0, 767, Grade::A), (1, 707, Grade::A), (2, 647, Grade::B), (3, 587, Grade::C)] {
        let facts: Vec<Fact> = (0..count).map(|n| fact(n, penalty(), "2026-01-10")).collect();
        let answer = scored(&facts, "2026-01-10");
        assert_eq!((answer.score, answer.grade), (Some(total), grade));
    }
}

#[test]
fn a_score_exactly_on_a_level_has_its_grade() {
    let mut model = built_in();
    for (at_least, grade) in [(767, Grade::A), (768, Grade::B)] {
        model.levels[2].at_least = at_least;
        assert_eq!(score(&model, established("1999-02-11"), &[], day("2026-01-01")).grade, grade);
    }
}

/// Domain.md 0.2: no data is neither 0 % nor 100 %; what it gives stands in the model, as points of each indicator and as a reason.
#[test]
fn what_a_new_enterprise_gets_for_missing_data_stands_in_the_model() {
    let answer = scored(&[], "2026-06-01");
    let all: Vec<_> = answer.families.iter().flat_map(|family| &family.indicators).collect();
    let missing: Vec<_> = all.iter().filter(|i| i.missing).map(|i| (i.code.as_str(), i.points, i.max_points)).collect();
    let expected = [
        ("licences", 20, 30),
        ("certificates", 14, 20),
        ("annual_reports", 15, 20),
        ("spot_check_pass_rate", 70, 110),
        ("inspections", 14, 20),
        ("standard_conformity", 52, 80),
        ("commitments", 20, 40),
        ("honours", 15, 30),
        ("complaints_on_time", 65, 90),
        ("traceability", 10, 40),
        ("insurance", 6, 30),
        ("deposit", 6, 30),
    ];
    assert_eq!(missing, expected);
    // The registers of adverse facts are complete: their silence is no missing data and full points.
    assert!(all.iter().filter(|i| !i.missing).all(|i| i.points == i.max_points && i.points_lost == 0));
    assert_eq!(answer.score, Some(767));
    let model = built_in();
    assert!(model.indicators().filter(|i| i.calc.missing().is_some()).all(|i| i.missing_reason.is_some()), "each says why in words");
    assert!(model.notes.iter().any(|note| note.contains("missing data and has its own stated points")), "and the model says so itself");
}

/// Domain.md 3.3 with Civil Code 201 and 202: from which day twelve months count stands in the model with its source.
#[test]
fn from_which_day_twelve_months_count_stands_in_the_model() {
    let data = built_in().min_data;
    assert_eq!((data.months, data.starts), (12, crate::scoring_model::rules::DataStart::FirstFactOrEstablished));
    assert!(data.source.contains("the earlier of the day of establishment and the first fact with weight"), "{}", data.source);
    let on = |date: &str| score(&built_in(), established("2025-06-01"), &[], day(date)).score;
    assert_eq!((on("2026-06-01"), on("2026-06-02")), (None, Some(767)), "the first day is not counted, the last one must be over");
    // Another model may count from the first fact alone: then silence is no data, and the score never comes.
    let mut other = built_in();
    other.min_data.starts = crate::scoring_model::rules::DataStart::FirstFact;
    assert_eq!(score(&other, established("2000-01-01"), &[], day("2026-06-02")).score, None);
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let facts = excellent();
    let bytes = |facts: &[Fact]| serde_json::to_string(&scored(facts, "2026-06-01")).unwrap();
    assert_eq!(bytes(&facts), bytes(&facts.iter().rev().cloned().collect::<Vec<_>>()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_score_is_whole_and_in_bounds(facts in any_facts(15), after in 0_u64..4000, turn in 0_usize..15) {
        let on = day("2018-01-01").checked_add_days(chrono::Days::new(after)).unwrap();
        let model = built_in();
        let answer = score(&model, established("2019-05-31"), &facts, on);
        let mut total = 0;
        for family in &answer.families {
            prop_assert_eq!(family.points, family.indicators.iter().map(|i| i.points).sum::<u16>());
            prop_assert!(family.points <= family.max_points);
            prop_assert!(family.indicators.iter().all(|i| i.points + i.points_lost == i.max_points && i.fact_ids.is_sorted()));
            total += family.points;
        }
        prop_assert!(total <= 1000);
        prop_assert!(answer.score.is_none_or(|score| score == total));
        prop_assert_eq!(answer.score.is_none(), answer.grade == Grade::Unrated);
        prop_assert_eq!(answer.reasons.iter().map(|reason| reason.points_lost).sum::<u16>(), 1000 - total);
        // The order of the facts does not matter.
        let mut turned = facts.clone();
        turned.rotate_left(turn.min(facts.len()));
        turned.reverse();
        prop_assert_eq!(&score(&model, established("2019-05-31"), &turned, on), &answer);
        // What the enterprise says of itself has no weight.
        let own: Vec<Fact> = facts.iter().map(|f| Fact { self_declared: true, ..f.clone() }).collect();
        prop_assert_eq!(score(&model, established("2019-05-31"), &own, on), score(&model, established("2019-05-31"), &[], on));
    }

    /// The same facts, in any order and asked again, give the same bytes: explained score and told timeline.
    #[test]
    fn the_same_inputs_give_the_same_bytes(facts in any_facts(12), after in 0_u64..4000, order in any::<u64>()) {
        let on = day("2018-01-01").checked_add_days(chrono::Days::new(after)).unwrap();
        let windows = [crate::model_book::rules::Window { from: model::instant::Day::MIN, model: std::sync::Arc::new(built_in()) }];
        let bytes = |facts: &[Fact]| {
            let view = established("2019-05-31");
            let line = crate::timeline::rules::timeline(&windows, &crate::evaluation::tests::uscc(), view, facts);
            (serde_json::to_vec(&score(&built_in(), view, facts, on)).unwrap(), serde_json::to_vec(&line).unwrap())
        };
        let mut shuffled = facts.clone();
        shuffled.sort_by_key(|fact| fact.id.bytes().fold(order, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
        prop_assert_eq!(bytes(&shuffled), bytes(&facts));
        prop_assert_eq!(bytes(&facts), bytes(&facts));
    }

    /// A penalty whose publicity ended leaves no trace, and neither does one that is not decided yet.
    #[test]
    fn an_ended_penalty_leaves_no_trace(facts in any_facts(6), days in 0_u64..800) {
        let ended = Fact { valid_to: Some(day("2024-06-30")), ..fact(90, penalty(), "2023-07-01") };
        let with: Vec<Fact> = facts.iter().cloned().chain([ended.clone()]).collect();
        let on = |from: &str| day(from).checked_add_days(chrono::Days::new(days)).unwrap();
        let both = |day| {
            let of = |facts: &[Fact]| score(&built_in(), established("2010-01-01"), facts, day);
            (of(&with), of(&facts))
        };
        let (after, without) = both(on("2024-07-01"));
        prop_assert_eq!(after, without);
        let (during, _) = both(day("2024-06-30"));
        prop_assert!(during.reasons.iter().any(|reason| reason.fact_ids.contains(&ended.id)));
    }
}
