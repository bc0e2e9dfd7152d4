//! Merging of key sets.

use serde_json::json;

use super::rules::merged;

#[test]
fn keys_keep_their_purpose_and_nothing_private_comes_through() {
    let receipts = [
        json!({"kid": "r1", "kty": "OKP"}),
        json!({"kid": "t1", "kty": "OKP"}),
        json!({"kid": "r2", "d": "x"}),
        json!({"kty": "OKP"}),
        json!(1),
    ];
    let set = merged(vec![json!({"kid": "t1", "x": "a"})], &receipts);
    assert_eq!(set, json!({"keys": [{"kid": "t1", "x": "a", "purpose": "token"}, {"kid": "r1", "kty": "OKP", "purpose": "receipt"}]}));
}
