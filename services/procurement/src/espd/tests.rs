//! The published request with all criteria, and requests that say more.

use std::{fs, path::PathBuf};

use model::instant::Instant;
use serde_json::json;

use super::rules::{Asked, read};
use crate::publication::rules::at_publication;
use crate::tender::rules::{NewTender, read as read_tender};

fn published() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/espd/BASIC-ESPDRequest-2.1.1.xml");
    fs::read_to_string(path).unwrap()
}

fn request(criteria: &str) -> Asked {
    let namespace = "urn:oasis:names:specification:ubl:schema:xsd:QualificationApplicationRequest-2";
    read(&format!("<QualificationApplicationRequest xmlns=\"{namespace}\">{criteria}</QualificationApplicationRequest>")).unwrap()
}

fn criterion(code: &str, more: &str) -> String {
    format!(
        "<TenderingCriterion><CriterionTypeCode>{code}</CriterionTypeCode><Name>示例</Name><Description>x</Description>{more}</TenderingCriterion>"
    )
}

#[test]
fn the_published_request_is_read_whole() {
    let asked = read(&published()).unwrap();
    assert_eq!(asked.folder.as_deref(), Some("PP.20170419.1024-9"));
    let codes: Vec<_> = asked.criteria.iter().filter_map(|criterion| criterion["code"].as_str()).collect();
    assert!(codes.contains(&"EXC.MAJOR_VIOLATION") && codes.contains(&"EXC.INACTIVE"), "{codes:?}");
    // 62 criteria stand in the document and one in a comment: each is a criterion, a requirement, or noted.
    let notes = asked.notes.iter().filter(|note| note.place.contains("/TenderingCriterion[")).count();
    let text = published();
    let all = text.matches("<cac:TenderingCriterion>").count();
    assert_eq!(codes.len() + notes, all, "{codes:?}");
    assert!(asked.notes.iter().all(|note| note.line.is_some_and(|line| line > 1)));
    let turnover = asked.notes.iter().find(|note| note.text.en.contains("turnover")).unwrap();
    let line = text.lines().nth(turnover.line.unwrap() - 1).unwrap();
    assert!(line.contains("TenderingCriterion"), "{line}");
}

#[test]
fn its_turnover_cannot_be_published() {
    let asked = read(&published()).unwrap();
    let written = json!({
        "title": "示例", "category": "goods", "method": "inquiry", "cut_off": "2036-06-01", "criteria": asked.criteria, "requirements": asked.requirements,
    });
    let tender = read_tender(&serde_json::from_value::<NewTender>(written).unwrap()).unwrap();
    let told = at_publication(&tender, Instant::parse("2036-05-01T00:00:00+08:00").unwrap()).unwrap();
    let scale = told.iter().filter(|fault| fault.code == "discrimination_scale" && fault.pointer.ends_with("/espd")).count();
    assert!(scale >= 5, "{told:?}");
}

#[test]
fn values_of_the_document_become_parameters() {
    let economic = "CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING";
    let insured = criterion(
        &format!("{economic}.RISK_INDEMNITY_INSURANCE"),
        "<Group><Property><ExpectedAmount currencyID=\"CNY\">1000000.00</ExpectedAmount></Property></Group>",
    );
    let asked = request(&insured);
    assert_eq!(
        json!(asked.criteria),
        json!([{"code": "SEL.LIABILITY_COVER", "params": {"amount": {"amount": "1000000.00", "currency": "CNY"}}}])
    );
    assert!(asked.notes.is_empty() && asked.requirements.is_empty());
    // Without the amount, or with none that can be read, people judge it.
    for more in [
        "",
        "<ExpectedAmount>5</ExpectedAmount>",
        "<ExpectedAmount currencyID=\"XXX\">5</ExpectedAmount>",
        "<ExpectedAmount currencyID=\"CNY\">-5</ExpectedAmount>",
    ] {
        let asked = request(&criterion(&format!("{economic}.RISK_INDEMNITY_INSURANCE"), more));
        assert_eq!((asked.criteria.len(), asked.requirements.len(), asked.notes.len()), (0, 1, 1), "{more}");
        assert_eq!(asked.notes[0].code, "kept_as_text");
    }
    let data = request(&criterion("CRITERION.OTHER.EO_DATA.LOTS_TENDERED", ""));
    assert_eq!((data.requirements.len(), data.notes[0].code.as_str()), (0, "not_mapped"));
    let national = request(&criterion("CRITERION.EXCLUSION.NATIONAL.OTHER", ""));
    assert_eq!((national.criteria.len(), national.requirements.len()), (0, 1));
}

#[test]
fn what_is_no_request_is_refused() {
    for text in ["<a/>", "<QualificationApplicationRequest/>", "<html>x</html>"] {
        let told = read(text).unwrap_err();
        assert_eq!(told[0].code, "espd_shape", "{text}");
    }
    assert_eq!(read("<a").unwrap_err()[0].code, "xml_malformed");
}
