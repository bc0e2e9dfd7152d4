//! The sample: what it may say of whom, and that it gives every outcome. Not here: loading it, `services/all_in_one/src/sample`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::SystemTime,
};

use model::uscc::Uscc;
use serde_json::{Value, json};
use testkit::{Client, Folder, KINDS};

use super::{
    page::root,
    served::{Served, command},
};

/// The only real enterprises.
const REAL: [&str; 4] = ["914403001922038216", "91440400192548256N", "91110108551385082Q", "9144030071526726XG"];
/// The mark of an invented organisation code, at positions 9 to 14.
const MARK: &str = "EXAMPL";
const LAST_DAY: &str = "2026-10-31";
const AS_OF: &str = "2026-11-01";

fn lines(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join("services/all_in_one/sample").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The number of an invented enterprise, as its code has it.
fn number(code: &str) -> u32 {
    code[14..16].parse().unwrap()
}

/// All facts, those of later changes included.
fn facts() -> Vec<Value> {
    lines("facts.ndjson").into_iter().chain(lines("changes.ndjson").into_iter().filter_map(|change| change.get("fact").cloned())).collect()
}

#[test]
fn codes_are_valid_and_the_invented_ones_are_marked() {
    let enterprises = lines("enterprises.ndjson");
    let mut seen = BTreeSet::new();
    for enterprise in &enterprises {
        let (code, name) = (text(enterprise, "/uscc"), text(enterprise, "/name"));
        assert!(seen.insert(code.to_owned()), "{code} stands twice");
        let parsed = Uscc::parse(code).unwrap_or_else(|fault| panic!("{code}: {}", fault.code));
        assert!(parsed.warnings().is_empty(), "{code} {:?}", parsed.warnings());
        assert_eq!(Uscc::with_check(&code[..17]).unwrap(), parsed);
        if REAL.contains(&code) {
            assert!(!name.contains("示例"), "{name} is real");
            continue;
        }
        assert_eq!(&code[8..14], MARK, "{code}");
        assert_eq!(parsed.division(), text(enterprise, "/division"), "{code}");
        let mut names = vec![name];
        names.extend(enterprise["former_names"].as_array().into_iter().flatten().map(|former| text(former, "/name")));
        names.extend(enterprise.get("short_name").and_then(Value::as_str));
        assert!(names.iter().all(|name| name.starts_with("示例")), "{names:?}");
        assert!(enterprise.get("name_en").is_none_or(|name| name.as_str().unwrap().starts_with("Example ")), "{name}");
    }
    assert!(REAL.iter().all(|code| seen.contains(*code)));
    assert_eq!(enterprises.len(), 64, "the README says 4 and 60");
}

#[test]
fn no_fact_is_about_a_real_enterprise_or_by_a_real_authority() {
    let facts = facts();
    for fact in &facts {
        let (code, id) = (text(fact, "/enterprise"), text(fact, "/external_id"));
        assert_eq!(&code[8..14], MARK, "{id} is about {code}");
        for by in ["/source/authority", "/detail/issuer", "/detail/laboratory"] {
            assert!(fact.pointer(by).is_none_or(|by| by.as_str().unwrap().starts_with("示例")), "{id}: {by}");
        }
        assert!(text(fact, "/source/document_no").is_empty() || text(fact, "/source/document_no").starts_with("示例"), "{id}");
        for day in ["/decided_on", "/published_on"] {
            assert!(text(fact, day) <= LAST_DAY, "{id}: {day}");
        }
    }
    let ids: BTreeSet<&str> = facts.iter().map(|fact| text(fact, "/external_id")).collect();
    assert_eq!(ids.len(), facts.len(), "each fact has an external_id of its own");
    let kinds: BTreeSet<&str> = facts.iter().map(|fact| text(fact, "/kind")).collect();
    assert_eq!(kinds, BTreeSet::from(KINDS), "every kind of fact occurs");
}

/// What the README of the sample says of a number.
const fn outcome_of(number: u32) -> &'static str {
    match number {
        28..=31 => "eligible_with_conditions",
        32..=48 | 59 => "ineligible",
        56..=58 => "indeterminate",
        _ => "eligible",
    }
}

async fn caller(server: &Served) -> Client {
    let client = Client::new(server.export("TS_URL"));
    let form = [("grant_type", "client_credentials")];
    let call = client.call("POST", "/oauth2/token").basic(server.export("TS_CLIENT_ID"), server.export("TS_CLIENT_SECRET"));
    client.with_token(call.form(&form).send().await.expect_status(200).text_at("/access_token"))
}

#[tokio::test]
async fn the_sample_gives_every_outcome_and_grade_and_is_loaded_once() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let server = Served::start(&["serve", "--sample"], &data);
    assert_eq!(server.ready().lines().count(), 1, "standard output keeps the one line");
    let address = server.export("TS_URL").to_owned();
    assert_eq!(serde_json::from_str::<Value>(server.ready()).unwrap(), json!({"ready": true, "listen": address}));
    assert!(server.told().contains(&format!("{address}/docs/")), "the documentation is named");
    assert!(!server.told().contains("cannot be loaded"), "{}", server.told());
    let client = caller(&server).await;
    let codes: Vec<String> = lines("enterprises.ndjson").iter().map(|enterprise| text(enterprise, "/uscc").to_owned()).collect();
    let asked = json!({"suppliers": codes, "as_of": AS_OF, "explain": "failed"});
    let answer = client.post("/procurement/v1/decisions/batch", &asked).await.expect_status(200);
    let mut wrong = Vec::new();
    for (code, line) in codes.iter().zip(answer.lines()) {
        let wanted = if REAL.contains(&code.as_str()) { "eligible" } else { outcome_of(number(code)) };
        if text(&line, "/body/outcome") != wanted {
            wrong.push(format!("{code}: {wanted} is said, and the answer is {} {}", text(&line, "/body/outcome"), line["body"]["reasons"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut grades = BTreeMap::new();
    for code in &codes {
        let score = client.get(&format!("/credit/v1/enterprises/{code}/score?as_of={AS_OF}")).await.expect_status(200);
        *grades.entry(score.text_at("/grade")).or_insert(0_u32) += 1;
    }
    let every = ["A", "AA", "AAA", "B", "C", "D", "unrated"];
    assert_eq!(grades.keys().map(String::as_str).collect::<Vec<_>>(), every, "{grades:?}");
    histories(&client).await;

    let head = |reply: testkit::Reply| reply.field("/head").as_i64().unwrap();
    let feed = "/credit/v1/events?after=9000000000000000&limit=1";
    let before = head(client.get(feed).await.expect_status(200));
    drop(server);
    let again = Served::start(&["serve", "--sample"], &data);
    let client = caller(&again).await;
    assert_eq!(head(client.get(feed).await.expect_status(200)), before, "a second start loads nothing");
}

/// Facts that ended, were corrected, or are an enterprise's own word.
async fn histories(client: &Client) {
    let changes = lines("changes.ndjson");
    for (change, known) in [("supersede", "superseded"), ("annul", "annulled")] {
        let change = changes.iter().find(|one| one["do"] == change).unwrap();
        let id = text(change, "/external_id");
        let code = facts().iter().find(|fact| text(fact, "/external_id") == id).map(|fact| text(fact, "/enterprise").to_owned()).unwrap();
        let now = client.get(&format!("/credit/v1/enterprises/{code}/facts")).await.expect_status(200);
        let stands = now.field("/items").as_array().unwrap().iter().any(|fact| text(fact, "/external_id") == id);
        assert!(!stands, "{id} was {known}");
    }
    let own = changes.iter().find(|one| one["do"] == "declare").unwrap();
    let code = text(own, "/fact/enterprise");
    let listed = client.get(&format!("/credit/v1/enterprises/{code}/facts")).await.expect_status(200);
    let items = listed.field("/items").as_array().unwrap();
    let declared: Vec<&Value> = items.iter().filter(|fact| fact["self_declared"] == true).collect();
    assert_eq!(declared.len(), changes.iter().filter(|one| one["do"] == "declare").count(), "{declared:?}");
    let failed = items.iter().find(|fact| fact["kind"] == "spot_check").unwrap();
    let done = declared.iter().find(|fact| fact["kind"] == "rectification").unwrap();
    assert_eq!(done["detail"]["of_fact"], failed["id"], "a rectification names the fact");
}

#[test]
fn the_sample_keeps_away_from_other_data() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("credit.sqlite"), "other").unwrap();
    let before: Option<SystemTime> = fs::metadata(&data).and_then(|known| known.modified()).ok();
    let refused = |listen: &str, why: &str| {
        let ended = command(&["serve", "--sample"], &data).env("TOUCHSTONE_LISTEN", listen).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && ended.stdout.is_empty() && told.contains(why), "{told}");
    };
    refused("127.0.0.1:0", "holds other data");
    refused("0.0.0.0:0", "loopback");
    assert_eq!(fs::metadata(&data).and_then(|known| known.modified()).ok(), before, "nothing was written");
}
