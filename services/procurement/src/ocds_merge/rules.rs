//! The merge routine of OCDS 1.1: later values replace earlier ones, lists are merged by `id`, a null takes away. Not here: what a release means (`ocds`).

use serde_json::{Map, Value, json};

/// What a schema says of merging, by the names of its fields.
#[derive(Clone, Copy, Debug)]
pub struct Strategy {
    /// Lists that are replaced as a whole.
    pub whole: &'static [&'static str],
    /// Fields of a release that are left out, wherever they stand.
    pub omitted: &'static [&'static str],
}

/// The strategy of the release schema 1.1.
pub const OCDS_1_1: Strategy = Strategy { whole: &["additionalIdentifiers", "additionalClassifications"], omitted: &[] };

/// Fields that belong to a release and not to the process.
const OF_A_RELEASE: [&str; 3] = ["id", "date", "tag"];

/// The compiled release of releases in the order of their dates. There must be one at least, and each must be an object.
#[must_use]
pub fn compiled(releases: &[&Map<String, Value>], strategy: Strategy) -> Map<String, Value> {
    let mut all = Map::new();
    let mut newest: Option<&Map<String, Value>> = None;
    for release in releases {
        newest = Some(release);
        let mut part = Map::clone(release);
        for name in OF_A_RELEASE {
            part.remove(name);
        }
        merge_object(&mut all, &part, strategy);
    }
    if let Some(newest) = newest {
        let text = |name: &str| newest.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        all.insert("tag".to_owned(), json!(["compiled"]));
        all.insert("id".to_owned(), Value::String(format!("{}-{}", text("ocid"), text("date"))));
        all.insert("date".to_owned(), Value::String(text("date")));
    }
    let mut whole = Value::Object(all);
    prune(&mut whole, strategy);
    if let Value::Object(fields) = whole { fields } else { Map::new() }
}

fn merge_object(into: &mut Map<String, Value>, from: &Map<String, Value>, strategy: Strategy) {
    for (name, value) in from {
        if strategy.omitted.contains(&name.as_str()) {
            continue;
        }
        match (into.get_mut(name), value) {
            (_, Value::Null) => {
                into.remove(name);
            }
            (_, Value::Array(_)) if strategy.whole.contains(&name.as_str()) => {
                into.insert(name.clone(), value.clone());
            }
            (Some(Value::Object(old)), Value::Object(new)) => merge_object(old, new, strategy),
            (_, Value::Object(new)) => {
                let mut fresh = Map::new();
                merge_object(&mut fresh, new, strategy);
                into.insert(name.clone(), Value::Object(fresh));
            }
            (old, Value::Array(items)) if items.iter().all(Value::is_object) => {
                let mut merged = match old {
                    Some(Value::Array(old)) if old.iter().all(Value::is_object) => std::mem::take(old),
                    _ => Vec::new(),
                };
                merge_list(&mut merged, items, strategy);
                into.insert(name.clone(), Value::Array(merged));
            }
            (_, value) => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Objects with the same `id` are one; an object without stands for itself.
fn merge_list(into: &mut Vec<Value>, items: &[Value], strategy: Strategy) {
    for item in items {
        let Value::Object(new) = item else { continue };
        let id = new.get("id").filter(|id| !id.is_null());
        let place = id.and_then(|id| into.iter().position(|old| old.get("id") == Some(id)));
        match place.and_then(|place| into.get_mut(place)) {
            Some(Value::Object(old)) => merge_object(old, new, strategy),
            _ => {
                let mut fresh = Map::new();
                merge_object(&mut fresh, new, strategy);
                into.push(Value::Object(fresh));
            }
        }
    }
}

/// What holds nothing is not there, lists apart that count as a whole.
fn prune(value: &mut Value, strategy: Strategy) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if !strategy.whole.contains(&name.as_str()) {
                    prune(field, strategy);
                }
            }
            fields.retain(|name, field| {
                let is_whole = strategy.whole.contains(&name.as_str());
                is_whole || !(field.as_object().is_some_and(Map::is_empty) || field.as_array().is_some_and(Vec::is_empty))
            });
        }
        Value::Array(items) => items.iter_mut().for_each(|item| prune(item, strategy)),
        _ => {}
    }
}
