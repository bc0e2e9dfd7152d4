//! Where the published keys come from. Not here: how they are shown, `http`.

use std::time::Duration;

use common::{error::Result, peer::Peer};
use model::instant::Instant;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::rules;
use crate::Gateway;

/// Receipt keys are asked for again after so long.
const FRESH_MS: i64 = 60_000;
/// After a failure, again after so long.
const PAUSE_MS: i64 = 5_000;
const TIMEOUT: Duration = Duration::from_secs(2);

/// Procurement's receipt keys, as last heard; stale ones are better than none, since receipt keys are never withdrawn.
pub(crate) struct Receipts {
    peer: Option<Peer>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    keys: Vec<Value>,
    ask_again: Option<Instant>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl Receipts {
    /// The keys of procurement at this address, or none where it does not run.
    pub(crate) fn new(peer: Option<Peer>) -> Self {
        Self { peer, held: Mutex::default() }
    }

    async fn keys(&self, now: Instant) -> Vec<Value> {
        let Some(peer) = &self.peer else { return Vec::new() };
        let mut held = self.held.lock().await;
        if held.ask_again.is_none_or(|at| at <= now) {
            let wait = match peer.get::<Published>("/procurement/v1/keys", TIMEOUT).await {
                Ok(published) => {
                    held.keys = published.keys;
                    FRESH_MS
                }
                Err(error) => {
                    tracing::warn!(cause = %error, kept = held.keys.len(), "the receipt keys cannot be read from procurement");
                    PAUSE_MS
                }
            };
            held.ask_again = Some(now.plus_millis(wait));
        }
        held.keys.clone()
    }
}

/// All public keys.
pub(crate) async fn published(gateway: &Gateway) -> Result<Value> {
    let own = gateway.ring.public("token").keys.iter().map(serde_json::to_value).collect::<std::result::Result<Vec<_>, _>>();
    let receipts = gateway.receipts.keys(gateway.clock.now()).await;
    Ok(rules::merged(own.map_err(common::error::Error::internal)?, &receipts))
}
