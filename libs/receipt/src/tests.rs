//! Known answers, and every way to spoil a receipt that we know. Not here: the service's routes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::Signer;
use serde_json::{Value, json};

use crate::*;

/// RFC 8037, appendix A.1: the key of RFC 8032, section 7.1, test 1.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const POINT: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
/// RFC 8037, appendix A.3.
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn seed() -> [u8; 32] {
    URL_SAFE_NO_PAD.decode(SEED).unwrap().try_into().unwrap()
}

fn key() -> SigningKey {
    SigningKey::new("rcp-1", &seed())
}

fn keys() -> JwkSet {
    JwkSet::new(vec![key().public()]).unwrap()
}

fn payload() -> Payload {
    Payload {
        iss: "urn:touchstone:local".to_owned(),
        id: "dec_01J00000000000000000000000".to_owned(),
        issued_at: "2026-06-01T09:30:05+08:00".to_owned(),
        supplier: "914404001000000590".to_owned(),
        outcome: "eligible_with_conditions".to_owned(),
        as_of: "2026-06-01T09:30:00+08:00".to_owned(),
        known_at: "2026-06-01T09:30:00+08:00".to_owned(),
        ruleset: RulesetRef { id: "government-procurement".to_owned(), version: 1, digest: digest(b"ruleset") },
        evaluator: "1".to_owned(),
        sources: vec![SourceRef { service: "credit".to_owned(), epoch: "e1".to_owned(), position: 1_234, fresh: true }],
        facts_digest: digest(b"facts"),
        criteria: vec![
            CriterionResult { code: "EXC.SERIOUS_VIOLATION".to_owned(), result: "pass".to_owned() },
            CriterionResult { code: "SEL.LICENCE_VALID".to_owned(), result: "pass".to_owned() },
        ],
        conditions: vec![StatedCondition { code: "SEL.LICENCE_VALID".to_owned(), due_on: Some("2026-09-30".to_owned()) }],
        model: Some(ModelRef { id: "quality-credit".to_owned(), version: 1 }),
        members: Vec::new(),
        relied_upon: Vec::new(),
        tender: None,
        sensitive_to: Vec::new(),
        status: None,
    }
}

/// Signs any header and payload, right or wrong.
fn forge(header: &str, body: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(body));
    let signature = ed25519_dalek::SigningKey::from_bytes(&seed()).sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"rcp-1","typ":"touchstone-receipt+jws"}"#;

#[test]
fn what_was_signed_verifies_and_reads_back() {
    let jws = sign(&payload(), &key()).unwrap();
    assert_eq!(jws.split('.').next().unwrap(), URL_SAFE_NO_PAD.encode(HEADER));
    assert_eq!(jws, forge(HEADER, &canonical(&payload()).unwrap()), "EdDSA is deterministic, RFC 8032 section 5.1.6");
    assert_eq!(verify(&jws, &keys()).unwrap(), Verified { payload: payload(), kid: "rcp-1".to_owned() });
}

/// RFC 8037, appendix A.4: header `{"alg":"EdDSA"}`, payload "Example of Ed25519 signing".
#[test]
fn rfc_8037_a_4_signature() {
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes())), expected);
    let jws = format!("{signed}.{expected}");
    assert_eq!(verify(&jws, &keys()), Err(VerifyError::Header("kid is missing".to_owned())), "rightly signed, but no receipt");
}

/// RFC 8032, section 7.1, test 1: the empty message.
#[test]
fn rfc_8032_test_1() {
    let signature = key().sign(b"");
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    );
}

/// RFC 8037, appendices A.2 and A.3.
#[test]
fn public_key_and_thumbprint() {
    let key = SigningKey::from_seed(&seed());
    assert_eq!((key.public().x.as_str(), key.kid()), (POINT, THUMBPRINT));
    assert_eq!(key.public().thumbprint(), THUMBPRINT);
    let again = SigningKey::from_private_jwk(&key.to_private_jwk()).unwrap();
    assert_eq!(again.public(), key.public());
    assert!(!format!("{again:?}").contains(SEED));
}

#[test]
fn private_jwk_faults() {
    let good = key().to_private_jwk();
    for (field, value) in [("kty", json!("EC")), ("crv", json!("X25519")), ("d", json!("AAAA")), ("x", json!("AAAA"))] {
        let mut bad = good.clone();
        bad[field] = value;
        assert!(SigningKey::from_private_jwk(&bad).is_err(), "{field}");
    }
}

/// RFC 8785, section 3.2.2 (values) and 3.2.3 (order by UTF-16 code units).
#[test]
fn rfc_8785_samples() {
    let values: Value = serde_json::from_str(
        r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
    )
    .unwrap();
    assert_eq!(
        String::from_utf8(canonical(&values).unwrap()).unwrap(),
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
    );
    let order: Value = serde_json::from_str(
        r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
    )
    .unwrap();
    let form = String::from_utf8(canonical(&order).unwrap()).unwrap();
    let names = ["Carriage Return", "One", "Control", "Latin Small", "Euro Sign", "Emoji", "Hebrew"];
    let places: Vec<usize> = names.iter().map(|name| form.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{form}");
}

/// RFC 8785, appendix B: IEEE 754 bits and their form.
#[test]
fn rfc_8785_numbers() {
    let table = [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    ];
    for (bits, form) in table {
        assert_eq!(String::from_utf8(canonical(&f64::from_bits(bits)).unwrap()).unwrap(), form);
    }
}

/// RFC 7493, section 2.2: a larger whole number is not kept exactly.
#[test]
fn whole_numbers_stay_exact_or_are_refused() {
    for good in [9_007_199_254_740_991_i64, -9_007_199_254_740_991, 0] {
        assert_eq!(canonical(&good).unwrap(), good.to_string().as_bytes());
    }
    for bad in [9_007_199_254_740_992_i64, -9_007_199_254_740_992, i64::MAX, i64::MIN] {
        assert!(matches!(canonical(&json!({"a": [bad]})), Err(CanonicalError::NumberTooLarge(_))), "{bad}");
    }
    assert!(
        sign(&Payload { sources: vec![SourceRef { position: i64::MAX, ..payload().sources[0].clone() }], ..payload() }, &key()).is_err()
    );
}

/// FIPS 180-4, the example of one block.
#[test]
fn digest_of_abc() {
    assert_eq!(digest(b"abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn every_flipped_byte_is_refused() {
    let jws = sign(&payload(), &key()).unwrap();
    let keys = keys();
    for place in 0..jws.len() {
        for other in [b'A', b'B', b'-', b'.', b'=', b'\n', jws.as_bytes()[place] ^ 1] {
            let mut bytes = jws.clone().into_bytes();
            if bytes[place] == other {
                continue;
            }
            bytes[place] = other;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(verify(&text, &keys).is_err(), "byte {place} as {}", char::from(other));
        }
    }
    for place in 0..jws.len() {
        assert!(verify(&jws[..place], &keys).is_err(), "cut at {place}");
    }
}

/// RFC 8725, section 3; RFC 7515, sections 4.1 and 4.1.11.
#[test]
fn wrong_headers_are_refused_though_rightly_signed() {
    let body = canonical(&payload()).unwrap();
    let table = [
        (r#"{"alg":"none","kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_algorithm"),
        (r#"{"alg":"HS256","kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_algorithm"),
        (r#"{"alg":"Ed25519","kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_algorithm"),
        (r#"{"alg":"eddsa","kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_algorithm"),
        (r#"{"alg":"EdDSA","kid":"rcp-1","typ":"at+jwt"}"#, "receipt_type"),
        (r#"{"alg":"EdDSA","kid":"rcp-1","typ":"JWT"}"#, "receipt_type"),
        (r#"{"alg":"EdDSA","kid":"rcp-1","typ":"application/touchstone-receipt+jws"}"#, "receipt_type"),
        (r#"{"alg":"EdDSA","kid":"rcp-1"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","typ":"touchstone-receipt+jws"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","kid":7,"typ":"touchstone-receipt+jws"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","crit":["exp"],"exp":1,"kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","jwk":{"kty":"OKP"},"kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","kid":"rcp-1","typ":"touchstone-receipt+jws","x5u":"https://example.invalid"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","b64":false,"kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_header"),
        (r#"{"alg":"EdDSA","kid":"other","typ":"touchstone-receipt+jws"}"#, "receipt_unknown_key"),
        (r#"{"kid":"rcp-1","alg":"EdDSA","typ":"touchstone-receipt+jws"}"#, "receipt_not_canonical"),
        (r#"{"alg":"EdDSA","kid":"x","kid":"rcp-1","typ":"touchstone-receipt+jws"}"#, "receipt_not_canonical"),
        (r#"{"alg":"EdDSA","kid":"rcp-1","typ":"touchstone-receipt+jws"} "#, "receipt_not_canonical"),
        (r#"["alg"]"#, "receipt_header"),
        ("", "receipt_header"),
    ];
    for (header, code) in table {
        assert_eq!(verify(&forge(header, &body), &keys()).unwrap_err().code(), code, "{header}");
    }
}

#[test]
fn wrong_payloads_are_refused_though_rightly_signed() {
    let good = serde_json::to_value(payload()).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut tree = good.clone();
        *tree.pointer_mut(pointer).unwrap() = value;
        canonical(&tree).unwrap()
    };
    let mut extra = good.clone();
    extra["secret"] = json!(1);
    let mut spaced = canonical(&good).unwrap();
    spaced.push(b'\n');
    let text = String::from_utf8(canonical(&good).unwrap()).unwrap();
    let table = [
        (canonical(&extra).unwrap(), "receipt_payload"),
        (changed("/ruleset/version", json!("1")), "receipt_payload"),
        (changed("/criteria", json!({})), "receipt_payload"),
        (changed("/model", Value::Null), "receipt_not_canonical"),
        (spaced, "receipt_not_canonical"),
        (serde_json::to_vec_pretty(&good).unwrap(), "receipt_not_canonical"),
        (text.replacen("{\"as_of\"", "{\"as_of\":\"x\",\"as_of\"", 1).into_bytes(), "receipt_not_canonical"),
        (b"not json".to_vec(), "receipt_payload"),
        (vec![0xff, 0xfe], "receipt_payload"),
    ];
    for (body, code) in table {
        assert_eq!(verify(&forge(HEADER, &body), &keys()).unwrap_err().code(), code, "{}", String::from_utf8_lossy(&body));
    }
    assert!(verify(&forge(HEADER, &canonical(&good).unwrap()), &keys()).is_ok());
}

#[test]
fn wrong_shapes_are_refused() {
    let jws = sign(&payload(), &key()).unwrap();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let table = [
        format!("{jws}."),
        format!("{jws}.{signature}"),
        format!("{jws}="),
        format!("{jws}\n"),
        format!(" {jws}"),
        format!("{jws}A"),
        format!("{jws}AAAA"),
        format!("{signed}."),
        signed.to_owned(),
        String::new(),
        "..".to_owned(),
        "x".repeat(MAX_LENGTH + 1),
    ];
    for text in table {
        assert!(verify(&text, &keys()).is_err(), "{}", text.chars().take(40).collect::<String>());
    }
}

/// RFC 8032, section 5.1.7: S must be below the order L; S + L is the same signature for a careless verifier.
#[test]
fn a_malleable_signature_is_refused() {
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0x10,
    ];
    let jws = sign(&payload(), &key()).unwrap();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(verify(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes)), &keys()), Err(VerifyError::Signature));
}

#[test]
fn key_sets() {
    let okp = |more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"rcp-1","x":"{POINT}"{more}}}"#);
    let set = |keys: &[String]| JwkSet::parse(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    let good = okp(r#","use":"sig","alg":"EdDSA""#);
    let rsa = r#"{"kty":"RSA","kid":"t","use":"sig","n":"AQAB","e":"AQAB"}"#.to_owned();
    assert_eq!(set(&[rsa, good.clone()]).unwrap().keys(), keys().keys(), "foreign keys are passed over");
    assert_eq!(set(&[good.clone(), good]), Err(KeyError::Duplicate("rcp-1".to_owned())));
    assert_eq!(set(&[okp(r#","use":"sig","d":"AAAA""#)]), Err(KeyError::Private));
    assert_eq!(set(&[r#"{"kty":"oct","k":"AAAA"}"#.to_owned()]), Err(KeyError::Private));
    for unusable in ["", r#","use":"enc""#, r#","use":"sig","alg":"ES256""#] {
        let set = set(&[okp(unusable)]).unwrap();
        assert!(set.keys().is_empty());
        assert_eq!(verify(&sign(&payload(), &key()).unwrap(), &set), Err(VerifyError::UnknownKey("rcp-1".to_owned())));
    }
    for broken in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","kid":"a","x":"AAAA"}]}"#] {
        assert!(matches!(JwkSet::parse(broken), Err(KeyError::Malformed(_))), "{broken}");
    }
    assert_eq!(JwkSet::parse(&serde_json::to_string(&keys()).unwrap()).unwrap(), keys());
}

/// The neutral point verifies anything for a careless verifier; `verify_strict` refuses it.
#[test]
fn a_weak_key_verifies_nothing() {
    let mut neutral = [0_u8; 32];
    neutral[0] = 1;
    let weak = Jwk { x: URL_SAFE_NO_PAD.encode(neutral), ..key().public() };
    let set = JwkSet::new(vec![weak]).unwrap();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(canonical(&payload()).unwrap()));
    let mut signature = [0_u8; 64];
    signature[0] = 1;
    assert_eq!(verify(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)), &set), Err(VerifyError::Signature));
}

#[test]
fn report_says_what_stands_and_what_does_not() {
    let codes = |list: &[Statement]| list.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
    let plain = report(&Verified { payload: payload(), kid: "rcp-1".to_owned() });
    assert_eq!(codes(&plain.established), ["signed", "decided", "by_these_rules", "by_these_facts", "conditional"]);
    assert_eq!(codes(&plain.not_established), ["later", "truth_of_facts", "other_requirements", "issue_time", "status"]);
    assert!(plain.established[1].text.zh.contains("附条件符合资格") && plain.established[4].text.en.contains("2026-09-30"));

    let mut unclear = payload();
    unclear.criteria[0].result = "unknown".to_owned();
    unclear.sources[0].fresh = false;
    let unclear = report(&Verified { payload: unclear, kid: "rcp-1".to_owned() });
    assert_eq!(codes(&unclear.not_established)[4..], ["unknown_criterion", "stale_source", "status"]);
    for one in unclear.established.iter().chain(&unclear.not_established) {
        assert!(!one.text.zh.is_empty() && !one.text.en.is_empty());
    }
}
