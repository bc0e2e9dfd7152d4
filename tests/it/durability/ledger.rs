//! What the clients were told, and whether the platform still says so. Not here: the writing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::{Client, eventually};

use super::load::{Acknowledged, Recognised, Write};

/// Every acknowledged write.
#[derive(Default)]
pub(super) struct Ledger {
    /// Not yet checked after a kill.
    fresh: Vec<Acknowledged>,
    /// The facts of every enterprise.
    facts: BTreeMap<String, BTreeSet<String>>,
    enterprises: BTreeSet<String>,
    decisions: BTreeSet<String>,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

impl Ledger {
    pub(super) fn take(&mut self, acknowledged: Vec<Acknowledged>) {
        for one in acknowledged {
            match one.write.path.as_str() {
                "/credit/v1/facts" => {
                    let new = self.facts.entry(one.write.code.clone()).or_default().insert(text(&one.answer, "id"));
                    assert!(new, "two writes were answered with one fact: {one:?}");
                }
                "/procurement/v1/decisions" => assert!(self.decisions.insert(text(&one.answer, "id")), "one decision for two: {one:?}"),
                _ => assert!(self.enterprises.insert(one.write.code.clone())),
            }
            self.fresh.push(one);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.enterprises.len() + self.decisions.len() + self.facts.values().map(BTreeSet::len).sum::<usize>()
    }

    /// What was checked after this kill need not be checked one by one after the next.
    pub(super) fn settle(&mut self) {
        self.fresh.clear();
    }

    /// Events that followers must have been told: enterprises and facts.
    fn events(&self) -> BTreeSet<String> {
        self.enterprises.iter().chain(self.facts.values().flatten()).cloned().collect()
    }
}

/// Sends a write again that nobody acknowledged: under the same key it has one effect.
pub(super) async fn repeat(officer: &Client, buyer: &Client, write: Write) -> Acknowledged {
    eventually("an answer to a repeated write", || async {
        if let Recognised::Path = write.recognised {
            // A replacement needs what was read; what stands already is what was sent.
            let reply = officer.get(&write.path).await;
            if reply.status == 200 {
                assert_eq!(reply.field("/version"), &Value::from(1), "it was put once");
                return Some(Acknowledged { write: write.clone(), text: reply.text, answer: reply.json });
            }
        }
        write.send(officer, buyer).await
    })
    .await
}

/// Every write of the last cycle is there, once and as it was answered; where `all` is asked, those of every cycle.
pub(super) async fn check_records(officer: &Client, buyer: &Client, ledger: &Ledger, all: bool) {
    let recent: BTreeSet<&String> = ledger.fresh.iter().map(|one| &one.write.code).collect();
    for code in ledger.enterprises.iter().filter(|code| all || recent.contains(code)) {
        let reply = officer.get(&format!("/credit/v1/enterprises/{code}/facts?limit=500")).await.expect_status(200);
        let items = reply.field("/items").as_array().unwrap();
        let found: BTreeSet<String> = items.iter().map(|item| text(item, "id")).collect();
        assert_eq!(items.len(), found.len(), "{code}: a fact stands twice");
        assert_eq!(&found, ledger.facts.get(code).unwrap_or(&BTreeSet::new()), "{code}: lost or doubled facts");
    }
    for (number, one) in ledger.fresh.iter().enumerate() {
        match (&one.write.recognised, one.write.path.as_str()) {
            (Recognised::Path, path) => assert_eq!(officer.get(path).await.expect_status(200).text, one.text),
            (Recognised::Key(_), "/procurement/v1/decisions") => {
                let path = format!("/procurement/v1/decisions/{}", text(&one.answer, "id"));
                assert_eq!(buyer.get(&path).await.expect_status(200).text, one.text);
            }
            // A repeat of one in seven: the kept answers survive as well.
            _ if number % 7 == 0 => {
                let again = one.write.send(officer, buyer).await.expect("the platform answers");
                assert_eq!(text(&again.answer, "id"), text(&one.answer, "id"));
                assert!(again.text == one.text || matches!(one.write.recognised, Recognised::OwnId), "{} is not {}", again.text, one.text);
            }
            _ => {}
        }
    }
}

/// Reads the feed on from a position: gapless and rising, every acknowledged write told once, and nothing that is not there. Gives the new position.
pub(super) async fn check_feed(officer: &Client, ledger: &Ledger, told: &mut BTreeMap<String, i64>, mut after: i64) -> i64 {
    loop {
        let page = officer.get(&format!("/credit/v1/events?after={after}&limit=500")).await.expect_status(200);
        let items = page.field("/items").as_array().unwrap();
        for event in items {
            let position = event["position"].as_i64().unwrap();
            assert_eq!(position, after + 1, "a hole or a step back in the feed");
            after = position;
            let what = match event["type"].as_str().unwrap() {
                "touchstone.credit.enterprise.recorded.v1" => text(&event["data"], "uscc"),
                "touchstone.credit.fact.recorded.v1" => text(&event["data"]["fact"], "id"),
                _ => continue,
            };
            assert_eq!(told.insert(what.clone(), position), None, "{what} was told twice");
        }
        assert_eq!(page.field("/next").as_i64(), Some(after));
        if page.field("/head").as_i64() == Some(after) {
            break;
        }
    }
    assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), ledger.events(), "the feed and the acknowledgements differ");
    after
}
