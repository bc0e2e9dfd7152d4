//! Reading a tender, its states, and what a lot asks.

use serde_json::{Value, json};

use super::rules::{NewTender, State, is_id, read};
use crate::{rulebook::actions::Entry, ruleset::tests::starter_value};

fn sound() -> Value {
    json!({
        "title": " 示例小家电采购 ", "category": "goods", "method": "open", "cut_off": "2036-06-01T09:30:00+08:00", "delivery_on": "2036-09-01",
        "criteria": [{"code": "SEL.TRACEABILITY", "params": {"level": 1}}],
        "conditions": [{
            "code": "COND.FEW_COMPLAINTS", "class": "selection", "title": {"zh": "投诉少", "en": "Few complaints"},
            "expression": "complaints_unresolved < 3", "legal_basis": "政府采购法第二十二条第二款", "failed_text": {"zh": "投诉过多", "en": "Too many"},
        }],
        "lots": [
            {"id": "1", "title": "电热水壶", "budget": {"amount": "500000.00", "currency": "CNY"}, "criteria": [{"code": "SEL.MIN_GRADE", "params": {"grade": "B"}}]},
            {"id": "2", "title": "电风扇", "preferences": [{"code": "PREF.TRACEABILITY", "params": {"level": 3}}]},
        ],
        "evaluation": {"method": "lowest_price", "small_business": {"whole": "10"}},
    })
}

fn parse(value: &Value) -> Result<super::rules::Tender, Vec<(String, &'static str)>> {
    let written: NewTender = serde_json::from_value(value.clone()).unwrap();
    read(&written).map_err(|faults| faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
}

#[test]
fn a_tender_is_read_and_written_alike() {
    let tender = parse(&sound()).unwrap();
    assert_eq!((tender.written.title.as_str(), tender.ruleset.id.as_str()), ("示例小家电采购", "government-procurement"));
    assert_eq!((tender.own.criteria.len(), tender.own.conditions.len(), tender.lots.len()), (1, 1, 2));
    let written = serde_json::to_value(&tender.written).unwrap();
    assert_eq!(serde_json::to_value(&parse(&written).unwrap().written).unwrap(), written, "written once more it is the same");
    assert_eq!(written["evaluation"], sound()["evaluation"]);
}

#[test]
fn what_tender_and_lot_ask_stands_behind_the_ruleset() {
    let base = Entry::read(&starter_value()).unwrap();
    let tender = parse(&sound()).unwrap();
    let lot = base.with(&[&tender.own, &tender.lots[0].1]);
    let codes: Vec<_> = lot.compiled.criteria().iter().map(|one| one.entry().code).collect();
    assert_eq!(codes[codes.len() - 2..], ["SEL.TRACEABILITY", "SEL.MIN_GRADE"]);
    assert_eq!(lot.compiled.criteria().len(), base.compiled.criteria().len() + 2);
    assert_eq!(lot.compiled.conditions().last().unwrap().code, "COND.FEW_COMPLAINTS");
    assert_eq!((lot.digest.as_str(), lot.id(), lot.version()), (base.digest.as_str(), base.id(), base.version()));
    assert_eq!(base.with(&[&tender.own, &tender.lots[1].1]).compiled.preferences().len(), base.compiled.preferences().len() + 1);
}

#[test]
fn every_fault_is_told_with_its_place() {
    let mut bad = sound();
    bad["title"] = json!(" ");
    bad["cut_off"] = json!("tomorrow");
    bad["delivery_on"] = json!("2036-02-30");
    bad["ruleset"] = json!({"id": "government-procurement", "version": 0});
    bad["source"] = json!("sha1:00");
    bad["criteria"] = json!([{"code": "SEL.NONE"}, {"code": "SEL.MIN_SCORE", "params": {"score": -1}}, {"code": "EXC.INACTIVE"}, {"code": "EXC.INACTIVE"}]);
    bad["conditions"][0]["expression"] = json!("nonsense > 1");
    bad["requirements"] = json!([{"text": ""}]);
    bad["lots"][0]["id"] = json!("a b");
    bad["lots"][0]["budget"] = json!({"amount": "0.00", "currency": "CNY"});
    bad["lots"][1]["criteria"] = json!([{"code": "PREF.TRACEABILITY"}]);
    bad["lots"][1]["conditions"] = json!([bad["conditions"][0].clone()]);
    bad["lots"].as_array_mut().unwrap().push(json!({"id": "2", "title": "x"}));
    bad["evaluation"] = json!({"weight": 9_007_199_254_740_993_i64});
    bad["amendment"] = json!({"rationale": "\u{0}"});
    let told = parse(&bad).unwrap_err();
    for expected in [
        ("/title", "text_empty"),
        ("/cut_off", "instant_invalid"),
        ("/delivery_on", "date_invalid"),
        ("/ruleset/version", "version_invalid"),
        ("/source", "tender_source_invalid"),
        ("/criteria/0/code", "criterion_unknown"),
        ("/criteria/1/params/score", "parameter_invalid"),
        ("/criteria/3/code", "code_duplicate"),
        ("/conditions/0/expression", "condition_name"),
        ("/requirements/0/text", "text_empty"),
        ("/lots/0/id", "tender_id_invalid"),
        ("/lots/0/budget", "budget_not_positive"),
        ("/lots/1/criteria/0/code", "criterion_class"),
        ("/lots/1/conditions/0/code", "code_duplicate"),
        ("/lots/2/id", "lot_duplicate"),
        ("/evaluation/weight", "field_unknown"),
        ("/amendment/rationale", "control_character"),
    ] {
        assert!(told.iter().any(|(pointer, code)| (pointer.as_str(), *code) == expected), "{expected:?}: {told:?}");
    }
}

#[test]
fn delivery_is_not_before_the_cut_off_and_lists_are_bounded() {
    let mut bad = sound();
    bad["delivery_on"] = json!("2036-05-31");
    assert_eq!(parse(&bad).unwrap_err(), [("/delivery_on".to_owned(), "tender_dates")]);
    let mut long = sound();
    long["requirements"] = Value::Array(vec![json!({"text": "x"}); 201]);
    long["lots"] = Value::Array((0..501).map(|number| json!({"id": number.to_string(), "title": "x"})).collect());
    let told = parse(&long).unwrap_err();
    assert_eq!(told, [("/requirements".to_owned(), "list_too_long"), ("/lots".to_owned(), "list_too_long")]);
}

#[test]
fn a_criterion_may_stand_again_with_other_parameters() {
    let mut twice = sound();
    twice["criteria"] = json!([
        {"code": "SEL.CERTIFICATE_VALID", "params": {"name": "CCC"}},
        {"code": "SEL.CERTIFICATE_VALID", "params": {"name": "ISO 9001"}},
    ]);
    assert_eq!(parse(&twice).unwrap().own.criteria.len(), 2);
}

#[test]
fn states_lead_where_they_may() {
    use State::{Awarded, Cancelled, Draft, Published, Void};
    for (from, to) in
        [(Draft, Published), (Draft, Cancelled), (Published, Awarded), (Published, Void), (Awarded, Published), (Awarded, Void)]
    {
        assert!(from.allowed().contains(&to), "{from:?} {to:?}");
    }
    for (from, to) in [(Draft, Awarded), (Draft, Void), (Published, Draft), (Cancelled, Published), (Void, Published)] {
        assert!(!from.allowed().contains(&to), "{from:?} {to:?}");
    }
    assert!(State::ALL.iter().all(|state| State::named(state.as_str()) == Some(*state)));
}

#[test]
fn ids_fit_ocids() {
    for (id, fits) in [("ocds-213czf-000-00001", true), ("SZ.2036_1", true), ("", false), ("a/b", false), ("标", false), ("x y", false)] {
        assert_eq!(is_id(id), fits, "{id}");
    }
    assert!(is_id(&"x".repeat(100)) && !is_id(&"x".repeat(101)));
}
