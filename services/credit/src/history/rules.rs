//! What changed between two versions of an entry. Not here: the versions, `store.rs`.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::enterprise::rules::Enterprise;

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EntryChange)]
pub struct Change {
    /// Its name.
    #[schema(example = "division")]
    pub field: String,
    /// What stood; `null` where nothing did.
    #[schema(value_type = Object)]
    pub from: Value,
    /// What stands instead.
    #[schema(value_type = Object)]
    pub to: Value,
}

/// The fields in which two versions differ, in the order of the entry; all of them for the first version.
#[must_use]
pub fn changes(before: Option<&Enterprise>, after: &Enterprise) -> Vec<Change> {
    let (before, after) = (before.map(fields).unwrap_or_default(), fields(after));
    let names: Vec<&String> = after.keys().chain(before.keys().filter(|name| !after.contains_key(*name))).collect();
    let differing = names.into_iter().filter_map(|name| {
        let (from, to) = (value(&before, name), value(&after, name));
        (from != to).then(|| Change { field: name.clone(), from, to })
    });
    differing.collect()
}

fn fields(entry: &Enterprise) -> Map<String, Value> {
    let told = serde_json::to_value(entry).unwrap_or_default();
    // The code names the entry and never changes.
    let Value::Object(mut fields) = told else { return Map::new() };
    fields.remove("uscc");
    fields
}

fn value(fields: &Map<String, Value>, name: &str) -> Value {
    // No former name is the same as none said.
    fields.get(name).filter(|value| !value.as_array().is_some_and(Vec::is_empty)).cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use contracts::credit::EnterpriseStatus;
    use model::{instant::parse_day, uscc::Uscc};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_move_is_one_change_and_the_first_version_says_everything() {
        let first = Enterprise {
            uscc: Uscc::parse("914404001000000590").unwrap(),
            name: "示例电器有限公司".into(),
            former_names: vec![],
            short_name: None,
            name_en: None,
            division: "440305".into(),
            industry: None,
            status: EnterpriseStatus::Active,
            status_since: None,
            established_on: parse_day("1999-02-11").unwrap(),
            merged: None,
        };
        let named: Vec<String> = changes(None, &first).into_iter().map(|change| change.field).collect();
        assert_eq!(named, ["division", "established_on", "name", "status"]);
        let moved = Enterprise { division: "310101".into(), ..first.clone() };
        let expected = Change { field: "division".into(), from: json!("440305"), to: json!("310101") };
        assert_eq!(changes(Some(&first), &moved), [expected]);
        assert!(changes(Some(&first), &first).is_empty());
        let closed =
            Enterprise { status: EnterpriseStatus::Deregistered, status_since: Some(parse_day("2026-01-05").unwrap()), ..first.clone() };
        let named: Vec<String> = changes(Some(&first), &closed).into_iter().map(|change| change.field).collect();
        assert_eq!(named, ["status", "status_since"]);
    }
}
