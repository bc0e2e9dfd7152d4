//! Clients that write until nobody answers, and remember what they were told. Not here: the check afterwards.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use testkit::{Client, fact, sample_enterprise};

const FACTS_EACH: usize = 6;

/// What all writers of a cycle share.
#[derive(Default)]
pub(super) struct Counter {
    /// Whether to stop although somebody still answers.
    pub(super) stop: AtomicBool,
}

/// How a repeat is recognised.
#[derive(Clone, Debug)]
pub(super) enum Recognised {
    /// By its path.
    Path,
    /// By its `Idempotency-Key`.
    Key(String),
    /// By the `external_id` in its body.
    OwnId,
}

/// A write as it was sent.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) recognised: Recognised,
    /// The enterprise it is about.
    pub(super) code: String,
}

/// A write that was acknowledged.
#[derive(Clone, Debug)]
pub(super) struct Acknowledged {
    pub(super) write: Write,
    /// The answer, byte for byte.
    pub(super) text: String,
    pub(super) answer: Value,
}

impl Write {
    /// Sends it. Nobody knows what became of it where the answer is `None`.
    pub(super) async fn send(&self, officer: &Client, buyer: &Client) -> Option<Acknowledged> {
        let client = if self.path.starts_with("/procurement") { buyer } else { officer };
        let mut call = client.call(self.method, &self.path).json(&self.body);
        if let Recognised::Key(key) = &self.recognised {
            call = call.header("Idempotency-Key", key);
        }
        let reply = call.try_send().await.ok()?;
        match reply.status {
            200 | 201 => Some(Acknowledged { write: self.clone(), text: reply.text, answer: reply.json }),
            // A part was down: it may have been written all the same.
            503 => None,
            _ => panic!("{self:?}: {} {}", reply.status, reply.text),
        }
    }
}

/// The writes of one enterprise: its entry, facts under keys and under own ids, a decision.
fn plan(name: &str, round: usize) -> Vec<Write> {
    let sample = sample_enterprise();
    let code = sample.code.clone();
    let put = Write { method: "PUT", path: sample.path(), body: sample.body, recognised: Recognised::Path, code: code.clone() };
    let facts = (0..FACTS_EACH).map(|number| {
        let mut body = fact(&code, if number % 2 == 0 { "award" } else { "licence" });
        let id = format!("{name}-{round}-{number}");
        let recognised = if number % 3 == 0 {
            body["external_id"] = json!(id);
            Recognised::OwnId
        } else {
            Recognised::Key(id)
        };
        Write { method: "POST", path: "/credit/v1/facts".to_owned(), body, recognised, code: code.clone() }
    });
    let decision = Write {
        method: "POST",
        path: "/procurement/v1/decisions".to_owned(),
        body: json!({"supplier": code, "sign": round.is_multiple_of(2), "explain": "failed"}),
        recognised: Recognised::Key(format!("{name}-{round}")),
        code: code.clone(),
    };
    std::iter::once(put).chain(facts).chain([decision]).collect()
}

/// Writes until a write is not answered; gives what was acknowledged, and what nobody knows.
pub(super) async fn writer(officer: Client, buyer: Client, name: String, counter: Arc<Counter>) -> (Vec<Acknowledged>, Vec<Write>) {
    // Connections of its own: the answer of one writer must not wait for another's.
    let (officer, buyer) = (officer.at(officer.base()), buyer.at(buyer.base()));
    let mut acknowledged = Vec::new();
    for round in 0.. {
        for write in plan(&name, round) {
            if counter.stop.load(Ordering::SeqCst) {
                return (acknowledged, Vec::new());
            }
            match write.send(&officer, &buyer).await {
                Some(answer) => acknowledged.push(answer),
                None => return (acknowledged, vec![write]),
            }
        }
    }
    (acknowledged, Vec::new())
}
