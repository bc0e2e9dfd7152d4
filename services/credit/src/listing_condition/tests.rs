//! Conditions of entry and removal: tables of cases with citations.

use contracts::credit::{
    AnnualReport, Degree, Detail, EnterpriseStatus, Fact, FactSource, Grade, ListKind, Listing, Penalty, PenaltyType, ProcurementBan,
    SpotCheck,
};
use model::{
    calendar::Calendar,
    instant::{Day, Instant, parse_day},
    uscc::Uscc,
};

use super::rules::*;
use crate::listing_policy::rules::{Regime, lists};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn fact(id: &str, detail: Detail, from: &str, to: Option<&str>) -> Fact {
    let uscc = Uscc::parse("914404001000000590").unwrap();
    Fact {
        id: id.into(),
        enterprise: uscc.clone(),
        detail,
        source: FactSource { authority: "示例市市场监督管理局".into(), document_no: None },
        asserted_by: uscc,
        decided_on: None,
        published_on: None,
        valid_from: day(from),
        valid_to: to.map(day),
        degree: None,
        self_declared: false,
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
        recorded_at: Instant::from_micros(0),
    }
}

fn penalty(id: &str, types: &[PenaltyType], degree: Option<Degree>, from: &str, ban_until: Option<&str>) -> Fact {
    let detail = Detail::Penalty(Penalty { types: types.to_vec(), fine: None, law: None, ban_until: ban_until.map(day), field: None });
    Fact { degree, ..fact(id, detail, from, None) }
}

fn regime(list: ListKind, on: &str) -> Regime {
    lists().unwrap().on(list, day(on)).unwrap().value.clone()
}

fn codes(conditions: &[Condition]) -> String {
    let failed = conditions.iter().filter(|one| !one.met);
    let shown = failed.map(|one| format!("{} {}", one.fault.code, one.earliest.map_or("never".to_owned(), |day| day.to_string())));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_test_of_order_44() {
    use PenaltyType::{Confiscation, Fine, LicenceRevoked, PracticeBan, QualificationDowngraded, StopProduction, Warning};
    let regime = regime(ListKind::SeriousViolation, "2024-06-01");
    let check = fact(
        "fct_check",
        Detail::SpotCheck(SpotCheck {
            result: contracts::credit::CheckResult::Fail,
            product: None,
            items: vec![],
            batch: None,
            laboratory: None,
            of_penalty: None,
        }),
        "2024-05-01",
        None,
    );
    for (facts, circumstances, expected, citation) in [
        (
            vec![penalty("a", &[Fine], Some(Degree::Serious), "2024-05-01", None)],
            vec!["vile_nature"],
            "",
            "B2: heavy-band fine, vile nature",
        ),
        (vec![penalty("a", &[LicenceRevoked], None, "2024-05-01", None)], vec!["large_harm"], "", "B2: revoked qualification"),
        (
            vec![penalty("a", &[QualificationDowngraded], Some(Degree::General), "2024-05-01", None)],
            vec!["large_harm"],
            "",
            "B2: downgraded",
        ),
        (
            vec![penalty("a", &[StopProduction, Warning], None, "2024-05-01", None)],
            vec!["serious_circumstances"],
            "",
            "B2: stop; one is enough",
        ),
        (vec![penalty("a", &[PracticeBan], None, "2024-05-01", None)], vec!["large_harm"], "", "B2: practice ban"),
        (
            vec![penalty("a", &[Fine, Confiscation], Some(Degree::General), "2024-05-01", None)],
            vec!["large_harm"],
            "penalty_not_heavier",
            "B2: a heavier penalty",
        ),
        (
            vec![penalty("a", &[Fine], Some(Degree::Serious), "2024-05-01", None)],
            vec![],
            "circumstance_missing",
            "B2: and vile, serious or harmful",
        ),
        (vec![check.clone()], vec!["large_harm"], "penalty_missing", "B2: a penalty, not a failed check"),
        (vec![], vec![], "penalty_missing circumstance_missing", "all at once"),
    ] {
        let named: Vec<&Fact> = facts.iter().collect();
        let circumstances: Vec<String> = circumstances.into_iter().map(str::to_owned).collect();
        let found: Vec<_> = heavier_penalty(&regime, &named, &circumstances).iter().map(|fault| fault.code).collect();
        assert_eq!(found.join(" "), expected, "{citation}");
    }
}

#[test]
fn early_removal_from_the_list_of_serious_violations() {
    use PenaltyType::{Fine, StopProduction};
    let regime = regime(ListKind::SeriousViolation, "2024-06-01");
    let ground = penalty("ground", &[StopProduction], Some(Degree::Serious), "2023-02-01", None);
    let all = Findings { duties_performed_on: Some(day("2023-06-01")), harm_removed_on: Some(day("2023-07-01")), corrected_on: None };
    // Listed on 2023-03-01: the year ends on 2024-03-01 at 24:00.
    for (facts, found, on, expected, all_from, citation) in [
        (vec![], all, "2024-03-02", "", Some("2024-03-02"), "B3: after one year"),
        (vec![], all, "2024-03-01", "listed_too_short 2024-03-02", Some("2024-03-02"), "Civil Code 202, 203: the last day must be over"),
        (
            vec![],
            Findings::default(),
            "2024-06-01",
            "duties_not_performed never, harm_not_removed never",
            None,
            "B3: duties performed, harm removed",
        ),
        (
            vec![],
            Findings { duties_performed_on: Some(day("2024-06-10")), ..all },
            "2024-06-01",
            "duties_not_performed 2024-06-10",
            Some("2024-06-10"),
            "performed, but only then",
        ),
        (
            vec![penalty("new", &[StopProduction], None, "2023-09-01", None)],
            all,
            "2024-06-01",
            "further_heavier_penalty never",
            None,
            "B3: no further heavier penalty",
        ),
        (
            vec![penalty("new", &[Fine], Some(Degree::General), "2023-09-01", None)],
            all,
            "2024-06-01",
            "",
            Some("2024-06-01"),
            "B3: a heavier one only",
        ),
        (
            vec![penalty("old", &[StopProduction], None, "2023-02-28", None)],
            all,
            "2024-06-01",
            "",
            Some("2024-06-01"),
            "B3: since the listing",
        ),
    ] {
        let mut facts = facts;
        facts.push(ground.clone());
        let conditions = early_removal(&regime, day("2023-03-01"), &["ground".to_owned()], &facts, found, day(on), &Calendar::built_in());
        assert_eq!((codes(&conditions).as_str(), earliest(&conditions, day(on))), (expected, all_from.map(day)), "{citation}");
    }
}

#[test]
fn no_early_removal_while_a_ban_runs() {
    let regime = regime(ListKind::SeriousViolation, "2024-06-01");
    let ban = |to: Option<&str>| fact("ban", Detail::ProcurementBan(ProcurementBan { scope: vec![], basis: None }), "2023-05-01", to);
    let all = Findings { duties_performed_on: Some(day("2023-06-01")), harm_removed_on: Some(day("2023-07-01")), corrected_on: None };
    for (facts, found, on, expected, all_from, citation) in [
        (
            vec![ban(Some("2025-12-31"))],
            all,
            "2024-06-01",
            "ban_running 2026-01-01",
            Some("2026-01-01"),
            "domain.md 3.4: not before a ban ends",
        ),
        (vec![ban(None)], all, "2024-06-01", "ban_running never", None, "a ban without an end"),
        (vec![ban(Some("2024-05-31"))], all, "2024-06-01", "", Some("2024-06-01"), "the ban has ended"),
        (
            vec![penalty("old", &[PenaltyType::Fine], None, "2023-01-05", Some("2024-08-31")), ban(Some("2024-07-31"))],
            all,
            "2024-02-01",
            "listed_too_short 2024-03-02, ban_running 2024-09-01",
            Some("2024-09-01"),
            "the longest counts, and all are told at once",
        ),
    ] {
        let conditions = early_removal(&regime, day("2023-03-01"), &[], &facts, found, day(on), &Calendar::built_in());
        assert_eq!((codes(&conditions).as_str(), earliest(&conditions, day(on))), (expected, all_from.map(day)), "{citation}");
    }
}

#[test]
fn the_ground_of_abnormal_operation_goes() {
    let regime = regime(ListKind::AbnormalOperation, "2024-07-10");
    let report = |year: i32, on: &str| fact("report", Detail::AnnualReport(AnnualReport { year, on_time: false }), on, None);
    let stated = |on: &str| Findings { corrected_on: Some(day(on)), ..Findings::default() };
    for (ground, facts, found, on, expected, citation) in [
        (
            "annual_report_missing",
            vec![report(2023, "2024-08-01")],
            Findings::default(),
            "2024-08-02",
            "",
            "B5: the report is filed and published",
        ),
        (
            "annual_report_missing",
            vec![report(2022, "2024-08-01")],
            Findings::default(),
            "2024-08-02",
            "annual_report_missing never",
            "B5: of that year",
        ),
        (
            "annual_report_missing",
            vec![report(2023, "2024-08-01")],
            Findings::default(),
            "2024-07-31",
            "annual_report_missing 2024-08-01",
            "not there yet",
        ),
        ("annual_report_missing", vec![], stated("2024-08-01"), "2024-08-02", "annual_report_missing never", "a statement is no report"),
        ("instant_information_missing", vec![], stated("2024-08-01"), "2024-08-02", "", "B5: published"),
        ("false_information", vec![], Findings::default(), "2024-08-02", "not_corrected never", "B5: corrected"),
        ("unreachable", vec![], stated("2024-08-01"), "2024-08-01", "", "B5: address changed or contact restored"),
    ] {
        let ground = regime.ground(ground).unwrap();
        let conditions = ground_removal(ground, Some(2023), &facts, found, day(on));
        assert_eq!(codes(&conditions), expected, "{citation}");
    }
    assert_eq!(report_due_on(&regime, 2023), Some(day("2024-06-30")), "Publicity Regulation Art 8");
    for (established_on, on, due) in
        [("2023-12-31", "2024-07-01", true), ("2023-12-31", "2024-06-30", false), ("2024-01-01", "2024-07-01", false)]
    {
        let fault = not_due(&regime, day(established_on), 2023, day(on));
        assert_eq!(fault.is_none(), due, "established on {established_on}, asked on {on}");
        assert!(fault.is_none_or(|fault| fault.pointer == "/year" && fault.code == "report_not_due"));
    }
}

#[test]
fn three_years_of_abnormal_operation() {
    let old = regime(ListKind::AbnormalOperation, "2024-04-30").escalates.map(|clock| clock.period);
    let new = regime(ListKind::AbnormalOperation, "2024-05-01").escalates.map(|clock| clock.period);
    let listed = |from: &str, to: Option<&str>| vec![fact("listed", Detail::AbnormalOperationListing(Listing::default()), from, to)];
    for (facts, period, on, ok, citation) in [
        (listed("2021-01-04", None), old, "2024-01-05", true, "Publicity Regulation 2014 Art 17"),
        (listed("2021-01-04", None), old, "2024-01-04", false, "three full years"),
        (listed("2021-01-04", Some("2023-12-31")), old, "2024-01-05", false, "it was removed"),
        (listed("2021-01-04", None), new, "2024-05-06", false, "A10: no ground any more"),
    ] {
        let faults = abnormal_three_years(&facts, period, day(on), &Calendar::built_in());
        assert_eq!(faults.is_empty(), ok, "{citation}");
    }
}

#[test]
fn entry_of_the_trustworthy_list() {
    use contracts::credit::CheckResult::{Fail, Pass};
    let regime = regime(ListKind::Trustworthy, "2026-06-01");
    let rules = regime.entry.as_ref().unwrap();
    let check = |result, from: &str| {
        fact(
            "check",
            Detail::SpotCheck(SpotCheck { result, product: None, items: vec![], batch: None, laboratory: None, of_penalty: None }),
            from,
            None,
        )
    };
    let good = Candidate { established_on: day("1999-02-11"), status: EnterpriseStatus::Active, grade: Grade::Aa };
    let listed = |to: Option<&str>| fact("listed", Detail::AbnormalOperationListing(Listing::default()), "2023-01-04", to);
    for (candidate, facts, expected, citation) in [
        (good, vec![check(Pass, "2026-01-05")], "", "all met (special-zone regulation Art 8, D)"),
        (Candidate { grade: Grade::A, ..good }, vec![], "grade_too_low never", "at least AA"),
        (Candidate { grade: Grade::Unrated, ..good }, vec![], "grade_too_low never", "unrated is neither good nor bad"),
        (Candidate { established_on: day("2024-06-01"), ..good }, vec![], "data_too_short 2026-06-02", "twenty-four months must be over"),
        (Candidate { established_on: day("2024-05-31"), ..good }, vec![], "", "they are over"),
        (Candidate { status: EnterpriseStatus::Suspended, ..good }, vec![], "not_active never", "active"),
        (good, vec![check(Fail, "2024-06-03")], "adverse_fact 2026-06-04", "a failed check counts for twenty-four months"),
        (good, vec![check(Fail, "2024-05-31")], "", "and no longer"),
        (good, vec![listed(None)], "adverse_fact never", "another list, as long as it stands"),
        (good, vec![listed(Some("2026-05-31"))], "", "it is off that list"),
        (good, vec![penalty("p", &[PenaltyType::Warning], None, "2025-06-01", None)], "adverse_fact 2027-06-02", "any penalty"),
        (good, vec![Fact { self_declared: true, ..check(Fail, "2026-01-05") }], "", "what it says of itself has no weight"),
        (
            Candidate { grade: Grade::D, established_on: day("2026-01-01"), status: EnterpriseStatus::Revoked },
            vec![listed(None)],
            "grade_too_low never, data_too_short 2026-06-02, not_active never, adverse_fact never",
            "all at once; the first fact is older than the establishment",
        ),
    ] {
        let facts: Vec<Fact> = facts.into_iter().collect();
        let facts =
            if citation.starts_with("all at once") { vec![Fact { valid_from: day("2024-06-01"), ..facts[0].clone() }] } else { facts };
        assert_eq!(codes(&entry(rules, candidate, &facts, day("2026-06-01"))), expected, "{citation}");
    }
}
