//! What a mapping may say.

use serde_json::{Value, json};

use super::rules::{Mapping, Others, faults, name, own_name, shipped};

fn good() -> Value {
    json!({
        "title": {"zh": "示例", "en": "Sample"},
        "kind": {"constant": "penalty"},
        "enterprise": {"code": "代码"},
        "fields": [{"to": "source.authority", "column": "机关"}, {"to": "detail.law", "constant": "示例法"}],
    })
}

fn found(edit: impl FnOnce(&mut Value)) -> Vec<(String, &'static str)> {
    let mut body = good();
    edit(&mut body);
    let mapping: Mapping = serde_json::from_value(body).unwrap();
    faults(&mapping).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

/// What is changed in a good mapping, and the places and codes of what is then wrong.
type Edit = fn(&mut Value);
type Places = &'static [(&'static str, &'static str)];

#[test]
fn every_fault_has_its_place() {
    assert!(found(|_| {}).is_empty());
    let cases: [(&str, Edit, Places); 10] = [
        ("no kind", |m| m["kind"] = json!({}), &[("/kind", "column_or_constant"), ("/fields/1/to", "unknown_word")]),
        (
            "a kind twice",
            |m| m["kind"] = json!({"constant": "penalty", "column": "类别", "words": {"处罚": "penalty"}}),
            &[("/kind", "column_or_constant")],
        ),
        ("no words", |m| m["kind"] = json!({"column": "类别"}), &[("/kind/words", "text_empty"), ("/fields/1/to", "unknown_word")]),
        ("nobody", |m| m["enterprise"] = json!({}), &[("/enterprise", "nothing_selected")]),
        ("an empty id", |m| m["external_id"] = json!({"columns": []}), &[("/external_id/columns", "nothing_selected")]),
        ("no such field", |m| m["fields"][0]["to"] = json!("detail.colour"), &[("/fields/0/to", "unknown_word")]),
        ("a field of another kind", |m| m["fields"][0]["to"] = json!("detail.laboratory"), &[("/fields/0/to", "unknown_word")]),
        ("a field twice", |m| m["fields"][1]["to"] = json!("source.authority"), &[("/fields/1/to", "repeated_item")]),
        ("from nowhere", |m| m["fields"][1] = json!({"to": "detail.law"}), &[("/fields/1", "column_or_constant")]),
        (
            "empty tables",
            |m| m["fields"][0]["read"] = json!({"as": "words", "words": {}, "separators": [""]}),
            &[("/fields/0/read", "text_empty"), ("/fields/0/read/separators", "text_empty")],
        ),
    ];
    for (why, edit, expected) in cases {
        let expected: Vec<(String, &str)> = expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), *code)).collect();
        assert_eq!(found(edit), expected, "{why}");
    }
}

#[test]
fn a_kind_told_by_a_column_has_the_fields_of_all_its_words() {
    let found = found(|mapping| {
        mapping["kind"] = json!({"column": "类别", "words": {"处罚": "penalty", "抽查": "spot_check"}});
        mapping["fields"] = json!([{"to": "detail.fine", "column": "罚款"}, {"to": "detail.product", "column": "产品"}, {"to": "detail.level", "column": "等级"}]);
    });
    assert_eq!(found, [("/fields/2/to".to_owned(), "unknown_word")]);
}

#[test]
fn names() {
    for (text, good) in [("our-penalties-2", true), ("Ours", false), ("a b", false), ("映射", false), ("", false), ("a/b", false)] {
        assert_eq!(name(text).is_ok(), good, "{text}");
    }
    assert_eq!(own_name("spot-check-results").unwrap_err().code, "name_reserved");
}

#[test]
fn what_is_shipped_obeys_its_own_rules() {
    let today = model::instant::parse_day("2026-11-21").unwrap();
    let shipped = shipped(today).unwrap();
    assert_eq!(shipped.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["double-publicity-penalty", "spot-check-results"], "in order");
    for (name, mapping) in shipped {
        assert!(faults(&mapping).is_empty(), "{name}: {:?}", faults(&mapping));
        assert_eq!(mapping.other_columns, Others::Ignore);
    }
}
