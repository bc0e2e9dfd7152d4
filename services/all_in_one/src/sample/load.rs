//! Loading the sample over HTTP, as any client would. Not here: the clients that do it, and whether it stands already, `sample`.

use std::{collections::BTreeMap, io, time::Duration};

use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::remote::{answered, in_words};

const ENTERPRISES: &str = include_str!("../../sample/enterprises.ndjson");
const FACTS: &str = include_str!("../../sample/facts.ndjson");
const CHANGES: &str = include_str!("../../sample/changes.ndjson");

const NDJSON: &str = "application/x-ndjson";
/// Beyond every position of a feed: the answer tells the head and nothing else.
const BEYOND: &str = "/credit/v1/events?after=9000000000000000&limit=1";
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// What is done after the facts were posted.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    /// Another fact takes the place of one.
    Supersede { external_id: String, reason: String, fact: Value },
    /// A fact should never have stood.
    Annul { external_id: String, reason: String },
    /// The enterprise says something of itself; `of_fact` names an `external_id` here.
    Declare { fact: Value },
}

/// A fact of the batch as it stands now.
struct Posted {
    id: String,
    ended: bool,
}

/// A caller of the server.
pub(super) struct Api {
    http: Client,
    address: String,
    token: String,
}

impl Api {
    pub(super) fn new(http: Client, address: &str, token: String) -> Self {
        Self { http, address: address.to_owned(), token }
    }

    async fn post_lines(&self, path: &str, body: &'static str) -> io::Result<Vec<Value>> {
        let request = self.http.post(format!("{}{path}", self.address)).bearer_auth(&self.token);
        let answer = answered(request.header("content-type", NDJSON).body(body)).await?;
        let text = answer.text().await.map_err(io::Error::other)?;
        text.lines().map(|line| serde_json::from_str(line).map_err(io::Error::other)).collect()
    }

    async fn post(&self, path: &str, body: &Value) -> io::Result<Value> {
        let request = self.http.post(format!("{}{path}", self.address)).bearer_auth(&self.token);
        answered(request.json(body)).await?.json().await.map_err(io::Error::other)
    }

    async fn get(&self, path: &str) -> io::Result<Value> {
        let request = self.http.get(format!("{}{path}", self.address)).bearer_auth(&self.token);
        answered(request).await?.json().await.map_err(io::Error::other)
    }
}

/// The digest of all that is loaded, so that a newer sample is told from this one.
pub(super) fn digest() -> String {
    receipt::digest([ENTERPRISES, FACTS, CHANGES].concat().as_bytes())
}

/// How many enterprises there are.
pub(super) fn enterprises() -> usize {
    ENTERPRISES.lines().count()
}

/// The enterprise that speaks of itself.
pub(super) fn self_speaking() -> io::Result<String> {
    let own = changes()?.into_iter().find_map(|change| if let Change::Declare { fact } = change { Some(fact) } else { None });
    let code = own.as_ref().and_then(|fact| fact.get("enterprise")).and_then(Value::as_str);
    code.map(str::to_owned).ok_or_else(|| io::Error::other("no enterprise of the sample speaks of itself"))
}

fn changes() -> io::Result<Vec<Change>> {
    CHANGES.lines().map(|line| serde_json::from_str(line).map_err(io::Error::other)).collect()
}

/// Loads everything and waits until decisions see it. Loading again changes nothing: facts are known by their `external_id`.
pub(super) async fn load(authority: &Api, enterprise: &Api) -> io::Result<()> {
    for line in authority.post_lines("/credit/v1/enterprises/import", ENTERPRISES).await? {
        refuse(&line)?;
    }
    let mut posted = BTreeMap::new();
    for line in authority.post_lines("/credit/v1/facts/batch", FACTS).await? {
        refuse(&line)?;
        let text = |name: &str| line.get("body").and_then(|fact| fact.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned();
        posted.insert(text("external_id"), Posted { id: text("id"), ended: text("state") != "asserted" });
    }
    for change in changes()? {
        apply(authority, enterprise, &posted, change).await?;
    }
    followed(authority).await
}

/// A line of an answer that tells of a refusal becomes an error.
fn refuse(line: &Value) -> io::Result<()> {
    match line.get("problem") {
        Some(problem) => Err(io::Error::other(in_words(problem))),
        None => Ok(()),
    }
}

async fn apply(authority: &Api, enterprise: &Api, posted: &BTreeMap<String, Posted>, change: Change) -> io::Result<()> {
    let find = |external_id: &str| posted.get(external_id).ok_or_else(|| io::Error::other(format!("the sample has no fact {external_id}")));
    match change {
        Change::Supersede { external_id, reason, fact } => {
            let Posted { id, ended } = find(&external_id)?;
            if !ended {
                authority.post(&format!("/credit/v1/facts/{id}/supersede"), &json!({"fact": fact, "reason": reason})).await?;
            }
        }
        Change::Annul { external_id, reason } => {
            let Posted { id, ended } = find(&external_id)?;
            if !ended {
                authority.post(&format!("/credit/v1/facts/{id}/annul"), &json!({"reason": reason})).await?;
            }
        }
        Change::Declare { mut fact } => {
            if let Some(of_fact) = fact.pointer_mut("/detail/of_fact") {
                *of_fact = json!(find(of_fact.as_str().unwrap_or_default())?.id);
            }
            enterprise.post("/credit/v1/facts", &fact).await?;
        }
    }
    Ok(())
}

/// Waits until procurement has heard all that credit tells, so that the first question gets the whole answer.
async fn followed(api: &Api) -> io::Result<()> {
    let head = api.get(BEYOND).await?.get("head").and_then(Value::as_i64);
    let question = json!({"supplier": self_speaking()?, "explain": "failed"});
    for _ in 0..TRIES {
        let decision = api.post("/procurement/v1/decisions", &question).await?;
        if decision.pointer("/sources/0/position").and_then(Value::as_i64) >= head {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(io::Error::other("it is stored, but procurement does not follow"))
}
