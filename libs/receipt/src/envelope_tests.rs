//! Batches, credentials, status lists, times of keys, and all of them in one check. Signatures and bits are looked at without the code that made them.
//! Not here: plain receipts, `tests.rs`; the tree, `tree_tests.rs`.

use std::io::Read;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::Verifier;
use serde_json::{Value, json};

use crate::{tree::root_of, *};

const ISSUER: &str = "https://example.gov";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn keys() -> JwkSet {
    JwkSet::new(vec![key(7).public()]).unwrap()
}

fn place() -> StatusRef {
    let list = |name: &str| format!("{ISSUER}/procurement/v1/status/{name}-0");
    StatusRef { index: 94_567, revocation: list("revocation"), message: list("message") }
}

fn payload() -> Payload {
    serde_json::from_value(json!({
        "iss": "touchstone/procurement", "id": "dec_1", "issued_at": "2026-06-01T09:30:05+08:00", "supplier": "914404001000000590",
        "outcome": "eligible", "as_of": "2026-06-01T09:30:00+08:00", "known_at": "2026-06-01T09:30:05+08:00",
        "ruleset": {"id": "r", "version": 1, "digest": "sha256:1"}, "evaluator": "1",
        "sources": [{"service": "credit", "epoch": "e", "position": 3, "fresh": true}], "facts_digest": "sha256:2",
        "criteria": [{"code": "EXC.INACTIVE", "result": "pass"}], "conditions": [], "status": place(),
    }))
    .unwrap()
}

/// Header and claims of a JWT whose signature fits, by RFC 8032 alone.
fn opened(jwt: &str, by: u8) -> (Value, Value) {
    let point = ed25519_dalek::SigningKey::from_bytes(&[by; 32]).verifying_key();
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    point.verify(signed.as_bytes(), &ed25519_dalek::Signature::from_slice(&signature).unwrap()).unwrap();
    let part = |at: usize| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(at).unwrap()).unwrap()).unwrap();
    (part(0), part(1))
}

#[test]
fn a_credential_is_what_the_standards_say() {
    let jwt = sign_credential(&payload(), ISSUER, 1_780_277_405, &key(7)).unwrap();
    let (header, claims) = opened(&jwt, 7);
    assert_eq!(header, json!({"alg": "EdDSA", "cty": "vc", "iss": ISSUER, "kid": key(7).kid(), "typ": "vc+jwt"}));
    assert_eq!(claims["@context"][0], "https://www.w3.org/ns/credentials/v2", "VC Data Model 2.0, section 4.3");
    assert_eq!((&claims["type"][0], &claims["issuer"]), (&json!("VerifiableCredential"), &json!(ISSUER)));
    assert_eq!((&claims["validFrom"], &claims["iat"]), (&json!("2026-06-01T09:30:05+08:00"), &json!(1_780_277_405)));
    assert!(claims.get("vc").is_none() && claims.get("vp").is_none(), "VC-JOSE-COSE, section 1.1.2.1");
    assert_eq!(claims["credentialSubject"]["decision"], serde_json::to_value(payload()).unwrap());
    let entries = claims["credentialStatus"].as_array().unwrap();
    assert_eq!(entries.iter().map(|entry| entry["statusPurpose"].as_str().unwrap()).collect::<Vec<_>>(), ["revocation", "message"]);
    for entry in entries {
        assert_eq!((&entry["type"], &entry["statusListIndex"]), (&json!("BitstringStatusListEntry"), &json!("94567")));
        assert!(entry["statusListCredential"].as_str().unwrap().starts_with(ISSUER), "{entry}");
    }
    assert_eq!((&entries[1]["statusSize"], entries[1]["statusMessage"].as_array().unwrap().len()), (&json!(1), 2));

    assert_eq!(verify_credential(&jwt, &keys()).unwrap(), Verified { payload: payload(), kid: key(7).kid().to_owned() });
    let plain = Payload { status: None, ..payload() };
    let bare = sign_credential(&plain, ISSUER, 0, &key(7)).unwrap();
    assert!(opened(&bare, 7).1.get("credentialStatus").is_none());
    assert_eq!(verify_credential(&bare, &keys()).unwrap().payload, plain);
}

#[test]
fn nothing_passes_for_anything_else() {
    let receipt = sign(&payload(), &key(7)).unwrap();
    let credential = sign_credential(&payload(), ISSUER, 0, &key(7)).unwrap();
    let (batch, _) = batch();
    let batch = sign_batch(&batch, &key(7)).unwrap();
    let list = list("revocation", &[]).sign(&key(7)).unwrap();
    for (text, fits) in [(&receipt, 0), (&credential, 1), (&batch, 2), (&list, 3)] {
        let found = [
            verify(text, &keys()).is_ok(),
            verify_credential(text, &keys()).is_ok(),
            verify_batch(text, &keys()).is_ok(),
            StatusList::verify(text, &keys()).is_ok(),
        ];
        assert_eq!(found.iter().filter(|one| **one).count(), 1, "{text}");
        assert!(found[fits], "{text}");
        assert!(verify(text, &JwkSet::default()).is_err());
    }
    // A flipped byte anywhere.
    for text in [&credential, &batch, &list] {
        for at in (0..text.len()).step_by(7) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let spoilt = String::from_utf8(bytes).unwrap();
            let passes = spoilt != *text
                && (verify_credential(&spoilt, &keys()).is_ok()
                    || verify_batch(&spoilt, &keys()).is_ok()
                    || StatusList::verify(&spoilt, &keys()).is_ok());
            assert!(!passes, "{at}");
        }
    }
    // Rightly signed claims that do not follow from the decision.
    let (header, claims) = opened(&credential, 7);
    for (member, value) in [
        ("issuer", json!("https://other.example")),
        ("validFrom", json!("2020-01-01T00:00:00Z")),
        ("type", json!(["VerifiableCredential"])),
        ("credentialStatus", json!([])),
        ("more", json!(1)),
    ] {
        let mut other = claims.clone();
        other[member] = value;
        let forged = crate::jws::sign_as(&header, &other, &key(7)).unwrap();
        assert!(verify_credential(&forged, &keys()).is_err(), "{member}");
    }
    for (member, value) in
        [("cty", json!("json")), ("iss", json!("https://other.example")), ("alg", json!("none")), ("crit", json!(["b64"]))]
    {
        let mut other = header.clone();
        other[member] = value;
        let forged = crate::jws::sign_as(&other, &claims, &key(7)).unwrap();
        assert!(verify_credential(&forged, &keys()).is_err(), "{member}");
    }
}

fn batch() -> (BatchPayload, String) {
    let lines: Vec<String> = (0..5).map(|index| format!(r#"{{"index":{index},"status":200}}"#)).collect();
    let leaves: Vec<tree::Hash> = lines.iter().map(|line| tree::Hash::leaf(line.as_bytes())).collect();
    let Payload { iss, issued_at, as_of, known_at, ruleset, evaluator, sources, status, .. } = payload();
    let payload = BatchPayload {
        iss,
        id: "bat_1".to_owned(),
        issued_at,
        as_of,
        known_at,
        ruleset,
        evaluator,
        sources,
        lines: 5,
        root: root_of(&leaves),
        status,
    };
    (payload, lines.join("\n") + "\n")
}

#[test]
fn lines_are_those_of_the_batch_or_not() {
    let (batch, answer) = batch();
    assert!(are_lines_of(&answer, &batch));
    for other in [
        "",
        "\n",
        &answer[1..],
        answer.trim_end(),
        &format!("{answer}\n"),
        &answer.replacen("200", "201", 1),
        &answer.replace('\n', "\r\n"),
    ] {
        assert!(!are_lines_of(other, &batch), "{other:?}");
    }
    let leaves: Vec<tree::Hash> = answer.lines().map(|line| tree::Hash::leaf(line.as_bytes())).collect();
    for (index, line) in (0_u64..).zip(answer.lines()) {
        let proof = LineProof { index, line: line.to_owned(), path: tree::path_of(&leaves, index).unwrap() };
        assert!(proof.is_in(&batch));
        assert!(!LineProof { index: index + 1, ..proof.clone() }.is_in(&batch));
        assert!(!LineProof { line: format!("{line} "), ..proof.clone() }.is_in(&batch));
        assert!(!LineProof { path: Vec::new(), ..proof }.is_in(&batch));
    }
    assert_eq!(tree::path_of(&leaves, 5), None);
    assert_eq!(tree::unpacked(&tree::packed(&leaves)), Some(leaves));
    assert_eq!(tree::unpacked("AAAA"), None);
}

fn list(purpose: &str, set: &[u64]) -> StatusList {
    let url = if purpose == "message" { place().message } else { place().revocation };
    StatusList {
        issuer: ISSUER.to_owned(),
        url,
        purpose: purpose.to_owned(),
        valid_from: "2026-07-01T00:00:00+08:00".to_owned(),
        valid_until: "2026-07-02T00:00:00+08:00".to_owned(),
        ttl: 300_000,
        bits: StatusList::bits_of(set.iter().copied()),
    }
}

#[test]
fn a_status_list_is_what_the_standard_says() {
    let made = list("revocation", &[0, 9, 94_567, 131_071, 131_072]);
    let (header, claims) = opened(&made.sign(&key(7)).unwrap(), 7);
    assert_eq!(header["typ"], "vc+jwt");
    assert_eq!(claims["type"], json!(["VerifiableCredential", "BitstringStatusListCredential"]));
    let subject = &claims["credentialSubject"];
    assert_eq!(
        (&subject["type"], &subject["statusPurpose"], &subject["ttl"]),
        (&json!("BitstringStatusList"), &json!("revocation"), &json!(300_000))
    );
    let encoded = subject["encodedList"].as_str().unwrap();
    // Multibase base64url without padding, then GZIP (RFC 1952).
    let packed = URL_SAFE_NO_PAD.decode(encoded.strip_prefix('u').unwrap()).unwrap();
    assert_eq!(packed[..3], [0x1f, 0x8b, 8]);
    let mut bits = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bits).unwrap();
    assert_eq!(bits.len(), 16 * 1024, "at least 16 KB, section 2.2");
    // The first bit is the leftmost.
    assert_eq!((bits[0], bits[1], bits[94_567 / 8], bits[16_383]), (0b1000_0000, 0b0100_0000, 1, 1));
    assert_eq!(bits.iter().map(|byte| byte.count_ones()).sum::<u32>(), 4);

    let read = StatusList::verify(&made.sign(&key(7)).unwrap(), &keys()).unwrap();
    assert_eq!(read, made);
    assert_eq!((read.is_set(9), read.is_set(10), read.is_set(131_072)), (Some(true), Some(false), None));
    let short = StatusList { bits: vec![0; 100], ..made.clone() };
    assert!(StatusList::verify(&short.sign(&key(7)).unwrap(), &keys()).is_err(), "a short list shows who is meant");
    let bomb = StatusList { bits: vec![0; 20 << 20], ..made };
    assert!(StatusList::verify(&bomb.sign(&key(7)).unwrap(), &keys()).is_err());
}

fn published(seed: u8, from: Option<&str>, until: Option<&str>) -> Jwk {
    Jwk { from: from.map(str::to_owned), until: until.map(str::to_owned), ..key(seed).public() }
}

#[test]
fn each_key_signs_in_its_time_only() {
    // Three rotations; the receipts are of the time of each.
    let times = ["2020-01-01T00:00:00Z", "2022-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"];
    let history: Vec<Jwk> =
        (0_u8..4).map(|at| published(at + 1, Some(times[usize::from(at)]), times.get(usize::from(at) + 1).copied())).collect();
    let set = JwkSet::parse(&json!({"keys": history}).to_string()).unwrap();
    let issued = |year: u32| Payload { issued_at: format!("{year}-06-01T08:00:00+08:00"), ..payload() };
    for (by, year) in [(1, 2020), (2, 2022), (3, 2025), (4, 2026), (4, 2040)] {
        assert_eq!(verify(&sign(&issued(year), &key(by)).unwrap(), &set).unwrap().payload, issued(year), "{by} {year}");
    }
    for (by, year, from, until) in [(1, 2023, times[0], times[1]), (4, 2025, times[3], "..."), (2, 2019, times[1], times[2])] {
        let error = verify(&sign(&issued(year), &key(by)).unwrap(), &set).unwrap_err();
        assert_eq!(error.code(), "receipt_key_not_in_use");
        let told = error.to_string();
        assert!([from, until, &issued(year).issued_at].iter().all(|time| told.contains(time)), "{told}");
    }
    // A credential is signed later than its receipt, and by the key of then.
    let late = sign_credential(&issued(2020), ISSUER, 1_770_000_000, &key(4)).unwrap();
    assert_eq!(verify_credential(&late, &set).unwrap().payload, issued(2020));
    let stolen = sign_credential(&issued(2020), ISSUER, 1_770_000_000, &key(1)).unwrap();
    assert_eq!(verify_credential(&stolen, &set).unwrap_err().code(), "receipt_key_not_in_use");
    for (from, until, named) in [
        (Some("yesterday"), None, "yesterday"),
        (None, Some("2026-02-30T00:00:00Z"), "2026-02-30"),
        (Some(times[2]), Some(times[1]), times[1]),
    ] {
        let set = JwkSet::parse(&json!({"keys": [published(1, from, until)]}).to_string());
        assert!(matches!(&set, Err(KeyError::Malformed(why)) if why.contains(named)), "{set:?}");
    }
}

fn asked(more: &Value) -> Value {
    let mut input = json!({"keys": {"keys": [key(7).public()]}, "receipt": sign(&payload(), &key(7)).unwrap()});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    serde_json::from_str(&verify_all(&input.to_string())).unwrap()
}

fn codes(answer: &Value, part: &str) -> Vec<String> {
    answer["report"][part].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn everything_in_hand_is_checked_at_once() {
    let plain = asked(&json!({}));
    assert_eq!((&plain["valid"], &plain["payload"]["id"]), (&json!(true), &json!("dec_1")));
    assert!(codes(&plain, "not_established").contains(&"status".to_owned()), "not looked at");

    let lists = |revoked: &[u64], changed: &[u64]| {
        json!([list("revocation", revoked).sign(&key(7)).unwrap(), list("message", changed).sign(&key(7)).unwrap()])
    };
    let good = asked(&json!({"status": lists(&[1], &[])}));
    assert!(codes(&good, "established").ends_with(&["not_revoked".to_owned(), "not_changed".to_owned()]), "{good}");
    assert!(!codes(&good, "not_established").contains(&"status".to_owned()) && good.to_string().contains("2026-07-01"));
    let half = asked(&json!({"status": [list("message", &[94_567]).sign(&key(7)).unwrap()]}));
    assert!(codes(&half, "established").contains(&"changed".to_owned()) && codes(&half, "not_established").contains(&"status".to_owned()));
    assert_eq!(asked(&json!({"status": lists(&[94_567], &[])}))["code"], "receipt_revoked");
    let elsewhere = StatusList { url: "https://other.example/revocation-0".to_owned(), ..list("revocation", &[94_567]) };
    let elsewhere = asked(&json!({"status": [elsewhere.sign(&key(7)).unwrap()]}));
    assert!(codes(&elsewhere, "not_established").contains(&"status".to_owned()), "a list of another address says nothing");
    assert_eq!(asked(&json!({"status": [list("revocation", &[]).sign(&key(8)).unwrap()]}))["code"], "status_list_refused");

    let (batch, answer) = batch();
    let receipt = sign_batch(&batch, &key(7)).unwrap();
    let all = asked(&json!({"receipt": receipt, "lines": answer, "status": lists(&[], &[])}));
    assert_eq!((&all["valid"], &all["report"]["lines"]), (&json!(true), &json!(5)));
    assert!(codes(&all, "established").contains(&"lines".to_owned()), "{all}");
    let leaves: Vec<tree::Hash> = answer.lines().map(|line| tree::Hash::leaf(line.as_bytes())).collect();
    let line = LineProof { index: 3, line: answer.lines().nth(3).unwrap().to_owned(), path: tree::path_of(&leaves, 3).unwrap() };
    assert!(codes(&asked(&json!({"receipt": receipt, "line": line})), "established").contains(&"line".to_owned()));
    assert_eq!(asked(&json!({"receipt": receipt, "lines": "other\n"}))["code"], "lines_differ");
    assert_eq!(asked(&json!({"lines": answer}))["code"], "lines_differ", "a single decision has no lines");
    assert_eq!(asked(&json!({"receipt": receipt, "line": LineProof { index: 2, ..line }}))["code"], "lines_differ");

    let credential = sign_credential(&payload(), ISSUER, 0, &key(7)).unwrap();
    assert_eq!(asked(&json!({"receipt": credential, "status": lists(&[94_567], &[])}))["code"], "receipt_revoked");
    assert_eq!(asked(&json!({"receipt": "x"}))["code"], "receipt_malformed");
    for unreadable in ["", "[]", "{}", r#"{"keys":{"keys":[]}}"#, r#"{"keys":{"keys":[]},"receipt":"a","more":1}"#] {
        assert!(verify_all(unreadable).contains("unreadable"), "{unreadable}");
    }
}
