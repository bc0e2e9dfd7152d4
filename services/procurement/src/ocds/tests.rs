//! The published example of the standard, and documents that are none.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use super::rules::read;
use crate::tender::rules::{Category, Method, read as read_tender};

const FOLDER: &str = "../../tests/data/ocds/fictional_1_1";

fn example(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_form_of_the_example_gives_the_same_tender() {
    let tender = read(&example("ocds-213czf-000-00001-02-tender.json")).unwrap();
    let release = example("ocds-213czf-000-00001-02-tender.json")["releases"][0].clone();
    assert_eq!(read(&release).unwrap(), tender, "a release alone");
    let tender = tender.tender;
    assert_eq!((tender.title.as_str(), tender.category, tender.method), ("Planned cycle lane improvements", Category::Works, Method::Open));
    assert_eq!((tender.cut_off.as_str(), tender.title_en.as_deref()), ("2010-04-01T18:00:00Z", Some("Planned cycle lane improvements")));
    assert_eq!(tender.budget.map(|budget| budget.amount()), Some("1100000.00".to_owned()));
    assert!(read_tender(&tender).is_ok(), "what was read is a tender");
    // Package, record with its releases, record with versions: the amendment has moved the end.
    for name in [
        "ocds-213czf-000-00001-03-tenderAmendment.json",
        "ocds-213czf-000-00001.json",
        "record/ocds-213czf-000-00001.json",
        "record/ocds-213czf-000-00001-withversions.json",
    ] {
        let amended = read(&example(name)).unwrap().tender;
        assert_eq!(
            (amended.title.as_str(), amended.cut_off.as_str()),
            ("Planned cycle lane improvements", "2010-04-08T18:00:00Z"),
            "{name}"
        );
        let rationale = amended.amendment.unwrap().rationale;
        assert_eq!(rationale, "The tender period has been extended in accordance with council guidelines", "{name}");
    }
}

#[test]
fn releases_are_merged_in_the_order_of_their_dates() {
    let mut package = example("ocds-213czf-000-00001-02-tender.json");
    let amendment = example("ocds-213czf-000-00001-03-tenderAmendment.json")["releases"][0].clone();
    package["releases"].as_array_mut().unwrap().insert(0, amendment);
    assert_eq!(read(&package).unwrap().tender.cut_off, "2010-04-08T18:00:00Z");
}

/// Nothing is dropped in silence: every member is read, or named in a note.
#[test]
fn what_is_not_taken_over_is_noted() {
    let document = example("ocds-213czf-000-00001-02-tender.json");
    let notes = read(&document).unwrap().notes;
    let read = ["id", "title", "mainProcurementCategory", "procurementMethod", "procurementMethodDetails", "value", "tenderPeriod"];
    for name in document["releases"][0]["tender"].as_object().unwrap().keys().filter(|name| !read.contains(&name.as_str())) {
        assert!(notes.iter().any(|note| note.place == format!("/tender/{name}") && note.code == "not_mapped"), "{name}");
    }
    for name in ["parties", "buyer"] {
        assert!(notes.iter().any(|note| note.place == format!("/{name}")), "{name}");
    }
}

#[test]
fn lots_criteria_and_chinese_methods_are_read() {
    let release = json!({
        "ocid": "ocds-xy-1", "id": "1", "date": "2036-01-02T00:00:00+08:00", "tag": ["tender"], "initiationType": "tender", "language": "zh",
        "tender": {
            "id": "1", "title": "示例采购", "title_en": "Sample", "mainProcurementCategory": "goods", "procurementMethod": "limited",
            "procurementMethodDetails": "竞争性磋商", "tenderPeriod": {"endDate": "2036-02-01T09:00:00+08:00"},
            "eligibilityCriteria": "具有 有效\n许可证", "value": {"amount": 12.345, "currency": "CNY"},
            "selectionCriteria": {"criteria": [{"type": "economic", "description": "年营业收入不低于5000万元"}]},
            "exclusionGrounds": {"criteria": [{"type": "sanction", "description": "Sanctions"}]},
            "lots": [{"id": "1", "title": "电热水壶", "value": {"amount": 500000.5, "currency": "CNY"}, "status": "active"}, {"id": 2, "description": "电风扇"}],
        },
    });
    let imported = read(&release).unwrap();
    let tender = imported.tender;
    assert_eq!((tender.method, tender.title_en.as_deref()), (Method::CompetitiveConsultation, Some("Sample")));
    let texts: Vec<_> = tender.requirements.iter().map(|requirement| requirement.text.as_str()).collect();
    assert_eq!(texts, ["具有 有效 许可证", "年营业收入不低于5000万元"]);
    let lots: Vec<_> =
        tender.lots.iter().map(|lot| (lot.id.as_str(), lot.title.as_str(), lot.budget.map(|budget| budget.amount()))).collect();
    assert_eq!(lots, [("1", "电热水壶", Some("500000.50".to_owned())), ("2", "电风扇", None)]);
    let notes: Vec<_> = imported.notes.iter().map(|note| (note.place.as_str(), note.code.as_str())).collect();
    for expected in [
        ("/tender/eligibilityCriteria", "kept_as_text"),
        ("/tender/selectionCriteria/criteria/0", "kept_as_text"),
        ("/tender/exclusionGrounds/criteria/0", "not_mapped"),
        ("/tender/value", "not_mapped"),
        ("/tender/lots/0/status", "not_mapped"),
    ] {
        assert!(notes.contains(&expected), "{expected:?}: {notes:?}");
    }
}

#[test]
fn what_is_no_document_is_refused_with_its_place() {
    let sound = example("ocds-213czf-000-00001-02-tender.json")["releases"][0].clone();
    let mut other = sound.clone();
    other["ocid"] = json!("ocds-other");
    let mut undated = sound.clone();
    undated["date"] = json!("soon");
    let mut empty = sound.clone();
    empty["tender"] = json!({"procurementMethod": "magic", "mainProcurementCategory": 1});
    for (document, expected) in [
        (json!({}), vec![("/ocid", "ocds_missing"), ("/date", "ocds_missing")]),
        (json!([]), vec![("", "ocds_shape")]),
        (json!({"releases": []}), vec![("/releases", "ocds_shape")]),
        (json!({"releases": [1]}), vec![("/releases/0", "ocds_shape")]),
        (json!({"releases": [sound, other]}), vec![("/releases/1/ocid", "ocds_several")]),
        (json!({"releases": [undated]}), vec![("/releases/0/date", "ocds_missing")]),
        (json!({"records": [{}, {}]}), vec![("/records", "ocds_several")]),
        (json!({"records": [{"ocid": "x", "releases": [{"url": "https://example.com"}]}]}), vec![("/records/0", "ocds_shape")]),
        (json!({"ocid": "x", "date": "2036-01-02T00:00:00Z"}), vec![("/tender", "ocds_missing")]),
        (
            empty,
            vec![
                ("/tender/title", "ocds_missing"),
                ("/tender/mainProcurementCategory", "ocds_missing"),
                ("/tender/procurementMethod", "ocds_missing"),
                ("/tender/tenderPeriod/endDate", "ocds_missing"),
            ],
        ),
    ] {
        let told = read(&document).unwrap_err();
        let told: Vec<_> = told.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!(told, expected, "{document}");
    }
}
