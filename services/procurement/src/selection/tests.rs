//! The selection criteria case by case, on 1 June 2026. Not here: the reading of parameters (`ruleset`).

use contracts::credit::{FactKind, Grade, Permit, ScoreSegment};
use model::money::{Currency, Money};
use serde_json::{Value, json};

use super::rules::*;
use crate::criterion::rules::{Answer, Judged};
use crate::standing::rules::Standing;
use crate::standing::tests::{day, question, standing};

fn graded(segments: &[(&str, Option<u16>, Grade)]) -> Standing {
    let mut standing = standing(&[]);
    let segment = |(place, (from, score, grade)): (usize, &(&str, Option<u16>, Grade))| ScoreSegment {
        from: day(from),
        to: segments.get(place + 1).map(|next| day(next.0).pred_opt().unwrap()),
        score: *score,
        grade: *grade,
        vetoes: Vec::new(),
        model: None,
    };
    standing.timeline.as_mut().unwrap().segments = segments.iter().enumerate().map(segment).collect();
    standing
}

fn earliest(judged: &Judged) -> Option<String> {
    judged.remedy.as_ref().and_then(|remedy| remedy.earliest).map(|day| day.to_string())
}

#[test]
fn grades_and_scores() {
    let rated = graded(&[("2020-01-01", Some(742), Grade::A), ("2026-09-01", Some(760), Grade::Aa)]);
    for (least, answer, expected) in [
        (Grade::D, Answer::Pass, None),
        (Grade::A, Answer::Pass, None),
        (Grade::Aa, Answer::Fail, Some("2026-09-01")),
        (Grade::Aaa, Answer::Fail, None),
    ] {
        let judged = min_grade(question(&rated), least);
        assert_eq!((judged.answer, earliest(&judged).as_deref(), &judged.actual), (answer, expected, &json!("A")), "{least:?}");
    }
    for (least, answer, expected) in [(742, Answer::Pass, None), (743, Answer::Fail, Some("2026-09-01")), (761, Answer::Fail, None)] {
        let judged = min_score(question(&rated), least);
        assert_eq!((judged.answer, earliest(&judged).as_deref(), &judged.actual), (answer, expected, &json!(742)), "{least}");
    }
    // No data is neither good nor bad.
    let mut never = standing(&[]);
    never.timeline = None;
    for unrated in [graded(&[("2020-01-01", None, Grade::Unrated)]), graded(&[("2026-06-02", Some(900), Grade::Aaa)]), never] {
        assert_eq!(min_grade(question(&unrated), Grade::D).answer, Answer::Unknown);
        assert_eq!(min_score(question(&unrated), 0).answer, Answer::Unknown);
    }
}

/// Domain 0.2: a ratio without data is no data, not 0 % and not 100 %.
#[test]
fn pass_rates() {
    for (passed, failed, permille, batches, answer) in [
        (0, 0, 900, 0, Answer::NotApplicable),
        (0, 0, 900, 1, Answer::Unknown),
        (1, 0, 900, 2, Answer::Unknown),
        (9, 1, 900, 1, Answer::Pass),
        (9, 1, 901, 1, Answer::Fail),
        (2, 1, 667, 1, Answer::Fail),
        (2, 1, 666, 1, Answer::Pass),
        (0, 1, 0, 0, Answer::Pass),
        (3, 0, 1000, 3, Answer::Pass),
    ] {
        let check = |result: &str| json!({"kind": "spot_check", "detail": {"result": result}, "valid_from": "2026-01-01"});
        let facts: Vec<Value> = (0..passed).map(|_| check("pass")).chain((0..failed).map(|_| check("fail"))).collect();
        let standing = standing(&facts);
        let judged = spot_check_pass_rate(question(&standing), 24, permille, batches);
        assert_eq!(judged.answer, answer, "{passed}:{failed} {permille} {batches}");
        if judged.answer == Answer::Fail {
            assert_eq!(judged.fact_ids.len(), failed, "the failed ones are named");
        }
    }
    let old = standing(&[json!({"kind": "spot_check", "detail": {"result": "fail"}, "valid_from": "2024-05-31"})]);
    assert_eq!(spot_check_pass_rate(question(&old), 24, 900, 0).answer, Answer::NotApplicable);
    assert_eq!(spot_check_pass_rate(question(&old), 25, 900, 0).answer, Answer::Fail);
}

fn named(name: Option<&str>) -> impl Fn(&Permit) -> bool {
    move |permit| name.is_none_or(|name| permit.name == name)
}

#[test]
fn permits() {
    let licence = |name: &str, to: Option<&str>| json!({"kind": "licence", "detail": {"number": "示例-1", "name": name}, "valid_from": "2024-01-01", "valid_to": to});
    let table = [
        (vec![], None, None, Answer::Unknown, None),
        (vec![licence("a", None)], Some("a"), Some("2030-01-01"), Answer::Pass, None),
        (vec![licence("a", None)], Some("b"), None, Answer::Unknown, None),
        (vec![licence("a", Some("2026-05-31"))], None, None, Answer::Fail, None),
        (vec![licence("a", Some("2026-06-01"))], None, None, Answer::Pass, None),
        (vec![licence("a", Some("2026-08-31"))], None, Some("2026-08-31"), Answer::Pass, None),
        (vec![licence("a", Some("2026-08-30"))], None, Some("2026-08-31"), Answer::Pass, Some("2026-08-30")),
        (vec![licence("a", Some("2026-07-01")), licence("b", Some("2026-12-31"))], None, Some("2026-08-31"), Answer::Pass, None),
        (
            vec![licence("a", Some("2026-07-01")), licence("b", Some("2026-12-31"))],
            Some("a"),
            Some("2026-08-31"),
            Answer::Pass,
            Some("2026-07-01"),
        ),
    ];
    for (facts, name, until, answer, due) in table {
        let standing = standing(&facts);
        let judged = permit(question(&standing), FactKind::Licence, named(name), until.map(day), false);
        assert_eq!(
            (judged.answer, judged.condition.as_ref().map(|one| one.due_on.to_string()).as_deref()),
            (answer, due),
            "{facts:?} {name:?} {until:?}"
        );
        assert_eq!(permit(question(&standing), FactKind::Certificate, named(name), None, false).answer, Answer::Unknown, "another kind");
        assert_eq!(
            permit(question(&standing), FactKind::Certificate, named(name), None, true).answer,
            Answer::NotApplicable,
            "none on file, none asked for"
        );
    }
}

#[test]
fn sums() {
    let cover = |amount: &str, currency: &str, to: Option<&str>| json!({"kind": "insurance_cover", "detail": {"amount": {"amount": amount, "currency": currency}}, "valid_from": "2025-01-01", "valid_to": to});
    let table = [
        (vec![], None, Answer::Unknown, None),
        (vec![cover("9999.99", "USD", None)], None, Answer::Unknown, None),
        (vec![cover("10000.00", "CNY", None)], None, Answer::Pass, None),
        (vec![cover("9999.99", "CNY", None)], None, Answer::Fail, None),
        (vec![cover("5000.00", "CNY", None), cover("5000.00", "CNY", None)], None, Answer::Pass, None),
        (vec![cover("10000.00", "CNY", Some("2026-05-31"))], None, Answer::Fail, None),
        (vec![cover("10000.00", "CNY", Some("2026-07-31"))], Some("2026-09-30"), Answer::Pass, Some("2026-07-31")),
        (vec![cover("10000.00", "CNY", Some("2026-07-31")), cover("10000.00", "CNY", None)], Some("2026-09-30"), Answer::Pass, None),
        (
            vec![cover("6000.00", "CNY", Some("2026-07-31")), cover("6000.00", "CNY", Some("2026-08-31"))],
            Some("2026-09-30"),
            Answer::Pass,
            Some("2026-07-31"),
        ),
    ];
    for (facts, until, answer, due) in table {
        let standing = standing(&facts);
        let least = Money::new(1_000_000, Currency::CNY);
        let judged = sum_standing(question(&standing), FactKind::InsuranceCover, least, until.map(day));
        assert_eq!(
            (judged.answer, judged.condition.as_ref().map(|one| one.due_on.to_string()).as_deref()),
            (answer, due),
            "{facts:?} {until:?}"
        );
    }
}

/// Product Quality Law Art 14, Certification Regulation Art 27: the certificate names the category of goods itself.
#[test]
fn compulsory_certification() {
    let certificate = |name: &str, products: Value, to: Option<&str>| json!({"kind": "certificate", "detail": {"number": "示例-1", "name": name, "products": products}, "valid_from": "2024-01-01", "valid_to": to});
    let named = "中国国家强制性产品认证证书";
    for (facts, answer, code) in [
        (vec![], Answer::Unknown, "no_permit_on_file"),
        (vec![certificate(named, json!(["儿童推车"]), None)], Answer::Pass, "permit_valid"),
        (vec![certificate("CCC", json!(["童车", "儿童推车"]), Some("2026-06-01"))], Answer::Pass, "permit_valid"),
        (vec![certificate("3c证书", json!([" 儿童推车 "]), None)], Answer::Pass, "permit_valid"),
        (vec![certificate(named, json!(["儿童推车"]), Some("2026-05-31"))], Answer::Fail, "permit_expired"),
        (vec![certificate(named, json!(["电热水壶"]), None)], Answer::Unknown, "no_permit_on_file"),
        (vec![certificate(named, json!([]), None)], Answer::Unknown, "no_permit_on_file"),
        (vec![certificate("质量管理体系认证", json!(["儿童推车"]), None)], Answer::Unknown, "no_permit_on_file"),
    ] {
        let standing = standing(&facts);
        let judged = permit(question(&standing), FactKind::Certificate, |permit| is_ccc_of(permit, "儿童推车"), None, false);
        assert_eq!((judged.answer, &*judged.reason.code), (answer, code), "{facts:?}");
    }
}

#[test]
fn traceability_levels() {
    let level = |level: u8| json!({"kind": "traceability", "detail": {"level": level}});
    for (facts, least, answer) in [
        (vec![], 0, Answer::Unknown),
        (vec![level(1)], 1, Answer::Pass),
        (vec![level(1)], 2, Answer::Fail),
        (vec![level(0), level(3), level(1)], 3, Answer::Pass),
    ] {
        assert_eq!(traceability(question(&standing(&facts)), least).answer, answer, "{facts:?} {least}");
    }
}
