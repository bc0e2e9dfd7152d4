//! The times of publication and amendment, each with the article.

use model::instant::Instant;
use serde_json::{Value, json};

use super::rules::{DOCUMENT_DAYS, at_amendment, at_publication, everything};
use crate::tender::rules::{NewTender, Tender, read};

fn tender(method: &str, cut_off: &str, more: &Value) -> Tender {
    let mut value = json!({"title": "示例采购", "category": "goods", "method": method, "cut_off": cut_off});
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    read(&serde_json::from_value::<NewTender>(value).unwrap()).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn bidders_have_twenty_days_where_there_is_a_call_for_bids() {
    let now = at("2026-06-01T23:00:00+08:00");
    for (method, cut_off, expected) in [
        // Law Art 35: at least twenty days from the issue of the documents.
        ("open", "2026-06-21T09:00:00+08:00", None),
        ("open", "2026-06-20T23:59:00+08:00", Some("document_days")),
        ("invited", "2026-06-20T09:00:00+08:00", Some("document_days")),
        ("competitive_negotiation", "2026-06-04T09:00:00+08:00", None),
        ("inquiry", "2026-06-01T23:00:01+08:00", None),
        ("inquiry", "2026-06-01T23:00:00+08:00", Some("cut_off_passed")),
        ("open", "2026-05-01T09:00:00+08:00", Some("cut_off_passed")),
    ] {
        let told = at_publication(&tender(method, cut_off, &json!({})), now).unwrap();
        assert_eq!(
            told.first().map(|fault| (fault.pointer.as_str(), fault.code)),
            expected.map(|code| ("/cut_off", code)),
            "{method} {cut_off}"
        );
    }
}

#[test]
fn an_amendment_leaves_time_and_never_reopens() {
    let first = at("2026-06-01T09:00:00+08:00");
    let closes = at("2026-06-30T09:00:00+08:00");
    for (now, cut_off, affects, expected) in [
        // Regulation Art 31: fifteen days where bids are affected, else the cut-off moves.
        ("2026-06-10T09:00:00+08:00", "2026-06-30T09:00:00+08:00", json!(null), None),
        ("2026-06-16T09:00:00+08:00", "2026-06-30T09:00:00+08:00", json!(null), Some("amendment_days")),
        ("2026-06-16T09:00:00+08:00", "2026-06-30T09:00:00+08:00", json!(true), Some("amendment_days")),
        ("2026-06-16T09:00:00+08:00", "2026-06-30T09:00:00+08:00", json!(false), None),
        ("2026-06-16T09:00:00+08:00", "2026-07-01T09:00:00+08:00", json!(true), None),
        // Brought forward, the twenty days of Art 35 still count from the first publication.
        ("2026-06-02T09:00:00+08:00", "2026-06-20T09:00:00+08:00", json!(false), Some("document_days")),
        ("2026-06-10T09:00:00+08:00", "2026-06-09T09:00:00+08:00", json!(false), Some("cut_off_passed")),
        ("2026-06-30T09:00:00+08:00", "2026-07-30T09:00:00+08:00", json!(false), Some("cut_off_passed")),
    ] {
        let amended = tender("open", cut_off, &json!({"amendment": {"rationale": "澄清", "affects_bids": affects}}));
        let told = at_amendment(&amended, (first, closes), at(now)).unwrap();
        assert_eq!(told.first().map(|fault| fault.code), expected, "{now} {cut_off} {affects}");
    }
}

#[test]
fn every_text_of_tender_and_lots_is_looked_at() {
    let more = json!({
        "criteria": [{"code": "SEL.CERTIFICATE_VALID", "params": {"name": "某品牌认证"}}],
        "conditions": [{
            "code": "COND.OLD", "class": "selection", "title": {"zh": "成立满三年", "en": "x"}, "expression": "days_since_established > 1095",
            "legal_basis": "品牌管理办法", "failed_text": {"zh": "x", "en": "Too few years in business"},
        }],
        "requirements": [{"text": "须为国有企业"}, {"text": "年度报表", "espd": "CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING.TURNOVER.GENERAL_YEARLY"}],
        "lots": [{"id": "1", "title": "x", "requirements": [{"text": "注册资本不低于500万元"}]}],
    });
    let tender = tender("inquiry", "2026-07-01", &more);
    let told = at_publication(&tender, at("2026-06-01T09:00:00+08:00")).unwrap();
    let told: Vec<_> = told.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    for expected in [
        ("/criteria/0/params/name", "discrimination_brand"),
        ("/conditions/0/title/zh", "discrimination_unrelated"),
        ("/conditions/0/expression", "discrimination_unrelated"),
        ("/conditions/0/failed_text/en", "discrimination_unrelated"),
        ("/requirements/0/text", "discrimination_ownership_or_location"),
        ("/requirements/1/espd", "discrimination_scale"),
        ("/lots/0/requirements/0/text", "discrimination_scale"),
    ] {
        assert!(told.contains(&expected), "{expected:?}: {told:?}");
    }
    assert_eq!(told.len(), 7, "{told:?}");
    assert!(everything(&tender.written).iter().all(|(pointer, _)| !pointer.contains("legal_basis")));
}

#[test]
fn the_table_of_days_can_be_read() {
    assert!(!DOCUMENT_DAYS.as_ref().unwrap().rows().is_empty());
}
