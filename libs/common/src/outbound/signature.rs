//! The signature of a delivery as Standard Webhooks says (standardwebhooks.com, symmetric scheme `v1`). Not here: which secrets an endpoint has.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign as authenticate};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::chance::Chance;

/// What secrets begin with.
const PREFIX: &str = "whsec_";
/// Within the 24 to 64 bytes that are recommended.
const SECRET_BYTES: usize = 32;

/// A new secret, `whsec_…`.
#[must_use]
pub fn new_secret(chance: &Chance) -> String {
    let mut bytes = [0; SECRET_BYTES];
    chance.fill(&mut bytes);
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The value of `webhook-signature`: one signature by each secret, separated by spaces. A secret that cannot be read signs nothing.
#[must_use]
pub fn signatures(secrets: &[&str], id: &str, timestamp: i64, body: &str) -> String {
    let signed: Vec<String> = secrets.iter().filter_map(|secret| signature(secret, id, timestamp, body)).collect();
    signed.join(" ")
}

fn signature(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret)).ok()?;
    let tag = authenticate(&Key::new(HMAC_SHA256, &key), format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// As a receiver reads it: id, time and signature must be there, the time recent, one of the signatures ours.
    fn fits(case: &Value) -> bool {
        let text = |pointer: &str| case.pointer(pointer).and_then(Value::as_str);
        let (Some(id), Some(timestamp), Some(given)) =
            (text("/headers/webhook-id"), text("/headers/webhook-timestamp"), text("/headers/webhook-signature"))
        else {
            return false;
        };
        let Ok(timestamp) = timestamp.parse::<i64>() else { return false };
        let own = signatures(&[text("/secret").unwrap()], id, timestamp, text("/payload").unwrap());
        (case["now"].as_i64().unwrap() - timestamp).abs() <= 300 && given.split(' ').any(|one| one == own)
    }

    /// The cases of the specification's own libraries; the first carries the published signature.
    #[test]
    fn the_cases_of_the_specification() {
        let text = include_str!("../../../../tests/data/webhooks/standard_webhooks_cases.json");
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        assert_eq!(cases.len(), 6);
        for case in &cases {
            assert_eq!(fits(case), case["expect"] == "valid", "{}", case["name"]);
        }
        let mut spoilt = cases[0].clone();
        spoilt["payload"] = Value::from("{\"test\": 2432232315}");
        assert!(!fits(&spoilt));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_hash_is_that_of_rfc_4231() {
        let tag = authenticate(&Key::new(HMAC_SHA256, b"Jefe"), b"what do ya want for nothing?");
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn while_a_secret_is_changed_both_sign() {
        let chance = Chance::seeded(1);
        let (new, old) = (new_secret(&chance), new_secret(&chance));
        assert!(new != old && new.starts_with(PREFIX) && new.len() == 50, "{new}");
        let both = signatures(&[&new, &old], "msg_1", 1, "{}");
        assert_eq!(both, format!("{} {}", signatures(&[&new], "msg_1", 1, "{}"), signatures(&[&old], "msg_1", 1, "{}")));
        assert_eq!(signatures(&["whsec_*"], "msg_1", 1, "{}"), "");
    }
}
