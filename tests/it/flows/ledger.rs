//! The log of decisions, read over HTTP and verified from the texts of RFC 9162, C2SP `signed-note` and RFC 8032 alone: none of our own code checks
//! anything here. Not here: kept subtrees, `services/procurement/src/ledger`.

use std::process::Command;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Client, Folder, Stack, decided_at, sample_enterprise};

in_every_mode!(every_decision_is_in_the_log);

/// RFC 9162 section 2.1.1.
pub(super) fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => Sha256::digest([]).to_vec(),
        [one] => one.clone(),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Sha256::digest([&[1], root(left).as_slice(), root(right).as_slice()].concat()).to_vec()
        }
    }
}

/// Section 2.1.3.1: the hashes beside the way of an entry.
pub(super) fn beside(number: usize, leaves: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, last) = if number < middle { (beside(number, left), root(right)) } else { (beside(number - middle, right), root(left)) };
    path.push(last);
    path
}

/// Section 2.1.4.1.
fn grown(before: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<Vec<u8>> {
    if before == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, last) =
        if before <= middle { (grown(before, left, whole), root(right)) } else { (grown(before - middle, right, false), root(left)) };
    path.push(last);
    path
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn hashes(value: &Value) -> Vec<String> {
    value["path"].as_array().unwrap().iter().map(|hash| hash.as_str().unwrap().to_owned()).collect()
}

/// Size and root of a note whose signature fits one of the published keys.
async fn read(stack: &Stack, note: &str) -> (usize, Vec<u8>) {
    let (text, signatures) = note.split_once("\n\n").unwrap();
    let text = format!("{text}\n");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "touchstone/procurement"), "{note}");
    let keys = stack.public().get("/procurement/v1/keys").await.expect_status(200).json;
    let signed = STANDARD.decode(signatures.trim_end().strip_prefix("\u{2014} touchstone/procurement ").unwrap()).unwrap();
    let fits = keys["keys"].as_array().unwrap().iter().any(|key| {
        let point: [u8; 32] = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap().try_into().unwrap();
        let named = Sha256::digest([b"touchstone/procurement\n\x01".as_slice(), &point].concat());
        let signature = Signature::from_slice(&signed[4..]).unwrap();
        signed[..4] == named[..4] && VerifyingKey::from_bytes(&point).unwrap().verify_strict(text.as_bytes(), &signature).is_ok()
    });
    assert!(fits, "{note}");
    (lines[1].parse().unwrap(), STANDARD.decode(lines[2]).unwrap())
}

fn leaf(id: &Value, digest: &Value) -> Vec<u8> {
    let entry = format!(r#"{{"digest":{digest},"id":{id}}}"#);
    Sha256::digest([b"\x00", entry.as_bytes()].concat()).to_vec()
}

async fn proof(client: &Client, id: &str) -> Value {
    client.get(&format!("/procurement/v1/log/entries/{id}")).await.expect_status(200).json
}

async fn every_decision_is_in_the_log(stack: &mut Stack) {
    let public = stack.public();
    let empty = testkit::eventually("the first checkpoint", || async {
        let note = public.get("/procurement/v1/log/checkpoint").await;
        (note.status == 200).then_some(note.text)
    });
    assert_eq!(read(stack, &empty.await).await, (0, Sha256::digest([]).to_vec()));

    let sample = sample_enterprise();
    stack.officer().await.put(&sample.path(), &sample.body).await.expect_status(201);
    let (buyer, head) = (stack.buyer().await, stack.head().await);
    let mut answers = Vec::new();
    for number in 0..5 {
        let decision = decided_at(&buyer, &json!({"supplier": sample.code, "sign": number == 0}), head).await;
        let id = decision["id"].as_str().unwrap().to_owned();
        let answer = buyer.get(&format!("/procurement/v1/decisions/{id}")).await.expect_status(200).text;
        answers.push((id, answer));
    }
    let batch = buyer.post("/procurement/v1/decisions/batch", &json!({"suppliers": [sample.code, "garbage"]})).await.expect_status(200);
    answers.push((batch.header("batch-id").unwrap().to_owned(), batch.text));

    // The feed names every entry, those as well that were made while waiting for the supplier to be known.
    let (id, officer) = (answers[5].0.clone(), stack.officer().await);
    let last = proof(&buyer, &id).await;
    let (size, signed_root) = read(stack, last["checkpoint"].as_str().unwrap()).await;
    let feed = officer.get("/procurement/v1/events?after=0&limit=500").await.expect_status(200).json;
    let entries: Vec<&Value> = feed["items"].as_array().unwrap().iter().map(|event| &event["data"]).collect();
    assert_eq!(entries.len(), size, "{feed}");
    let leaves: Vec<Vec<u8>> = entries.iter().map(|entry| leaf(&entry["id"], &entry["digest"])).collect();
    assert_eq!(root(&leaves), signed_root);

    for (id, answer) in &answers {
        let one = proof(&buyer, id).await;
        assert_eq!(one["digest"], format!("sha256:{}", hex(&Sha256::digest(answer))), "{id}: the answer is what the log holds");
        let number = usize::try_from(one["number"].as_u64().unwrap()).unwrap();
        assert_eq!(&entries[number]["id"], id);
        assert_eq!(hashes(&one), beside(number, &leaves).iter().map(|hash| hex(hash)).collect::<Vec<_>>(), "{id}");
    }
    for from in 1..=size {
        let shown = public.get(&format!("/procurement/v1/log/consistency?from={from}&to={size}")).await.expect_status(200).json;
        assert_eq!(hashes(&shown), grown(from, &leaves, true).iter().map(|hash| hex(hash)).collect::<Vec<_>>(), "{from}");
    }
    let newest = public.get("/procurement/v1/log/checkpoint").await.expect_status(200).text;
    assert_eq!(read(stack, &newest).await, (size, signed_root));
    by_command(stack, &buyer, &answers[1], size).await;
    refusals(stack, &public, &buyer, &answers[0].0, size).await;
    survives(stack, &answers[0].0, size).await;
}

/// The command of a reader, who has files and nothing else.
async fn by_command(stack: &Stack, buyer: &Client, (id, answer): &(String, String), size: usize) {
    let (folder, public) = (Folder::new(), stack.public());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let proof = file("proof.json", &buyer.get(&format!("/procurement/v1/log/entries/{id}")).await.expect_status(200).text);
    let keys = file("keys.json", &public.get("/procurement/v1/keys").await.expect_status(200).text);
    let (right, wrong) = (file("answer.json", answer), file("other.json", &format!("{answer}\n")));
    let newest = public.get("/procurement/v1/log/checkpoint").await.expect_status(200).text;
    let (note, spoilt) = (file("note", &newest), file("spoilt", &newest.replacen(&format!("\n{size}\n"), "\n1\n", 1)));
    let same = file("same.json", &public.get(&format!("/procurement/v1/log/consistency?from={size}")).await.expect_status(200).text);
    let run = |arguments: &[&str]| {
        let ran =
            Command::new(testkit::program("touchstone")).args(["verify-log", &proof, "--jwks", &keys]).args(arguments).output().unwrap();
        (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
    };
    let (code, told) = run(&["--answer", &right, "--since", &note, "--consistency", &same]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.starts_with(&format!("valid\nid: {id}\n")) && told.contains("still begins with") && told.contains("not established"),
        "{told}"
    );
    for (arguments, expected) in [
        (vec!["--answer", wrong.as_str()], (1, "is not the answer that is in the log")),
        (vec!["--since", &spoilt, "--consistency", &same], (1, "the signature does not fit")),
        (vec!["--since", &note, "--consistency", &right], (2, "unreadable")),
        (vec!["--answer", "/nowhere"], (2, "unreadable")),
    ] {
        let (code, told) = run(&arguments);
        assert!((code, told.contains(expected.1)) == (expected.0, true), "{arguments:?}: {code} {told}");
    }
}

async fn refusals(stack: &Stack, public: &Client, buyer: &Client, id: &str, size: usize) {
    let entry = format!("/procurement/v1/log/entries/{id}");
    stack.scoped("buyer", "procurement:read").await.get(&entry).await.expect_status(200);
    public.get(&entry).await.expect_problem(401, "token_missing");
    stack.caller("insurer").await.get(&entry).await.expect_problem(404, "not_found");
    stack.officer().await.get(&entry).await.expect_status(200);
    buyer.get("/procurement/v1/log/entries/dec_01JD0000000000000000000000").await.expect_problem(404, "not_found");
    buyer.get("/procurement/v1/log/entries/bat_01JD0000000000000000000000").await.expect_problem(404, "not_found");
    buyer.get("/procurement/v1/log/entries/garbage").await.expect_status(422);
    for query in ["", "from=", "from=x", "from=-1", "from=1&to=x", "from=1&more=2", "to=1"] {
        public.get(&format!("/procurement/v1/log/consistency?{query}")).await.expect_status(400);
    }
    for query in [format!("from=1&to={}", size + 1), "from=2&to=1".to_owned()] {
        public.get(&format!("/procurement/v1/log/consistency?{query}")).await.expect_problem(404, "not_found");
    }
    let begun = public.get("/procurement/v1/log/consistency?from=0").await.expect_status(200).json;
    assert_eq!((&begun["from"], &begun["path"]), (&json!(0), &json!([])));
}

async fn survives(stack: &mut Stack, id: &str, size: usize) {
    let name = if stack.processes().len() == 1 { "touchstone" } else { "procurement" };
    stack.restart(name);
    let buyer = stack.buyer().await;
    let again = proof(&buyer, id).await;
    assert_eq!(read(stack, again["checkpoint"].as_str().unwrap()).await.0, size, "a restart adds nothing and loses nothing");
}
