//! All that is public as one: an export, the same bytes whenever and wherever they are read, and a copy that goes on by the feed. Not here: the lines,
//! `services/credit/src/export`.

use std::{collections::BTreeMap, io::Read};

use serde_json::{Value, json};
use testkit::{Client, Stack, eventually, fact, sample_enterprise, today};

on_both_databases!(a_copy_of_an_export_goes_on_by_the_feed);
on_both_databases!(an_export_is_the_same_bytes_after_a_restart);

/// What is public: every enterprise with its register data, its facts and the lists it stands on, each by id.
type Copy = BTreeMap<String, BTreeMap<String, Value>>;

async fn enterprise(stack: &Stack, kinds: &[&str]) -> (String, Vec<String>) {
    let (officer, sample) = (stack.officer().await, sample_enterprise());
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let mut ids = Vec::new();
    for kind in kinds {
        let mut fact = fact(&sample.code, kind);
        if *kind == "penalty" {
            fact["detail"] = json!({"types": ["fine"]});
        }
        ids.push(officer.post("/credit/v1/facts", &fact).await.expect_status(201).text_at("/id"));
    }
    (sample.code, ids)
}

async fn exported(client: &Client) -> Value {
    let asked = client.post("/credit/v1/exports", &json!({})).await.expect_status(202);
    let path = asked.header("location").unwrap().to_owned();
    eventually("the export is ready", || async {
        let manifest = client.get(&path).await.expect_status(200).json;
        (manifest["state"] == "ready").then_some(manifest)
    })
    .await
}

async fn bytes(client: &Client, part: &Value) -> Vec<u8> {
    let (status, bytes) = client.call("GET", part["href"].as_str().unwrap()).bytes().await;
    assert_eq!(status, 200);
    assert_eq!(bytes.len(), usize::try_from(part["bytes"].as_i64().unwrap()).unwrap());
    assert_eq!(sha256(&bytes), part["sha256"].as_str().unwrap());
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads all parts; the counts and digests must be those of the manifest.
async fn restored(client: &Client, manifest: &Value) -> Copy {
    let (mut copy, mut counts, mut digests) = (Copy::new(), BTreeMap::new(), String::new());
    for part in manifest["parts"].as_array().unwrap() {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes(client, part).await.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text.lines().count(), usize::try_from(part["records"].as_i64().unwrap()).unwrap());
        digests.push_str(&format!("{}\n", part["sha256"].as_str().unwrap()));
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let record = line["record"].as_str().unwrap();
            *counts.entry(record.to_owned()).or_insert(0) += 1;
            let id = line[record]["id"].as_str().unwrap_or("").to_owned();
            copy.entry(line["uscc"].as_str().unwrap().to_owned()).or_default().insert(id, line[record].clone());
        }
    }
    for (record, name) in [("enterprise", "enterprises"), ("fact", "facts"), ("listing", "listings")] {
        assert_eq!(&json!(counts.get(record).copied().unwrap_or(0)), &manifest[name], "{name}");
    }
    assert_eq!(manifest["digest"], sha256(digests.as_bytes()).as_str());
    copy
}

/// The feed says who has changed, the public page says what is so now.
async fn go_on(client: &Client, manifest: &Value, copy: &mut Copy) {
    let (mut path, mut changed) = (manifest["follow"].as_str().unwrap().to_owned(), Vec::new());
    loop {
        let page = client.get(&path).await.expect_status(200);
        assert_eq!(page.field("/epoch"), &manifest["epoch"]);
        changed.extend(page.field("/items").as_array().unwrap().iter().map(|event| event["subject"].as_str().unwrap().to_owned()));
        let (next, head) = (page.field("/next").as_i64().unwrap(), page.field("/head").as_i64().unwrap());
        path = format!("/credit/v1/events?after={next}");
        if next >= head {
            break;
        }
    }
    changed.sort();
    changed.dedup();
    for code in changed {
        let page = client.get(&format!("/credit/v1/public/enterprises/{code}")).await.expect_status(200);
        let mut entries = BTreeMap::from([(String::new(), page.field("/enterprise").clone())]);
        for fact in page.field("/facts").as_array().unwrap().iter().chain(page.field("/lists").as_array().unwrap()) {
            let mut fact = fact.clone();
            fact.as_object_mut().unwrap().remove("title");
            entries.insert(fact["id"].as_str().unwrap().to_owned(), fact);
        }
        copy.insert(code, entries);
    }
}

async fn a_copy_of_an_export_goes_on_by_the_feed(stack: &mut Stack) {
    let (officer, other) = (stack.officer().await, stack.caller("integrator").await);
    let kinds = ["penalty", "award", "trustworthy_listing", "complaint", "licence"];
    let (first, ids) = enterprise(stack, &kinds).await;
    let (second, _) = enterprise(stack, &kinds).await;
    let before = stack.head().await;
    let manifest = exported(&other).await;
    assert_eq!((&manifest["position"], &manifest["enterprises"]), (&json!(before), &json!(2)));
    let mut copy = restored(&other, &manifest).await;
    assert_eq!(copy[&first].len(), 5, "register, penalty, award, listing, licence; never the complaint");
    let text = format!("{copy:?}");
    for internal in [stack.code("authority").as_str(), "asserted_by", "risk", "示例投诉"] {
        assert!(!text.contains(internal), "{internal}");
    }

    // Meanwhile: a stay, an annulment, a new fact, a new enterprise, an entry that changes.
    let stay = json!({"on": today().to_string(), "document_no": "示例停止执行决定"});
    officer.post(&format!("/credit/v1/facts/{}/stay", ids[0]), &stay).await.expect_status(200);
    officer.post(&format!("/credit/v1/facts/{}/annul", ids[2]), &json!({"reason": "撤销"})).await.expect_status(200);
    officer.post("/credit/v1/facts", &fact(&second, "recall")).await.expect_status(201);
    let (third, _) = enterprise(stack, &["commitment"]).await;
    let entry = format!("/credit/v1/enterprises/{second}");
    let tag = officer.get(&entry).await.header("etag").unwrap().to_owned();
    let renamed = sample_enterprise().with("name", json!("示例更名有限公司")).with("division", json!("440304")).body;
    officer.call("PUT", &entry).header("If-Match", &tag).json(&renamed).send().await.expect_status(200);

    let again = exported(&other).await;
    assert_ne!(again["id"], manifest["id"]);
    let expected = restored(&other, &again).await;
    assert_ne!(copy, expected);
    go_on(&other, &manifest, &mut copy).await;
    assert_eq!(copy, expected, "a restored copy and the feed give what a new export gives");
    assert!(copy.contains_key(&third) && !copy[&first].contains_key(&ids[0]));

    // The old one is still what it was; the last one is public.
    assert_eq!(restored(&other, &manifest).await.len(), 2);
    let public = stack.public();
    let latest = public.get("/credit/v1/public/exports/latest").await.expect_status(200).json;
    assert_eq!((&latest["id"], &latest["digest"]), (&again["id"], &again["digest"]));
    assert_eq!(restored(&public, &latest).await, expected);
    refused(stack, &manifest).await;
}

async fn refused(stack: &Stack, manifest: &Value) {
    let (other, id) = (stack.caller("integrator").await, manifest["id"].as_str().unwrap());
    let part = manifest["parts"][0].clone();
    let href = part["href"].as_str().unwrap();
    let whole = bytes(&other, &part).await;
    for (range, expected) in [("bytes=0-9", &whole[..10]), ("bytes=5-", &whole[5..]), ("bytes=-3", &whole[whole.len() - 3..])] {
        let (status, found) = other.call("GET", href).header("Range", range).bytes().await;
        assert_eq!((status, found.as_slice()), (206, expected), "{range}");
    }
    assert_eq!(other.call("GET", href).header("Range", "bytes=9-1").bytes().await.0, 200);
    let tag = format!("\"{}\"", part["sha256"].as_str().unwrap());
    other.call("GET", href).header("If-None-Match", &tag).send().await.expect_status(304);
    for role in ["enterprise", "buyer", "association", "insurer", "laboratory"] {
        let caller = stack.caller(role).await;
        caller.post("/credit/v1/exports", &json!({})).await.expect_problem(403, "not_your_organisation");
        caller.get(&format!("/credit/v1/exports/{id}")).await.expect_problem(403, "not_your_organisation");
        caller.get(href).await.expect_problem(403, "not_your_organisation");
    }
    let unknown = "exp_01JD0000000000000000000000";
    other.get(&format!("/credit/v1/exports/{unknown}")).await.expect_problem(404, "not_found");
    for part in [format!("{unknown}/parts/1"), format!("{id}/parts/2")] {
        other.get(&format!("/credit/v1/exports/{part}")).await.expect_problem(404, "not_found");
        stack.public().get(&format!("/credit/v1/public/exports/{part}")).await.expect_problem(404, "not_found");
    }
    for number in ["0", "-1", "x", "99999999999"] {
        other.get(&format!("/credit/v1/exports/{id}/parts/{number}")).await.expect_problem(400, "bad_parameter");
    }
    other.get("/credit/v1/exports/fct_01JD0000000000000000000000").await.expect_status(422);
    let passed = other.post("/credit/v1/exports", &json!({"as_of": "2020-01-01"})).await.expect_problem(422, "day_has_passed");
    assert_eq!(passed.faults()[0].0, "/as_of");
    other.post("/credit/v1/exports", &json!({"as_of": "x"})).await.expect_status(422);
    other.post("/credit/v1/exports", &json!({"day": "2030-01-01"})).await.expect_problem(400, "unknown_field");
}

async fn an_export_is_the_same_bytes_after_a_restart(stack: &mut Stack) {
    stack.public().get("/credit/v1/public/exports/latest").await.expect_problem(404, "not_found");
    let (code, _) = enterprise(stack, &["award", "licence"]).await;
    let manifest = exported(&stack.officer().await).await;
    let before = bytes(&stack.officer().await, &manifest["parts"][0]).await;
    stack.officer().await.post("/credit/v1/facts", &fact(&code, "award")).await.expect_status(201);
    let name = if stack.processes().len() == 1 { "touchstone" } else { "credit" };
    stack.restart(name);
    let officer = stack.officer().await;
    assert_eq!(bytes(&officer, &manifest["parts"][0]).await, before);
    let same = officer.get(&format!("/credit/v1/exports/{}", manifest["id"].as_str().unwrap())).await.expect_status(200);
    assert_eq!(same.json, manifest);
}
