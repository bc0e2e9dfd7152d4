//! Waiting for what must come soon. Not here: pauses of a fixed length; there are none.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::client::Client;

const LONGEST: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer, for at most five seconds.
///
/// # Panics
/// When there is none by then; `what` says what was waited for.
pub async fn eventually<T, F, A>(what: &str, ask: F) -> T
where
    F: FnMut() -> A,
    A: Future<Output = Option<T>>,
{
    eventually_within(LONGEST, what, ask).await
}

/// The same for what takes its time on a busy machine, such as a job that works off a file.
///
/// # Panics
/// When there is none by then; `what` says what was waited for.
pub async fn eventually_within<T, F, A>(longest: Duration, what: &str, mut ask: F) -> T
where
    F: FnMut() -> A,
    A: Future<Output = Option<T>>,
{
    let (start, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(start.elapsed() < longest, "waited {longest:?} in vain: {what}");
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause.saturating_mul(2));
    }
}

/// Asks for a decision until it rests on this position of credit's feed at least.
///
/// # Panics
/// When it never does, or when the question is refused.
pub async fn decided_at(buyer: &Client, question: &Value, position: i64) -> Value {
    eventually(&format!("a decision at position {position}"), || async {
        let reply = buyer.post("/procurement/v1/decisions", question).await.expect_status(201);
        let known = reply.json.pointer("/sources/0/position").and_then(Value::as_i64);
        known.is_some_and(|known| known >= position).then_some(reply.json)
    })
    .await
}
