//! Whether a decision still holds, as credential, as list of bits and by command; and keys that rotate while the product runs. Signatures and bits are
//! looked at by the texts of the standards alone. Not here: changes of the outcome, which `watch` marks.

use std::{io::Read, process::Command};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use testkit::{Client, Folder, Reply, Stack, decided_at, eventually, sample_enterprise};

use super::batch_proofs::opened;

in_every_mode!(a_decision_is_withdrawn);
in_every_mode!(keys_rotate_while_it_runs);

async fn signed(stack: &Stack, supplier: &str) -> Value {
    decided_at(&stack.buyer().await, &json!({"supplier": supplier, "as_of": "2026-06-01", "sign": true}), stack.head().await).await
}

/// The bits of a list, and the answer they came in.
async fn bits(stack: &Stack, purpose: &str) -> (Vec<u8>, Reply) {
    let reply = stack.public().get(&format!("/procurement/v1/status/{purpose}-0")).await.expect_status(200);
    assert_eq!(reply.header("content-type"), Some("application/vc+jwt"));
    assert!(reply.header("cache-control").unwrap().contains("public"));
    let (header, claims) = opened(stack, &reply.text).await;
    assert_eq!((&header["typ"], &header["alg"], &claims["issuer"]), (&json!("vc+jwt"), &json!("EdDSA"), &header["iss"]));
    assert_eq!(claims["type"], json!(["VerifiableCredential", "BitstringStatusListCredential"]));
    let subject = &claims["credentialSubject"];
    assert_eq!((&subject["type"], &subject["statusPurpose"]), (&json!("BitstringStatusList"), &json!(purpose)));
    let packed = URL_SAFE_NO_PAD.decode(subject["encodedList"].as_str().unwrap().strip_prefix('u').unwrap()).unwrap();
    let mut bits = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut bits).unwrap();
    assert!(bits.len() >= 16 * 1024);
    (bits, reply)
}

fn set(bits: &[u8]) -> Vec<usize> {
    (0..bits.len() * 8).filter(|at| bits[at / 8] & (0x80 >> (at % 8)) != 0).collect()
}

async fn a_decision_is_withdrawn(stack: &mut Stack) {
    let sample = sample_enterprise();
    stack.officer().await.put(&sample.path(), &sample.body).await.expect_status(201);
    let decision = signed(stack, &sample.code).await;
    let others = [signed(stack, &sample.code).await, signed(stack, &sample.code).await];
    let (buyer, id) = (stack.buyer().await, decision["id"].as_str().unwrap().to_owned());
    let place = |decision: &Value| usize::try_from(decision["status"]["index"].as_u64().unwrap()).unwrap();
    assert!(place(&others[0]) != place(&decision) && place(&others[0]) != place(&others[1]));
    let (_, receipt) = opened(stack, decision["receipt"].as_str().unwrap()).await;
    assert_eq!(receipt["status"], decision["status"]);

    let status = format!("/procurement/v1/decisions/{id}/status");
    let active = buyer.get(&status).await.expect_status(200).json;
    assert_eq!((&active["status"], &active["place"]), (&json!("active"), &decision["status"]));
    let (before, first) = bits(stack, "revocation").await;
    assert!(set(&before).is_empty());
    let known = stack.public().call("GET", "/procurement/v1/status/revocation-0").header("If-None-Match", first.header("etag").unwrap());
    known.send().await.expect_status(304);

    let revoke = format!("/procurement/v1/decisions/{id}/revoke");
    let body = json!({"reason": "示例：判断所用的信息有误"});
    refusals(stack, &buyer, &revoke, &body).await;
    let revoked = buyer.post(&revoke, &body).await.expect_status(200).json;
    assert_eq!((&revoked["status"], &revoked["reason"]), (&json!("revoked"), &body["reason"]));
    assert_eq!(
        stack.officer().await.post(&revoke, &json!({"reason": "又一次"})).await.expect_status(200).json,
        revoked,
        "once and for good"
    );
    assert_eq!(buyer.get(&status).await.expect_status(200).json, revoked);
    assert_eq!(
        buyer.get(&format!("/procurement/v1/decisions/{id}")).await.expect_status(200).json,
        decision,
        "the decision stays what it was"
    );
    let (after, second) = bits(stack, "revocation").await;
    assert_eq!(set(&after), [place(&decision)]);
    assert!(second.header("etag") != first.header("etag"));
    assert!(set(&bits(stack, "message").await.0).is_empty());
    let events = stack.officer().await.get("/procurement/v1/events?after=0&limit=500").await.expect_status(200).json;
    let told = events["items"].as_array().unwrap().iter().filter(|event| event["type"] == "touchstone.procurement.decision.revoked.v1");
    assert_eq!(told.map(|event| event["data"]["id"].clone()).collect::<Vec<_>>(), [json!(id)]);

    credential(stack, &buyer, &decision).await;
    by_command(stack, &buyer, &decision, &others[0], &second.text).await;
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    stack.restart(name);
    let fresh = signed(stack, &sample.code).await;
    assert!([&decision, &others[0], &others[1]].iter().all(|old| place(old) != place(&fresh)), "no place is given twice");
    assert_eq!(set(&bits(stack, "revocation").await.0), [place(&decision)]);
}

async fn refusals(stack: &Stack, buyer: &Client, revoke: &str, body: &Value) {
    stack.caller("insurer").await.post(revoke, body).await.expect_problem(404, "not_found");
    stack.scoped("buyer", "procurement:read").await.post(revoke, body).await.expect_status(403);
    for bad in [json!({"reason": ""}), json!({"reason": " "})] {
        assert_eq!(buyer.post(revoke, &bad).await.expect_status(422).faults()[0].0, "/reason");
    }
    for path in ["garbage", "dec_01JD0000000000000000000000", "bat_01JD0000000000000000000000"] {
        let status = if path == "garbage" { 422 } else { 404 };
        buyer.post(&format!("/procurement/v1/decisions/{path}/revoke"), body).await.expect_status(status);
        buyer.get(&format!("/procurement/v1/decisions/{path}/status")).await.expect_status(status);
    }
    for list in ["revocation-1", "message-999999999999999999999", "revocation-00", "other-0", "x"] {
        stack.public().get(&format!("/procurement/v1/status/{list}")).await.expect_problem(404, "not_found");
    }
}

/// VC Data Model 2.0 and VC-JOSE-COSE.
async fn credential(stack: &Stack, buyer: &Client, decision: &Value) {
    let id = decision["id"].as_str().unwrap();
    let reply = buyer.get(&format!("/procurement/v1/decisions/{id}/credential")).await.expect_status(200);
    assert_eq!(reply.header("content-type"), Some("application/vc+jwt"));
    let (header, claims) = opened(stack, &reply.text).await;
    assert_eq!((&header["typ"], &header["cty"], &header["iss"]), (&json!("vc+jwt"), &json!("vc"), &claims["issuer"]));
    assert_eq!(claims["@context"][0], "https://www.w3.org/ns/credentials/v2");
    let (_, receipt) = opened(stack, decision["receipt"].as_str().unwrap()).await;
    assert_eq!(claims["credentialSubject"]["decision"], receipt);
    let entry = &claims["credentialStatus"][0];
    assert_eq!((&entry["type"], &entry["statusListCredential"]), (&json!("BitstringStatusListEntry"), &receipt["status"]["revocation"]));
    assert_eq!(entry["statusListIndex"], json!(receipt["status"]["index"].to_string()));
    let unsigned = decided_at(buyer, &json!({"supplier": decision["supplier"]}), 0).await;
    assert_eq!(unsigned.get("status"), None);
    let unsigned = format!("/procurement/v1/decisions/{}", unsigned["id"].as_str().unwrap());
    buyer.get(&format!("{unsigned}/credential")).await.expect_problem(404, "not_found");
    let status = buyer.get(&format!("{unsigned}/status")).await.expect_status(200).json;
    assert_eq!((&status["status"], status.get("place")), (&json!("active"), None));
    stack.caller("insurer").await.get(&format!("{unsigned}/status")).await.expect_problem(404, "not_found");
}

/// Files as a reader has them.
struct Files(Folder);

impl Files {
    fn put(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

fn touchstone(arguments: &[&str]) -> (i32, String) {
    let ran = Command::new(testkit::program("touchstone")).args(arguments).output().unwrap();
    let told = String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap();
    (ran.status.code().unwrap(), told)
}

async fn by_command(stack: &Stack, buyer: &Client, withdrawn: &Value, stands: &Value, list: &str) {
    let files = Files(Folder::new());
    let keys = files.put("keys.json", &stack.public().get("/procurement/v1/keys").await.expect_status(200).text);
    let credential =
        buyer.get(&format!("/procurement/v1/decisions/{}/credential", stands["id"].as_str().unwrap())).await.expect_status(200);
    let credential = files.put("credential.jwt", &credential.text);
    let (withdrawn, stands) = (files.put("withdrawn.json", &withdrawn.to_string()), files.put("stands.json", &stands.to_string()));
    let (list, spoilt) = (files.put("list.jwt", list), files.put("spoilt.jwt", &list.replacen('.', ".A", 1)));
    for (arguments, code, expected) in [
        (vec![withdrawn.as_str()], 0, "[status]"),
        (vec![&withdrawn, "--status", &list], 1, "receipt_revoked"),
        (vec![&stands, "--status", &list], 0, "[not_revoked]"),
        (vec![&credential, "--status", &list], 0, "[not_revoked]"),
        (vec![&credential], 0, "[status]"),
        (vec![&stands, "--status", &spoilt], 1, "status_list_refused"),
    ] {
        let (ended, told) = touchstone(&[vec!["verify-receipt", "--jwks", &keys], arguments.clone()].concat());
        assert!((ended, told.contains(expected)) == (code, true), "{arguments:?}: {ended} {told}");
    }
    let checked = buyer.post("/procurement/v1/receipts/verify", &json!({"receipt": std::fs::read_to_string(&credential).unwrap()})).await;
    assert_eq!(checked.expect_status(200).field("/valid"), &json!(true));
}

async fn keys_rotate_while_it_runs(stack: &mut Stack) {
    let sample = sample_enterprise();
    stack.officer().await.put(&sample.path(), &sample.body).await.expect_status(201);
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    let file = stack.folder().path().join(name).join("keys").join("procurement.jwks").to_string_lossy().into_owned();
    let kid = |decision: &Value| {
        let header = decision["receipt"].as_str().unwrap().split('.').next().unwrap().to_owned();
        serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let mut decisions = vec![signed(stack, &sample.code).await];
    for _ in 0..3 {
        let (code, told) = touchstone(&["keys", "rotate", "--file", &file]);
        assert_eq!(code, 0, "{told}");
        let newest = told.trim().to_owned();
        let (stack, code) = (&*stack, &sample.code);
        let taken_up = eventually("the new key signs", || async {
            let decision = signed(stack, code).await;
            (kid(&decision) == newest).then_some(decision)
        });
        decisions.push(taken_up.await);
    }
    stack.restart(name);
    decisions.push(signed(stack, &sample.code).await);
    let published = stack.public().get("/procurement/v1/keys").await.expect_status(200);
    let keys = published.field("/keys").as_array().unwrap();
    let times: Vec<(bool, bool)> = keys.iter().map(|key| (key["from"].is_string(), key["until"].is_string())).collect();
    assert_eq!(times, [(true, false), (true, true), (true, true), (false, true)], "{}", published.text);
    assert!(keys.iter().all(|key| key.get("d").is_none()));

    let files = Files(Folder::new());
    let set = files.put("keys.json", &published.text);
    for (number, decision) in decisions.iter().enumerate() {
        opened(stack, decision["receipt"].as_str().unwrap()).await;
        let decision = files.put(&format!("{number}.json"), &decision.to_string());
        let (code, told) = touchstone(&["verify-receipt", &decision, "--jwks", &set]);
        assert_eq!(code, 0, "{told}");
    }
    // Had its key been retired before: the dates are named.
    let mut early = published.json.clone();
    let first = early["keys"].as_array_mut().unwrap().last_mut().unwrap();
    first["until"] = json!("2020-01-01T00:00:00+08:00");
    let early = files.put("early.json", &early.to_string());
    let (code, told) = touchstone(&["verify-receipt", &files.put("old.json", &decisions[0].to_string()), "--jwks", &early]);
    let issued = opened(stack, decisions[0]["receipt"].as_str().unwrap()).await.1["issued_at"].as_str().unwrap().to_owned();
    assert!(code == 1 && told.contains("receipt_key_not_in_use") && told.contains("2020-01-01") && told.contains(&issued), "{told}");
}
