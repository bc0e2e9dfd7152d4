//! Dates, rights and titles of facts: tables of cases.

use contracts::credit::{Complaint, Detail, FactKind, PenaltyType};
use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};

use super::rules::*;

fn day(text: &str) -> Option<Day> {
    (!text.is_empty()).then(|| parse_day(text).unwrap())
}

#[test]
fn the_dates_of_a_fact_have_an_order() {
    use FactKind::{Commitment, InsuranceCover, Judgment, Licence, Penalty, ProcurementBan, SeriousViolationListing, SpotCheck};
    // decided_on, published_on, valid_from, valid_to; today is 2026-06-01.
    for (kind, dates, expected, citation) in [
        (SpotCheck, ["2026-05-11", "", "2026-05-11", ""], vec![], "the worked example of api.md"),
        (Penalty, ["", "", "", ""], vec!["/valid_from date_missing"], "nothing to count from"),
        (Penalty, ["2026-05-11", "", "", ""], vec![], "holds from the decision on"),
        (Penalty, ["2026-06-01", "2026-06-01", "2026-06-01", "2026-06-01"], vec![], "all on one day, today"),
        (Penalty, ["2026-06-02", "", "", ""], vec!["/decided_on date_in_future"], "not decided yet"),
        (Penalty, ["2026-05-11", "2026-06-02", "", ""], vec!["/published_on date_in_future"], "not published yet"),
        (Penalty, ["2026-05-11", "2026-05-10", "", ""], vec!["/published_on date_order"], "A6: decision before publication"),
        (Penalty, ["2026-05-11", "", "2026-05-10", ""], vec!["/valid_from date_order"], "imposed before decided"),
        (ProcurementBan, ["2026-05-11", "", "2026-07-01", "2029-06-30"], vec![], "a ban may begin later"),
        (Penalty, ["2026-05-11", "", "", "2026-05-10"], vec!["/valid_to date_order"], "ends before the decision"),
        (SeriousViolationListing, ["", "", "2026-05-11", "2026-05-10"], vec!["/valid_to date_order"], "ends before it begins"),
        (Licence, ["2026-05-11", "", "2026-01-01", ""], vec![], "a licence may be granted back"),
        (Licence, ["", "", "2027-01-01", "2029-12-31"], vec![], "a licence may begin later"),
        (InsuranceCover, ["", "", "2026-07-01", "2027-06-30"], vec![], "and so may a cover"),
        (Commitment, ["", "", "2026-07-01", ""], vec![], "and a commitment"),
        (SpotCheck, ["", "", "2026-06-02", ""], vec!["/valid_from date_in_future"], "a check cannot happen tomorrow"),
        (Judgment, ["", "", "2026-06-02", ""], vec!["/valid_from date_in_future"], "nor a judgment"),
        (
            Penalty,
            ["2026-06-03", "2026-06-02", "2026-06-02", "2026-06-01"],
            vec![
                "/decided_on date_in_future",
                "/published_on date_in_future",
                "/published_on date_order",
                "/valid_from date_order",
                "/valid_to date_order",
            ],
            "all at once",
        ),
    ] {
        let [decided_on, published_on, valid_from, valid_to] = dates.map(day);
        let faults = check_dates(kind, &Dates { decided_on, published_on, valid_from, valid_to }, parse_day("2026-06-01").unwrap());
        let found: Vec<_> = faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{citation}");
        assert!(faults.iter().all(|fault| !fault.shape), "a readable date is never a shape error");
    }
}

#[test]
fn a_complaint_is_settled_after_it_was_made_and_not_tomorrow() {
    for (settled, decided_on, valid_from, expected) in [
        ("", "2026-05-11", "", None),
        ("2026-05-11", "2026-05-11", "", None),
        ("2026-06-01", "2026-05-11", "", None),
        ("2026-05-10", "2026-05-11", "2026-05-01", None),
        ("2026-05-10", "2026-05-11", "", Some("date_order")),
        ("2026-05-10", "", "2026-05-11", Some("date_order")),
        ("2026-06-02", "2026-05-11", "", Some("date_in_future")),
    ] {
        let detail = Detail::Complaint(Complaint { subject: None, resolved_on: day(settled), on_time: Some(true) });
        let dates = Dates { decided_on: day(decided_on), valid_from: day(valid_from), ..Dates::default() };
        let found = check_settled(&detail, &dates, parse_day("2026-06-01").unwrap());
        assert_eq!(found.as_ref().map(|fault| fault.code), expected, "{settled} {decided_on} {valid_from}");
        assert!(found.is_none_or(|fault| fault.pointer == "/detail/resolved_on"));
    }
}

#[test]
fn who_may_assert_what() {
    // Api.md: authority every kind; enterprise of itself; association of its members; insurer cover; laboratory inspection; anyone else nothing.
    let policy = rights().unwrap();
    let rights = &policy.at(parse_day("2026-06-01").unwrap()).unwrap().value;
    let (own, other) = (Uscc::parse("914404001000000590").unwrap(), Uscc::with_check("91440400100000060").unwrap());
    for kind in FactKind::ALL {
        for role in ["authority", "association", "enterprise", "buyer", "service", "insurer", "laboratory", "integrator", "public", ""] {
            for (subject, speaker) in [(&own, None), (&other, None), (&own, Some(&other)), (&other, Some(&own)), (&other, Some(&other))] {
                let itself = subject == &own;
                let expected = match role {
                    "authority" => Some(false),
                    "association" if !itself => matches!(kind, FactKind::Award | FactKind::Commitment).then_some(false),
                    "enterprise" if itself => {
                        matches!(kind, FactKind::Commitment | FactKind::Rectification | FactKind::AnnualReport).then_some(true)
                    }
                    "insurer" => (kind == FactKind::InsuranceCover).then_some(false),
                    // Its own word, or another's that is passed on; one without a speaker is nobody's.
                    "buyer" => (kind == FactKind::ContractPerformance && speaker == Some(&own)).then_some(false),
                    // What an authority found in a check of a declaration has no speaker but its source.
                    "service" => {
                        let passed_on = kind == FactKind::ContractPerformance && speaker == Some(&other);
                        (passed_on || kind == FactKind::StandardConformity).then_some(false)
                    }
                    "laboratory" => (kind == FactKind::Inspection).then_some(false),
                    _ => None,
                };
                let found = may_assert(rights, (role, &own), subject, kind, speaker);
                assert_eq!(found.as_ref().ok().map(|assertion| assertion.self_declared), expected, "{role} {kind:?} itself: {itself}");
                if let Err(refusal) = found {
                    assert_eq!(refusal.code, "not_your_fact");
                    assert!(refusal.detail.zh.contains(&kind_title(kind).zh));
                }
            }
        }
    }
}

#[test]
fn every_title_is_its_own() {
    let penalties = [
        PenaltyType::Warning,
        PenaltyType::CirculatedCriticism,
        PenaltyType::Fine,
        PenaltyType::Confiscation,
        PenaltyType::LicenceSuspended,
        PenaltyType::QualificationDowngraded,
        PenaltyType::LicenceRevoked,
        PenaltyType::RestrictedOperation,
        PenaltyType::StopProduction,
        PenaltyType::OrderedClosure,
        PenaltyType::PracticeBan,
        PenaltyType::Detention,
        PenaltyType::Criminal,
    ];
    let texts: Vec<_> = FactKind::ALL.into_iter().map(kind_title).chain(penalties.into_iter().map(penalty_title)).collect();
    for pick in [|text: &model::text::Text| text.zh.clone(), |text: &model::text::Text| text.en.clone()] {
        let distinct: std::collections::BTreeSet<String> = texts.iter().map(pick).collect();
        assert_eq!(distinct.len(), texts.len());
    }
}
