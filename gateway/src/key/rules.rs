//! How the key sets become one. Not here: where they come from, `actions`.

use serde_json::{Value, json};

/// Members of a JWK that are private (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; RFC 8037, section 2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Each key with its purpose: who reads the set can tell which keys verify what. A receipt key never takes the name of a token key.
pub(crate) fn merged(tokens: Vec<Value>, receipts: &[Value]) -> Value {
    let mut keys: Vec<Value> = tokens.into_iter().map(|key| marked(key, "token")).collect();
    for key in receipts {
        let kid = key.get("kid");
        let clashes = kid.is_none() || keys.iter().any(|known| known.get("kid") == kid);
        if !clashes && is_public(key) {
            keys.push(marked(key.clone(), "receipt"));
        }
    }
    json!({"keys": keys})
}

fn marked(mut key: Value, purpose: &str) -> Value {
    if let Value::Object(members) = &mut key {
        members.insert("purpose".to_owned(), json!(purpose));
    }
    key
}

fn is_public(key: &Value) -> bool {
    key.as_object().is_some_and(|members| !PRIVATE.iter().any(|name| members.contains_key(*name)))
}
