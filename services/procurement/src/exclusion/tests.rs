//! The exclusion grounds case by case, on 1 June 2026. Not here: freshness and unknown suppliers (`catalogue`).

use contracts::credit::{BanScope, EnterpriseStatus};
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
        assert!(all.iter().all(|scope| procurement_ban(Question { scope: *scope, ..ended }).answer == Answer::Pass));
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
