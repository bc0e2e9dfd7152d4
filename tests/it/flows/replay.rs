//! Random decisions while facts change between them, all replayed at the end; and stored inputs that somebody altered. Not here: replay of single stories,
//! `proof`.
//!
//! `REPLAY_DECISIONS=10000 cargo nextest run --profile replay -p tests random_decisions` makes so many; without it there are as many
//! as a run of all tests bears.

use std::time::Instant;

use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_types::Text};
use serde_json::{Value, json};
use testkit::{Backend, Client, Mode, Stack, decided_at, fact, sample_enterprise};

const FEW: usize = 150;
const KINDS: [&str; 12] = [
    "licence",
    "licence",
    "spot_check",
    "penalty",
    "penalty",
    "recall",
    "inspection",
    "serious_violation_listing",
    "procurement_ban",
    "insurance_cover",
    "traceability",
    "standard_conformity",
];

/// Numbers that are the same in every run (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn day(&mut self) -> String {
        let (year, month, day) = (2023 + self.below(4), 1 + self.below(10), 1 + self.below(28));
        format!("{year}-{month:02}-{day:02}")
    }
}

struct World {
    officer: Client,
    buyer: Client,
    codes: Vec<String>,
    facts: Vec<String>,
    dice: Dice,
    changes: usize,
    refused: usize,
}

impl World {
    /// One more fact, one fewer, or another one in its place; not all that chance proposes is allowed.
    async fn change(&mut self) {
        let code = self.codes[self.dice.below(self.codes.len())].clone();
        let mut new = fact(&code, KINDS[self.dice.below(KINDS.len())]);
        let day = self.dice.day();
        (new["decided_on"], new["valid_from"]) = (json!(day), json!(day));
        new["source"]["document_no"] = json!(format!("示例〔2026〕{}号", self.changes));
        if new["kind"] == "penalty" {
            new["detail"]["types"] = json!(["fine"]);
            new["detail"]["fine"]["amount"] = json!(format!("{}.00", 1_000 * (1 + self.dice.below(3_000))));
        }
        let old = (!self.facts.is_empty()).then(|| self.dice.below(self.facts.len()));
        let reply = match (self.dice.below(5), old) {
            (0, Some(old)) => {
                let path = format!("/credit/v1/facts/{}/annul", self.facts.swap_remove(old));
                self.officer.post(&path, &json!({"reason": "示例"})).await
            }
            (1, Some(old)) => {
                let old = self.facts.swap_remove(old);
                let stood = self.officer.get(&format!("/credit/v1/facts/{old}")).await.expect_status(200).json;
                let mut other = fact(stood["enterprise"].as_str().unwrap(), stood["kind"].as_str().unwrap());
                (other["decided_on"], other["valid_from"]) = (json!(day), json!(day));
                other["source"] = new["source"].clone();
                self.officer.post(&format!("/credit/v1/facts/{old}/supersede"), &json!({"fact": other, "reason": "更正"})).await
            }
            _ => self.officer.post("/credit/v1/facts", &new).await,
        };
        self.changes += 1;
        match reply.status {
            201 => self.facts.push(reply.text_at("/id")),
            200 => {}
            409 | 422 => self.refused += 1,
            _ => panic!("{}", reply.text),
        }
    }

    async fn decide(&mut self) -> Value {
        let supplier = self.codes[self.dice.below(self.codes.len())].clone();
        let (day, explain, sign) = (self.dice.day(), ["full", "failed"][self.dice.below(2)], self.dice.below(5) == 0);
        let mut question = json!({"supplier": supplier, "as_of": day, "explain": explain, "sign": sign});
        if self.dice.below(8) == 0 {
            question["as_of"] = json!(format!("{day}T{:02}:30:00+08:00", self.dice.below(24)));
        }
        self.buyer.post("/procurement/v1/decisions", &question).await.expect_status(201).json
    }
}

#[tokio::test]
async fn random_decisions_replay_identically() {
    let count = std::env::var("REPLAY_DECISIONS").ok().map_or(FEW, |count| count.parse().unwrap());
    let stack = Stack::start(Mode::AllInOne, &Backend::Sqlite, &[("TOUCHSTONE_RATE_LIMIT", "10000000")]);
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let samples: Vec<_> = (0..(count / 50).clamp(10, 100)).map(|_| sample_enterprise()).collect();
    for sample in &samples {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    let codes: Vec<String> = samples.into_iter().map(|sample| sample.code).collect();
    decided_at(&buyer, &json!({"supplier": codes[0]}), stack.head().await).await;
    let mut world = World { officer, buyer, codes, facts: Vec::new(), dice: Dice(0x2036_1125), changes: 0, refused: 0 };

    let (started, mut decisions, mut batches) = (Instant::now(), Vec::with_capacity(count), Vec::new());
    let mut outcomes = std::collections::BTreeMap::<String, usize>::new();
    let mut positions = std::collections::BTreeSet::new();
    for number in 0..count {
        if world.dice.below(3) == 0 {
            world.change().await;
        }
        let decision = world.decide().await;
        *outcomes.entry(decision["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
        positions.insert(decision["sources"][0]["position"].as_i64().unwrap());
        decisions.push(decision["id"].as_str().unwrap().to_owned());
        if number % 50 == 49 {
            let question = json!({"suppliers": world.codes, "explain": "failed", "as_of": world.dice.day(), "sign": true});
            let answer = world.buyer.post("/procurement/v1/decisions/batch", &question).await.expect_status(200);
            batches.push(answer.header("batch-id").unwrap().to_owned());
        }
    }
    let decided = started.elapsed();
    let started = Instant::now();
    for id in &decisions {
        let reply = world.buyer.call("POST", &format!("/procurement/v1/decisions/{id}/replay")).send().await.expect_status(200);
        assert_eq!(reply.json, json!({"result": "identical"}), "{id}");
    }
    for id in &batches {
        let reply = world.buyer.call("POST", &format!("/procurement/v1/decisions/batch/{id}/replay")).send().await.expect_status(200);
        assert_eq!((&reply.json["result"], &reply.json["differing"]), (&json!("identical"), &json!(0)), "{id}: {}", reply.text);
    }
    eprintln!(
        "{count} decisions at {} feed positions, {} changes of facts between ({} refused), outcomes {outcomes:?}, made in {decided:?}; all replayed \
         identically in {:?}, with {} batches of {} lines",
        positions.len(),
        world.changes,
        world.refused,
        started.elapsed(),
        batches.len(),
        world.codes.len()
    );
    assert!(outcomes.len() > 1 && world.changes > world.refused * 2, "chance does too little: {outcomes:?} {}", world.refused);
    altered(&stack, &world, &decisions, &batches).await;
}

/// Somebody with the database in hand changes what is stored: the replay names the place.
async fn altered(stack: &Stack, world: &World, decisions: &[String], batches: &[String]) {
    let path = stack.folder().path().join("touchstone").join("procurement.sqlite");
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    diesel::sql_query("PRAGMA busy_timeout = 10000").execute(&mut conn).unwrap();
    let mut set = |table: &str, id: &str, body: &str| {
        let update = diesel::sql_query(format!("UPDATE {table} SET body = ? WHERE id = ?"));
        assert_eq!(update.bind::<Text, _>(body).bind::<Text, _>(id).execute(&mut conn).unwrap(), 1);
    };
    let read = async |id: &str| world.buyer.get(&format!("/procurement/v1/decisions/{id}")).await.expect_status(200).json;
    let other = |decision: &Value| world.codes.iter().find(|code| decision["supplier"] != **code).cloned().unwrap();
    for (id, (pointer, named)) in decisions.iter().zip([
        ("/outcome", "/outcome"),
        ("/facts_digest", "/facts_digest"),
        ("/supplier", "/facts_digest"),
        ("/ruleset/digest", "/ruleset/digest"),
        ("/evaluator", "/evaluator"),
    ]) {
        let mut decision = read(id).await;
        let value = if pointer == "/supplier" { other(&decision) } else { "altered".to_owned() };
        let value = match (pointer, decision["outcome"] == "eligible") {
            ("/outcome", true) => "ineligible".to_owned(),
            ("/outcome", false) => "eligible".to_owned(),
            _ => value,
        };
        *decision.pointer_mut(pointer).unwrap() = json!(value);
        set("decision", id, &decision.to_string());
        let reply = world.buyer.call("POST", &format!("/procurement/v1/decisions/{id}/replay")).send().await.expect_status(200);
        let places: Vec<&str> = reply.json["differences"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!(reply.json["result"], "different");
        assert!(places.contains(&named), "{pointer}: {}", reply.text);
    }
    let Some(id) = batches.first() else { return };
    let path = format!("/procurement/v1/decisions/batch/{id}");
    let lines = world.codes.len();
    let kept: Value = {
        #[derive(diesel::QueryableByName)]
        struct Body {
            #[diesel(sql_type = Text)]
            body: String,
        }
        let mut conn =
            SqliteConnection::establish(&stack.folder().path().join("touchstone").join("procurement.sqlite").to_string_lossy()).unwrap();
        let row: Body =
            diesel::sql_query("SELECT body FROM decision_batch WHERE id = ?").bind::<Text, _>(id).get_result(&mut conn).unwrap();
        serde_json::from_str(&row.body).unwrap()
    };
    let (first, second) = (kept["suppliers"][0].clone(), kept["suppliers"][1].clone());
    let mut swapped = kept.clone();
    (swapped["suppliers"][0], swapped["suppliers"][1]) = (second, first);
    let mut hashed = kept.clone();
    let leaves = kept["leaves"].as_str().unwrap();
    hashed["leaves"] = json!(
        format!("{}{leaves}", if leaves.starts_with('A') { "B" } else { "A" })
            .chars()
            .take(1)
            .chain(leaves.chars().skip(1))
            .collect::<String>()
    );
    for (altered, differing, named) in [(swapped, 2, vec!["/lines/0", "/lines/1"]), (hashed, 1, vec!["/lines/0", "/root"])] {
        set("decision_batch", id, &altered.to_string());
        let reply = world.buyer.call("POST", &format!("{path}/replay")).send().await.expect_status(200).json;
        let places: Vec<&str> = reply["differences"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!((&reply["lines"], &reply["differing"], places), (&json!(lines), &json!(differing), named));
    }
    let line = world.buyer.get(&format!("{path}/lines/0")).await.expect_status(200).json;
    assert_eq!(line.get("line"), None, "what does not come out as it was is not shown as if it had");
}
