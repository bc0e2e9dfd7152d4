//! The exclusion grounds case by case, on 1 June 2026. Not here: freshness and unknown suppliers (`catalogue`).

use contracts::credit::{BanScope, EnterpriseStatus, Mark, MarkKind, PenaltyField};
use model::money::{Currency, Money};
use serde_json::{Value, json};

use super::rules::*;
use crate::criterion::rules::{Answer, Judged, Question};
use crate::standing::tests::{day, question, standing};

fn shown(judged: &Judged) -> (Answer, &str, Option<String>) {
    (judged.answer, &*judged.reason.code, judged.remedy.as_ref().and_then(|remedy| remedy.earliest).map(|day| day.to_string()))
}

#[test]
fn the_values_of_the_law_can_be_read() {
    let policies = POLICIES.as_ref().unwrap();
    assert_eq!(policies.look_back_months.at(day("2026-06-01")).unwrap().value, 36);
    assert_eq!(policies.larger_fine.at(day("2022-02-08")).unwrap().value.minor(), 200_000_000);
    assert!(policies.larger_fine.at(day("2022-02-07")).is_none(), "Cai Ku [2022] No. 3 begins on 8 February 2022");
}

#[test]
fn lists() {
    for (from, to, expected) in [
        (None, None, (Answer::Pass, "not_listed", None)),
        (Some("2025-01-10"), Some("2028-01-09"), (Answer::Fail, "on_serious_violation_list", Some("2028-01-10"))),
        (Some("2025-01-10"), None, (Answer::Fail, "on_serious_violation_list", None)),
        (Some("2023-06-01"), Some("2026-06-01"), (Answer::Fail, "on_serious_violation_list", Some("2026-06-02"))),
        (Some("2023-06-01"), Some("2026-05-31"), (Answer::Pass, "not_listed", None)),
        (Some("2026-06-02"), None, (Answer::Pass, "not_listed", None)),
    ] {
        let listing = from.map(|from| {
            let mut listing = json!({"kind": "serious_violation_listing", "valid_from": from});
            if let Some(to) = to {
                listing["valid_to"] = json!(to);
            }
            listing
        });
        let standing = standing(&listing.into_iter().collect::<Vec<_>>());
        let judged = serious_violation(question(&standing));
        assert_eq!(shown(&judged), (expected.0, expected.1, expected.2.map(str::to_owned)), "{from:?} {to:?}");
        assert_eq!(abnormal_operation(question(&standing)).answer, Answer::Pass, "another list");
    }
    let standing = standing(&[json!({"kind": "abnormal_operation_listing"})]);
    assert_eq!(shown(&abnormal_operation(question(&standing))), (Answer::Fail, "on_abnormal_operation_list", None));
}

/// Government Procurement Law Art 77 and Regulation Art 19 paragraph 2.
#[test]
fn bans_bar_from_their_scope() {
    let all =
        [BanScope::GovernmentProcurement, BanScope::FiscalFunds, BanScope::GovernmentInvestmentTenders, BanScope::PublicResourceTrading];
    for (scopes, barred) in [
        (json!([]), vec![BanScope::GovernmentProcurement]),
        (json!(["fiscal_funds"]), vec![BanScope::FiscalFunds]),
        (json!(["fiscal_funds", "public_resource_trading"]), vec![BanScope::FiscalFunds, BanScope::PublicResourceTrading]),
    ] {
        let standing = standing(&[
            json!({"kind": "procurement_ban", "detail": {"scope": scopes}, "valid_from": "2025-01-01", "valid_to": "2026-12-31"}),
        ]);
        for scope in all {
            let judged = procurement_ban(Question { scope, ..question(&standing) });
            let expected = if barred.contains(&scope) {
                (Answer::Fail, "banned", Some("2027-01-01".to_owned()))
            } else {
                (Answer::Pass, "not_banned", None)
            };
            assert_eq!(shown(&judged), expected, "{scopes} {scope:?}");
        }
        let ended = Question { day: day("2027-01-01"), ..question(&standing) };
        for scope in all {
            let code = if barred.contains(&scope) { "ban_ended" } else { "not_banned" };
            assert_eq!(shown(&procurement_ban(Question { scope, ..ended })), (Answer::Pass, code, None), "an expired ban re-admits");
        }
    }
}

/// Law Art 22 (5), Regulation Art 19, Cai Ku [2022] No. 3.
#[test]
fn major_violations() {
    let fine = |amount: &str, currency: &str| json!({"types": ["fine"], "fine": {"amount": amount, "currency": currency}});
    let table = [
        (fine("2000000.00", "CNY"), "general", "2025-06-01", Answer::Fail, "major_violation", Some("2028-06-02")),
        (fine("1999999.99", "CNY"), "general", "2025-06-01", Answer::Pass, "no_major_violation", None),
        (fine("2000000.00", "CNY"), "general", "2023-06-01", Answer::Fail, "major_violation", Some("2026-06-02")),
        (fine("2000000.00", "CNY"), "general", "2023-05-31", Answer::Pass, "no_major_violation", None),
        (fine("2000000.00", "CNY"), "general", "2026-06-02", Answer::Pass, "no_major_violation", None),
        (fine("500000.00", "USD"), "general", "2025-06-01", Answer::Unknown, "larger_fine_undefined", None),
        (json!({"types": ["fine"]}), "general", "2025-06-01", Answer::Unknown, "fine_amount_missing", None),
        (fine("3000000.00", "CNY"), "minor", "2025-06-01", Answer::Fail, "major_violation", Some("2028-06-02")),
        (json!({"types": ["fine"]}), "minor", "2025-06-01", Answer::Pass, "no_major_violation", None),
        (json!({"types": ["warning"]}), "minor", "2025-06-01", Answer::Pass, "no_major_violation", None),
        (json!({"types": ["confiscation"]}), "general", "2025-06-01", Answer::Pass, "no_major_violation", None),
        (json!({"types": ["criminal"]}), "serious", "2025-06-01", Answer::Fail, "major_violation", Some("2028-06-02")),
        (json!({"types": ["stop_production"]}), "serious", "2025-06-01", Answer::Fail, "major_violation", Some("2028-06-02")),
        (json!({"types": ["ordered_closure"]}), "serious", "2025-06-01", Answer::Fail, "major_violation", Some("2028-06-02")),
        (json!({"types": ["licence_revoked"]}), "serious", "2025-06-01", Answer::Fail, "major_violation", Some("2028-06-02")),
        (json!({"types": ["licence_suspended"]}), "general", "2025-06-01", Answer::Pass, "no_major_violation", None),
        (json!({"types": ["practice_ban"], "ban_until": "2026-05-31"}), "general", "2025-06-01", Answer::Pass, "ban_ended", None),
        (
            json!({"types": ["practice_ban"], "ban_until": "2026-06-01"}),
            "general",
            "2025-06-01",
            Answer::Fail,
            "major_violation",
            Some("2026-06-02"),
        ),
        (
            json!({"types": ["practice_ban"], "ban_until": "2030-12-31"}),
            "serious",
            "2020-01-01",
            Answer::Fail,
            "major_violation",
            Some("2031-01-01"),
        ),
        (
            json!({"types": ["criminal"], "ban_until": "2026-05-31"}),
            "serious",
            "2025-06-01",
            Answer::Fail,
            "major_violation",
            Some("2028-06-02"),
        ),
        (
            json!({"types": ["criminal"], "ban_until": "2029-01-01"}),
            "serious",
            "2025-06-01",
            Answer::Fail,
            "major_violation",
            Some("2029-01-02"),
        ),
    ];
    for (detail, degree, decided, answer, code, earliest) in table {
        let standing = standing(&[
            json!({"kind": "penalty", "detail": detail, "degree": degree, "decided_on": decided, "valid_from": decided, "valid_to": "2026-01-01"}),
        ]);
        let judged = major_violation(question(&standing));
        assert_eq!(shown(&judged), (answer, code, earliest.map(str::to_owned)), "{detail} {decided}");
    }
}

/// Special-zone regulation Art 10: a discipline bars from what it bites on, while its ground stands; incentives and other scopes do not bar.
#[test]
fn joint_measures() {
    let one = |code: &str, side: &str, scope: &str, from: &str, to: Option<&str>| json!({"code": code, "side": side, "scope": scope, "from": from, "to": to, "fact_ids": ["fct_009"]});
    let restricted = |from: &str, to: Option<&str>| one("D.FUNDS_RESTRICTED", "discipline", "fiscal_funds", from, to);
    for (told, scope, answer, earliest) in [
        (vec![], BanScope::FiscalFunds, Answer::Pass, None),
        (vec![restricted("2026-06-01", Some("2028-01-09"))], BanScope::FiscalFunds, Answer::Fail, Some("2028-01-10")),
        (vec![restricted("2025-01-01", Some("2026-06-01"))], BanScope::FiscalFunds, Answer::Fail, Some("2026-06-02")),
        (vec![restricted("2025-01-01", Some("2026-05-31"))], BanScope::FiscalFunds, Answer::Pass, None),
        (vec![restricted("2026-06-02", None)], BanScope::FiscalFunds, Answer::Pass, None),
        (vec![restricted("2025-01-01", None)], BanScope::FiscalFunds, Answer::Fail, None),
        (vec![restricted("2025-01-01", None), restricted("2025-01-01", Some("2027-01-01"))], BanScope::FiscalFunds, Answer::Fail, None),
        (vec![restricted("2025-01-01", None)], BanScope::GovernmentProcurement, Answer::Pass, None),
        (vec![one("D.P", "discipline", "procurement", "2025-01-01", None)], BanScope::GovernmentProcurement, Answer::Fail, None),
        (
            vec![one("D.T", "discipline", "government_investment_tenders", "2025-01-01", None)],
            BanScope::GovernmentInvestmentTenders,
            Answer::Fail,
            None,
        ),
        (
            vec![one("D.R", "discipline", "public_resource_trading", "2025-01-01", None)],
            BanScope::PublicResourceTrading,
            Answer::Fail,
            None,
        ),
        (vec![one("I.P", "incentive", "procurement", "2025-01-01", None)], BanScope::GovernmentProcurement, Answer::Pass, None),
        (vec![one("D.I", "discipline", "inspection_frequency", "2025-01-01", None)], BanScope::GovernmentProcurement, Answer::Pass, None),
    ] {
        let mut standing = standing(&[]);
        standing.measures = serde_json::from_value(json!(told)).unwrap();
        let judged = joint_measure(Question { scope, ..question(&standing) });
        let code = if answer == Answer::Fail { "joint_measure" } else { "no_joint_measure" };
        assert_eq!(shown(&judged), (answer, code, earliest.map(str::to_owned)), "{told:?} {scope:?}");
        assert_eq!(judged.fact_ids.len(), usize::from(answer == Answer::Fail), "the ground is named once");
    }
}

/// A stay of execution (Administrative Reconsideration Law Art 42) and a masking (domain-updates A9) take the effect for a time; a repair or an objection does not.
#[test]
fn what_is_stayed_does_not_bar() {
    for (kind, from, to, answer) in [
        (MarkKind::Stayed, "2026-05-01", None, Answer::Pass),
        (MarkKind::Masked, "2026-06-01", Some("2026-06-01"), Answer::Pass),
        (MarkKind::Stayed, "2026-05-01", Some("2026-05-31"), Answer::Fail),
        (MarkKind::Stayed, "2026-06-02", None, Answer::Fail),
        (MarkKind::UnderObjection, "2026-05-01", None, Answer::Fail),
        (MarkKind::Repaired, "2026-05-01", None, Answer::Fail),
    ] {
        let mut standing = standing(&[
            json!({"kind": "procurement_ban", "valid_from": "2026-01-01"}),
            json!({"kind": "penalty", "detail": {"types": ["criminal"]}, "degree": "serious", "valid_from": "2026-01-01"}),
        ]);
        for fact in &mut standing.facts {
            fact.marks.push(Mark { kind, from: day(from), to: to.map(day), ground: "示例".to_owned() });
        }
        assert_eq!(procurement_ban(question(&standing)).answer, answer, "{kind:?} {from} {to:?}");
        assert_eq!(major_violation(question(&standing)).answer, answer, "{kind:?} {from} {to:?}");
    }
}

/// Cai Ku [2022] No. 3: RMB 2,000,000, save where a field's own law says more; never less.
#[test]
fn a_field_may_have_a_higher_threshold() {
    let yuan = |yuan: i64| Money::new(yuan * 100, Currency::CNY);
    let of = [(PenaltyField::Fire, 3_000_000), (PenaltyField::Food, 500_000)].map(|(field, sum)| FieldFine { field, amount: yuan(sum) });
    for (field, expected) in [
        (None, 2_000_000),
        (Some(PenaltyField::Drugs), 2_000_000),
        (Some(PenaltyField::Fire), 3_000_000),
        (Some(PenaltyField::Food), 2_000_000),
    ] {
        assert_eq!(threshold(yuan(2_000_000), Some(&of), field), yuan(expected), "{field:?}");
        assert_eq!(threshold(yuan(2_000_000), None, field), yuan(2_000_000));
    }
}

/// Before 8 February 2022 the hearing thresholds differed from place to place: no value is laid down, so a fine cannot be told.
#[test]
fn before_the_interpretation_a_fine_is_unclear() {
    let detail = json!({"types": ["fine"], "fine": {"amount": "100000.00", "currency": "CNY"}});
    let standing = standing(&[json!({"kind": "penalty", "detail": detail, "degree": "general", "valid_from": "2021-12-01"})]);
    let judged = |text: &str| major_violation(Question { day: day(text), ..question(&standing) });
    assert_eq!(shown(&judged("2022-02-07")), (Answer::Unknown, "larger_fine_undefined", None));
    assert_eq!(shown(&judged("2022-02-08")), (Answer::Pass, "no_major_violation", None));
    assert_eq!(shown(&judged("2015-02-28")), (Answer::Unknown, "look_back_undefined", None));
}

#[test]
fn the_worst_penalty_decides_and_the_last_day_counts() {
    let penalty =
        |types: Value, decided: &str| json!({"kind": "penalty", "detail": {"types": types}, "degree": "serious", "valid_from": decided});
    let standing = standing(&[
        penalty(json!(["fine"]), "2025-01-01"),
        penalty(json!(["criminal"]), "2024-01-01"),
        penalty(json!(["licence_revoked"]), "2025-03-01"),
    ]);
    let judged = major_violation(question(&standing));
    assert_eq!(shown(&judged), (Answer::Fail, "major_violation", Some("2028-03-02".to_owned())));
    assert_eq!(judged.fact_ids, ["fct_001", "fct_002"]);
}

#[test]
fn only_an_active_enterprise_takes_part() {
    for (status, established, answer, code, earliest) in [
        (EnterpriseStatus::Active, "2026-06-01", Answer::Pass, "active", None),
        (EnterpriseStatus::Active, "2026-06-02", Answer::Fail, "not_established_yet", Some("2026-06-02")),
        (EnterpriseStatus::Suspended, "2010-01-01", Answer::Fail, "suspended", None),
        (EnterpriseStatus::Revoked, "2010-01-01", Answer::Fail, "revoked", None),
        (EnterpriseStatus::Deregistered, "2010-01-01", Answer::Fail, "deregistered", None),
    ] {
        let mut standing = standing(&[]);
        let enterprise = standing.enterprise.as_mut().unwrap();
        (enterprise.status, enterprise.established_on) = (status, day(established));
        assert_eq!(shown(&inactive(question(&standing))), (answer, code, earliest.map(str::to_owned)), "{status:?}");
    }
}

/// SAMR Order 19: only a recall that was ordered and still runs bars.
#[test]
fn recalls() {
    for (mode, state, answer) in [
        ("ordered", "open", Answer::Fail),
        ("ordered", "completed", Answer::Pass),
        ("ordered", "withdrawn", Answer::Pass),
        ("voluntary", "open", Answer::Pass),
    ] {
        let standing = standing(&[json!({"kind": "recall", "detail": {"mode": mode, "state": state}})]);
        assert_eq!(open_ordered_recall(question(&standing)).answer, answer, "{mode} {state}");
    }
}
