//! The published test cases of the merge (open-contracting/ocds-merge), read from `tests/data`.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::rules::{OCDS_1_1, Strategy, compiled};

fn read(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/ocds/merge_cases").join(name);
    serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()
}

fn merged(releases: &Value, strategy: Strategy) -> Value {
    let releases: Vec<&Map<String, Value>> = releases.as_array().unwrap().iter().map(|release| release.as_object().unwrap()).collect();
    Value::Object(compiled(&releases, strategy))
}

#[test]
fn the_cases_of_the_standard_come_out_as_published() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/ocds/merge_cases/1.1");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(case) = name.strip_suffix("-compiled.json") {
            assert_eq!(merged(&read(&format!("1.1/{case}.json")), OCDS_1_1), read(&format!("1.1/{name}")), "{case}");
            count += 1;
        }
    }
    assert_eq!(count, 8);
}

/// These cases come with a schema of their own; its fields say what they are by their names.
#[test]
fn the_cases_of_the_schema_come_out_as_published() {
    const OWN: Strategy = Strategy { whole: &["wholeListMergeOmitWhenMerged", "subsubarray"], omitted: &["omitWhenMerged"] };
    const SHADOWED: Strategy = Strategy { whole: &["wholeListMergeOmitWhenMerged"], omitted: &[] };
    for (case, strategy) in [
        ("deep-omit-when-merged", OWN),
        ("deep-whole-list-merge", OWN),
        ("identifier-merge-duplicate-id", OWN),
        ("merge-property-is-false", OWN),
        ("omit-when-merged-array-of-non-objects", OWN),
        ("omit-when-merged-shadowed", SHADOWED),
    ] {
        assert_eq!(merged(&read(&format!("schema/{case}.json")), strategy), read(&format!("schema/{case}-compiled.json")), "{case}");
    }
    // Without an id nothing can be merged: each stands for itself.
    let no_id = read("schema/identifier-merge-no-id.json");
    let twice = json!([no_id[0], no_id[0]]);
    assert_eq!(merged(&twice, OWN), read("schema/identifier-merge-no-id-append.json"));
}

#[test]
fn a_null_takes_away() {
    let releases = json!([
        {"ocid": "a", "date": "2020-01-01T00:00:00Z", "tender": {"id": "1", "title": "x", "value": {"amount": 1}}},
        {"ocid": "a", "date": "2020-01-02T00:00:00Z", "tender": {"title": null, "value": {"amount": null}}},
    ]);
    assert_eq!(merged(&releases, OCDS_1_1)["tender"], json!({"id": "1"}));
}

proptest! {
    /// The same release twice says what it says once.
    #[test]
    fn merging_again_changes_nothing(title in "[a-z]{0,8}", ids in prop::collection::vec(0_u8..4, 0..6)) {
        let items: Vec<Value> = ids.iter().map(|id| json!({"id": id, "n": title})).collect();
        let release = json!({"ocid": "a", "date": "2020-01-01T00:00:00Z", "tender": {"title": title, "items": items, "tags": ids}});
        prop_assert_eq!(merged(&json!([release, release]), OCDS_1_1), merged(&json!([release]), OCDS_1_1));
    }
}
