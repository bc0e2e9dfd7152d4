//! One bad request, what must become of it, and many of them at once. Not here: what is sent, and what is stored.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;
use testkit::{Client, Reply};
use tokio::task::JoinSet;

/// Requests under way at once.
const AT_ONCE: usize = 16;
/// So many failures are shown.
const SHOWN: usize = 25;

/// What must become of a request.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    /// It is recorded, and the answer says this text there.
    Kept {
        /// A pointer into the answer.
        at: String,
        /// What stands there.
        text: String,
    },
    /// It is refused, for a reason that is known beforehand or not.
    Refused(Option<&'static str>),
    /// Both are right.
    Either,
}

/// What is sent in the body.
#[derive(Clone, Debug)]
pub(super) enum Sent {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(Value),
    /// Bytes of a media type.
    Bytes(&'static str, Vec<u8>),
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) client: Client,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) header: Option<(&'static str, String)>,
    pub(super) sent: Sent,
    /// What an error entry must name; empty where nothing in particular.
    pub(super) pointer: String,
    pub(super) rule: Rule,
    /// The string that was tried, for messages.
    pub(super) tried: String,
}

impl Case {
    /// A request with a body in JSON.
    pub(super) fn json(client: &Client, method: &'static str, path: &str, body: Value) -> Self {
        Self {
            client: client.clone(),
            method,
            path: path.to_owned(),
            header: None,
            sent: Sent::Json(body),
            pointer: String::new(),
            rule: Rule::Refused(None),
            tried: String::new(),
        }
    }

    /// A request that reads.
    pub(super) fn get(client: &Client, path: &str) -> Self {
        Self { sent: Sent::Nothing, ..Self::json(client, "GET", path, Value::Null) }
    }

    /// The same with what must become of it.
    pub(super) fn must(self, pointer: &str, rule: Rule, tried: &str) -> Self {
        Self { pointer: pointer.to_owned(), rule, tried: tried.to_owned(), ..self }
    }

    async fn send(&self) -> Reply {
        let call = self.client.call(self.method, &self.path);
        let call = match &self.header {
            Some((name, value)) => call.header(name, value),
            None => call,
        };
        let call = match &self.sent {
            Sent::Nothing => call,
            Sent::Json(body) => call.json(body),
            Sent::Bytes(kind, bytes) => call.body(kind, bytes.clone()),
        };
        call.send().await
    }

    /// What is wrong with the answer.
    fn complaint(&self, reply: &Reply) -> Option<String> {
        let refused = (400..500).contains(&reply.status);
        if !refused && !(200..300).contains(&reply.status) {
            return Some("neither done nor refused".to_owned());
        }
        if refused && let Some(why) = malformed(reply, &self.pointer) {
            return Some(why);
        }
        match &self.rule {
            Rule::Kept { at, text } if reply.field(at).as_str() != Some(text) => Some(format!("{at} is not {text:?}")),
            Rule::Refused(_) if !refused => Some("it is not refused".to_owned()),
            Rule::Refused(Some(code)) if !reply.faults().contains(&(self.pointer.clone(), (*code).to_owned())) => {
                Some(format!("{code} is not said of {}", self.pointer))
            }
            _ => None,
        }
    }
}

/// What is wrong with a problem document that must name this place.
pub(super) fn malformed(reply: &Reply, pointer: &str) -> Option<String> {
    let text = |name: &str| reply.field(name).as_str().is_some_and(|text| !text.is_empty());
    if reply.header("content-type") != Some("application/problem+json") || !text("/code") || !text("/trace_id") {
        return Some("no whole problem document".to_owned());
    }
    if reply.field("/status").as_u64() != Some(u64::from(reply.status)) {
        return Some("the document has another status".to_owned());
    }
    let below = format!("{pointer}/");
    let named = reply.faults().iter().any(|(found, code)| (found == pointer || found.starts_with(&below)) && !code.is_empty());
    let must_name = [400, 422].contains(&reply.status) && !pointer.is_empty();
    (must_name && !named).then(|| format!("{pointer} is not named"))
}

/// The answers, in the order of the cases.
pub(super) struct Answers(pub(super) Vec<(Case, Reply)>);

impl Answers {
    /// How many have this status.
    pub(super) fn count(&self, status: u16) -> i64 {
        i64::try_from(self.0.iter().filter(|(_, reply)| reply.status == status).count()).unwrap()
    }

    /// The answers that were not refused.
    pub(super) fn done(&self) -> impl Iterator<Item = &(Case, Reply)> {
        self.0.iter().filter(|(_, reply)| reply.status < 300)
    }
}

/// Sends them all, sixteen at a time, and fails with every answer that is not as it must be.
pub(super) async fn run(cases: Vec<Case>) -> Answers {
    let (start, total) = (std::time::Instant::now(), cases.len());
    let (cases, next) = (Arc::new(cases), Arc::new(AtomicUsize::new(0)));
    let replies: Arc<Mutex<Vec<Option<Reply>>>> = Arc::new(Mutex::new(vec![None; total]));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (cases, next, replies) = (Arc::clone(&cases), Arc::clone(&next), Arc::clone(&replies));
        workers.spawn(async move {
            while let Some((place, case)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|place| Some((place, cases.get(place)?))) {
                let reply = case.send().await;
                replies.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(reply);
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended.expect("every request is answered");
    }
    let replies = std::mem::take(&mut *replies.lock().unwrap_or_else(PoisonError::into_inner));
    let answers: Vec<(Case, Reply)> = cases.iter().cloned().zip(replies.into_iter().map(Option::unwrap)).collect();
    eprintln!("{total} requests in {:?}", start.elapsed());
    judge(answers)
}

/// Fails with every answer that is not as it must be.
pub(super) fn judge(answers: Vec<(Case, Reply)>) -> Answers {
    let complaints: Vec<String> = answers
        .iter()
        .filter_map(|(case, reply)| {
            let why = case.complaint(reply)?;
            let shown: String = reply.text.chars().take(400).collect();
            Some(format!("{} {} {} {:?}: {why}: {} {shown}", case.method, case.path, case.pointer, case.tried, reply.status))
        })
        .collect();
    let shown = complaints.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(complaints.is_empty(), "{} of {} answers are wrong:\n{shown}", complaints.len(), answers.len());
    Answers(answers)
}
