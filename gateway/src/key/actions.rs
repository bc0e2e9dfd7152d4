//! Where the published keys come from. Not here: how they are shown, `http`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use common::{
    error::{Error, Result},
    peer::Peer,
};
use serde::Deserialize;
use serde_json::Value;

use super::rules;
use crate::Gateway;

/// Receipt keys are read again after so long.
const FRESH: Duration = Duration::from_secs(60);
/// After a failure, again after so long.
const PAUSE: Duration = Duration::from_secs(1);
/// Failures that are not worth a line: the parts of a platform start one after the other.
const QUIET: u32 = 10;
const TIMEOUT: Duration = Duration::from_secs(2);

/// Procurement's receipt keys, as last heard; stale ones are better than none, since receipt keys are never withdrawn.
pub(crate) struct Receipts {
    peer: Option<Peer>,
    held: Mutex<Arc<[Value]>>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl Receipts {
    /// The keys of procurement at this address, or none where it does not run.
    pub(crate) fn new(peer: Option<Peer>) -> Self {
        Self { peer, held: Mutex::new(Arc::new([])) }
    }

    fn keys(&self) -> Arc<[Value]> {
        Arc::clone(&self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Keeps the receipt keys fresh. Never within a request for the keys: procurement verifies our token with the very answer to it.
pub(crate) async fn follow_receipts(gateway: Arc<Gateway>) {
    let receipts = &gateway.receipts;
    let Some(peer) = &receipts.peer else { return };
    let mut failures = 0_u32;
    loop {
        match peer.get::<Published>("/procurement/v1/keys", TIMEOUT).await {
            Ok(published) => {
                failures = 0;
                *receipts.held.lock().unwrap_or_else(PoisonError::into_inner) = published.keys.into();
                tokio::time::sleep(FRESH).await;
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                if failures.is_multiple_of(QUIET) {
                    tracing::warn!(cause = %error, failures, "the receipt keys cannot be read from procurement");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// All public keys.
pub(crate) fn published(gateway: &Gateway) -> Result<Value> {
    let own = gateway.ring.public("token").keys.iter().map(serde_json::to_value).collect::<std::result::Result<Vec<_>, _>>();
    Ok(rules::merged(own.map_err(Error::internal)?, &gateway.receipts.keys()))
}
