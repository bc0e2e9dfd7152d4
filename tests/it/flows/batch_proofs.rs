//! The receipt of a batch: its lines hashed and its root signed, by RFC 9162 and RFC 8032 alone; each line proven and replayed. Not here: how batches are
//! answered, `batch`.

use std::process::Command;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Client, Folder, Stack, decided_at, fact, next_code, sample_enterprise};

use super::ledger::{beside, hashes, hex, root};

in_every_mode!(a_batch_is_proven_line_by_line);

const PATH: &str = "/procurement/v1/decisions/batch";

/// Header and claims of a compact JWS whose signature fits a published key.
pub(super) async fn opened(stack: &Stack, jws: &str) -> (Value, Value) {
    let keys = stack.public().get("/procurement/v1/keys").await.expect_status(200).json;
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let part = |at: usize| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jws.split('.').nth(at).unwrap()).unwrap()).unwrap() };
    let header = part(0);
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let point: [u8; 32] = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap().try_into().unwrap();
    VerifyingKey::from_bytes(&point).unwrap().verify_strict(signed.as_bytes(), &signature).unwrap();
    (header, part(1))
}

fn leaf(line: &str) -> Vec<u8> {
    Sha256::digest([b"\x00", line.as_bytes()].concat()).to_vec()
}

async fn a_batch_is_proven_line_by_line(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let samples: Vec<_> = (0..5).map(|_| sample_enterprise()).collect();
    for sample in &samples {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
    }
    officer.post("/credit/v1/facts", &fact(&samples[1].code, "serious_violation_listing")).await.expect_status(201);
    decided_at(&buyer, &json!({"supplier": samples[4].code}), stack.head().await).await;

    let mut codes: Vec<String> = samples.iter().map(|sample| sample.code.clone()).collect();
    codes.extend(["garbage".to_owned(), next_code()]);
    let asked: String = codes.iter().map(|code| format!("{}\n", json!({"supplier": code}))).collect();
    let query = "as_of=2026-06-01&explain=failed&sign=true";
    let answer = buyer.call("POST", &format!("{PATH}?{query}")).body("application/x-ndjson", asked.clone()).send().await.expect_status(200);
    let lines: Vec<String> = answer.text.lines().map(str::to_owned).collect();
    let same = buyer.post(PATH, &json!({"suppliers": codes, "as_of": "2026-06-01", "explain": "failed"})).await.expect_status(200);
    for (one, other) in answer.lines().iter().zip(same.lines()) {
        let members = |line: &Value| {
            (line["index"].clone(), line["status"].clone(), line["body"]["outcome"].clone(), line["problem"]["code"].clone())
        };
        assert_eq!(members(one), members(&other), "a line of NDJSON asks what an entry of the list asks");
    }
    assert_eq!(answer.lines().iter().map(|line| line["status"].as_u64().unwrap()).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 422, 404]);

    let id = answer.header("batch-id").unwrap().to_owned();
    let batch = buyer.get(&format!("{PATH}/{id}")).await.expect_status(200).json;
    let leaves: Vec<Vec<u8>> = lines.iter().map(|line| leaf(line)).collect();
    assert_eq!(batch["root"], json!(hex(&root(&leaves))));
    assert_eq!(batch["digest"], json!(format!("sha256:{}", hex(&Sha256::digest(&answer.text)))));
    assert_eq!((&batch["suppliers"], &batch["lines"], &batch["outcomes"]["ineligible"]), (&json!(codes), &json!(7), &json!(1)));
    let (header, signed) = opened(stack, batch["receipt"].as_str().unwrap()).await;
    assert_eq!(header["typ"], "touchstone-batch+jws");
    for member in ["id", "root", "lines", "as_of", "known_at", "ruleset", "evaluator", "sources", "status"] {
        assert_eq!(signed[member], batch[member], "{member}");
    }
    for (line, told) in answer.lines().iter().zip(&lines).filter(|(line, _)| line["status"] == 200) {
        assert_eq!(line["body"]["known_at"], batch["known_at"], "all lines are of one instant: {told}");
    }
    for (index, line) in lines.iter().enumerate() {
        let proof = buyer.get(&format!("{PATH}/{id}/lines/{index}")).await.expect_status(200).json;
        assert_eq!(
            (&proof["line"], &proof["hash"], &proof["root"]),
            (&json!(line), &json!(hex(&leaves[index])), &batch["root"]),
            "made again, byte for byte"
        );
        assert_eq!(hashes(&proof), beside(index, &leaves).iter().map(|hash| hex(hash)).collect::<Vec<_>>(), "{index}");
    }
    by_command(stack, &buyer, &id, &answer.text).await;

    // What comes later changes nothing.
    officer.post("/credit/v1/facts", &fact(&codes[0], "serious_violation_listing")).await.expect_status(201);
    let late = sample_enterprise();
    officer.put(&late.path(), &late.body).await.expect_status(201);
    decided_at(&buyer, &json!({"supplier": late.code}), stack.head().await).await;
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    stack.restart(name);
    let buyer = stack.buyer().await;
    let replayed = buyer.call("POST", &format!("{PATH}/{id}/replay")).send().await.expect_status(200).json;
    assert_eq!(replayed, json!({"result": "identical", "lines": 7, "differing": 0}));
    let one = buyer.call("POST", &format!("{PATH}/{id}/lines/1/replay")).send().await.expect_status(200).json;
    assert_eq!(one, json!({"result": "identical", "lines": 1, "differing": 0}));
    let again = buyer.get(&format!("{PATH}/{id}/lines/6")).await.expect_status(200).json;
    assert_eq!(again["line"], json!(lines[6]), "who was unknown then is unknown in the line");
    refusals(stack, &buyer, &id).await;
}

async fn by_command(stack: &Stack, buyer: &Client, id: &str, answer: &str) {
    let (folder, public) = (Folder::new(), stack.public());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let keys = file("keys.json", &public.get("/procurement/v1/keys").await.expect_status(200).text);
    let batch = file("batch.json", &buyer.get(&format!("{PATH}/{id}")).await.expect_status(200).text);
    let line = buyer.get(&format!("{PATH}/{id}/lines/2")).await.expect_status(200);
    let (proof, answer) = (file("line.json", &line.text), file("answer.ndjson", answer));
    let spoilt = file("spoilt.json", &line.text.replacen("\"index\":2", "\"index\":3", 1));
    let other = file("other.ndjson", "{}\n");
    let run = |arguments: &[&str]| {
        let ran = Command::new(testkit::program("touchstone")).args(["verify-receipt", "--jwks", &keys]).args(arguments).output().unwrap();
        (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
    };
    for (arguments, code, expected) in [
        (vec![batch.as_str(), "--lines", &answer], 0, "[lines]"),
        (vec![&proof], 0, "[line]"),
        (vec![&batch], 0, "[status]"),
        (vec![&batch, "--lines", &other], 1, "lines_differ"),
        (vec![&spoilt], 1, "lines_differ"),
    ] {
        let (ended, told) = run(&arguments);
        assert!((ended, told.contains(expected)) == (code, true), "{arguments:?}: {ended} {told}");
    }
}

async fn refusals(stack: &Stack, buyer: &Client, id: &str) {
    let insurer = stack.caller("insurer").await;
    for path in [format!("{PATH}/{id}"), format!("{PATH}/{id}/lines/0")] {
        insurer.get(&path).await.expect_problem(404, "not_found");
        stack.public().get(&path).await.expect_problem(401, "token_missing");
        stack.officer().await.get(&path).await.expect_status(200);
    }
    insurer.call("POST", &format!("{PATH}/{id}/replay")).send().await.expect_problem(404, "not_found");
    buyer.get(&format!("{PATH}/{id}/lines/7")).await.expect_problem(404, "not_found");
    buyer.call("POST", &format!("{PATH}/{id}/lines/7/replay")).send().await.expect_problem(404, "not_found");
    buyer.get(&format!("{PATH}/{id}/lines/x")).await.expect_status(400);
    buyer.get(&format!("{PATH}/garbage")).await.expect_status(422);
    buyer.get(&format!("{PATH}/bat_01JD0000000000000000000000")).await.expect_problem(404, "not_found");
    let ndjson = |query: &str, body: &str| buyer.call("POST", &format!("{PATH}?{query}")).body("application/x-ndjson", body.to_owned());
    let broken = ndjson("", "{\"supplier\":1}\n\n{}\nnonsense\n{\"supplier\":\"x\",\"more\":1}\n").send().await.expect_status(400);
    let named: Vec<String> = broken.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(named, ["/0/supplier", "/1/supplier", "/2", "/3/more"], "{}", broken.text);
    for query in ["explain=all", "sign=yes", "more=1", "as_of="] {
        let reply = ndjson(query, "{\"supplier\":\"x\"}\n").send().await;
        assert!(matches!(reply.status, 400 | 422), "{query}: {}", reply.text);
    }
    ndjson("", "").send().await.expect_status(422);
    let many = "{\"supplier\":\"914404001000000590\"}\n".repeat(10_001);
    ndjson("", &many).send().await.expect_problem(413, "batch_too_large");
    let both = buyer.call("POST", &format!("{PATH}?sign=true")).json(&json!({"suppliers": ["914404001000000590"]})).send().await;
    assert_eq!(both.expect_status(400).faults()[0].0, "?sign");
}
