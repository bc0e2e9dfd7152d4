//! Makes a documented schema refuse every field that it does not name. The documentation does so for plain structs; variants and flattened
//! structs are put together by `allOf`, where each part alone would refuse the fields of the others. Not here: what is done with it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// How often a reference is followed while parts are put together.
const DEPTH: usize = 16;
const COMBINED: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// The same schemas, closed; `root` is the one that a body is compared with.
pub(super) fn closed(root: &Value, named: &Map<String, Value>) -> Value {
    let shut = |schema: &Value| Closing { named }.shut(schema);
    document(shut(root), named.iter().map(|(name, schema)| (name.clone(), shut(schema))).collect())
}

/// Whether closing changed anything, so that these schemas alone let unknown fields pass.
pub(super) fn changed(closed: &Value, root: &Value, named: &Map<String, Value>) -> bool {
    *closed != document(root.clone(), named.clone())
}

fn document(mut root: Value, named: Map<String, Value>) -> Value {
    if let Value::Object(root) = &mut root {
        root.insert("components".to_owned(), json!({"schemas": named}));
    }
    root
}

struct Closing<'a> {
    named: &'a Map<String, Value>,
}

impl Closing<'_> {
    /// Closes a schema and everything in it.
    fn shut(&self, schema: &Value) -> Value {
        let Value::Object(members) = schema else { return schema.clone() };
        if members.contains_key("allOf") {
            return self.shut_together(schema);
        }
        let mut shut: Map<String, Value> = members.iter().map(|(key, member)| (key.clone(), self.shut_member(key, member))).collect();
        if shut.contains_key("properties") && !shut.contains_key("additionalProperties") {
            shut.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        Value::Object(shut)
    }

    fn shut_member(&self, key: &str, member: &Value) -> Value {
        match (key, member) {
            ("properties", Value::Object(fields)) => fields.iter().map(|(name, field)| (name.clone(), self.shut(field))).collect(),
            ("items" | "additionalProperties", _) => self.shut(member),
            ("oneOf" | "anyOf" | "prefixItems", Value::Array(forms)) => forms.iter().map(|form| self.shut(form)).collect(),
            _ => member.clone(),
        }
    }

    /// Opens every part of an `allOf` and closes the whole over the fields of all of them.
    fn shut_together(&self, schema: &Value) -> Value {
        let mut whole = self.opened(schema, 0);
        if let (Some(names), Value::Object(whole)) = (self.names(schema, 0), &mut whole) {
            let known: Map<String, Value> = names.into_iter().map(|name| (name, Value::Bool(true))).collect();
            let parts = std::mem::take(whole);
            whole.insert("allOf".to_owned(), json!([parts]));
            whole.insert("properties".to_owned(), Value::Object(known));
            whole.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        whole
    }

    /// The schema without its own refusal of unknown fields; what its fields hold stays closed.
    fn opened(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEPTH {
            return Value::Bool(true);
        }
        if let Some(target) = self.target(schema) {
            return self.opened(target, depth + 1);
        }
        let Value::Object(members) = schema else { return schema.clone() };
        let mut opened = Map::new();
        for (key, member) in members {
            let member = match member {
                Value::Bool(false) if key == "additionalProperties" => continue,
                Value::Array(parts) if COMBINED.contains(&key.as_str()) => parts.iter().map(|part| self.opened(part, depth + 1)).collect(),
                _ => self.shut_member(key, member),
            };
            opened.insert(key.clone(), member);
        }
        Value::Object(opened)
    }

    /// All fields that a schema names in any of its forms; none where it takes any field.
    fn names(&self, schema: &Value, depth: usize) -> Option<BTreeSet<String>> {
        if depth > DEPTH {
            return None;
        }
        if let Some(target) = self.target(schema) {
            return self.names(target, depth + 1);
        }
        let members = schema.as_object()?;
        if members.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false)) {
            return None;
        }
        let fields = members.get("properties").and_then(Value::as_object);
        let parts: Vec<&Value> = COMBINED.iter().filter_map(|key| members.get(*key)?.as_array()).flatten().collect();
        let plain = members.get("type").is_some_and(|kind| *kind != json!("object")) || members.contains_key("additionalProperties");
        if fields.is_none() && parts.is_empty() && !plain {
            return None;
        }
        let mut names: BTreeSet<String> = fields.into_iter().flat_map(Map::keys).cloned().collect();
        for part in parts {
            names.extend(self.names(part, depth + 1)?);
        }
        Some(names)
    }

    fn target(&self, schema: &Value) -> Option<&Value> {
        self.named.get(schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_closed_over_the_fields_of_all() {
        let named = json!({"Part": {"type": "object", "properties": {"a": {}}, "additionalProperties": false}});
        let root =
            json!({"allOf": [{"$ref": "#/components/schemas/Part"}, {"type": "object", "properties": {"kind": {"type": "string"}}}]});
        let validator = jsonschema::validator_for(&closed(&root, named.as_object().unwrap())).unwrap();
        assert!(validator.is_valid(&json!({"a": 1, "kind": "x"})));
        assert!(!validator.is_valid(&json!({"a": 1, "kind": "x", "b": 1})));
        assert!(!validator.is_valid(&json!({"kind": 1})));
    }

    #[test]
    fn what_takes_any_field_stays_open() {
        let root = json!({"allOf": [{"type": "object", "properties": {"a": {}}}, {"type": "object", "additionalProperties": {}}]});
        assert!(jsonschema::validator_for(&closed(&root, &Map::new())).unwrap().is_valid(&json!({"b": 1})));
        let own = json!({"allOf": [{"$ref": "#/components/schemas/Own"}]});
        let named = json!({"Own": own});
        assert!(closed(&own, named.as_object().unwrap()).is_object());
    }
}
