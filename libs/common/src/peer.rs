//! The client between services: address, own identity, timeout, trace. Not here: what is asked; that stands in `contracts`.

use std::{sync::Arc, time::Duration};

use model::instant::Instant;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::{
    chance::Chance,
    clock::Clock,
    config::Secret,
    error::{Code, Error, Result},
    key::KeyRing,
    telemetry::Trace,
    token::{AUDIENCE, Claims, LIFETIME_S, Role, mint},
};

/// A token is renewed so long before its end, in milliseconds.
const RENEW_BEFORE_MS: i64 = 60_000;

/// How a service gets a token for its peers.
#[derive(Clone)]
pub enum Identity {
    /// Signed in this process, where gateway and services live together.
    Minted {
        /// The gateway's keys.
        ring: Box<KeyRing>,
        /// The issuer.
        issuer: String,
        /// Where token ids come from.
        chance: Chance,
    },
    /// Fetched from the gateway with client credentials.
    Fetched {
        /// The gateway's address.
        gateway: String,
        /// The client.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
    },
}

/// The platform itself: a valid code that no registry assigns.
const PLATFORM_ORGANISATION: &str = "914404001000000590";

/// Another service, by its address.
#[derive(Clone)]
pub struct Peer {
    base: String,
    shared: Arc<Shared>,
}

/// What a peer answered to something that was sent: taken or refused for good.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body; `null` where it is no JSON.
    pub body: Value,
}

/// What all peers of a process share: one client, one token.
pub struct Shared {
    client: reqwest::Client,
    identity: Identity,
    clock: Clock,
    token: Mutex<Option<(String, Instant)>>,
}

impl Shared {
    /// The identity of this process towards its peers.
    #[must_use]
    pub fn new(identity: Identity, clock: Clock) -> Arc<Self> {
        Arc::new(Self { client: direct(), identity, clock, token: Mutex::new(None) })
    }

    async fn token(&self) -> Result<String> {
        let mut held = self.token.lock().await;
        let now = self.clock.now();
        if let Some((token, until)) = held.as_ref()
            && now.plus_millis(RENEW_BEFORE_MS) < *until
        {
            return Ok(token.clone());
        }
        let (token, lifetime_s) = match &self.identity {
            Identity::Minted { ring, issuer, chance } => (mint(ring, &own_claims(issuer, chance, now))?, LIFETIME_S),
            Identity::Fetched { gateway, client_id, client_secret } => self.fetch(gateway, client_id, client_secret).await?,
        };
        *held = Some((token.clone(), now.plus_millis(lifetime_s.saturating_mul(1_000))));
        Ok(token)
    }

    async fn fetch(&self, gateway: &str, client_id: &str, secret: &Secret) -> Result<(String, i64)> {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: i64,
        }
        let failed = |error: reqwest::Error| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error);
        let request = self
            .client
            .post(format!("{gateway}/oauth2/token"))
            .basic_auth(client_id, Some(secret.expose()))
            .timeout(Duration::from_secs(5))
            .form(&[("grant_type", "client_credentials")]);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status).map_err(failed)?;
        let granted: Granted = answer.json().await.map_err(failed)?;
        Ok((granted.access_token, granted.expires_in))
    }

    /// Drops the token, for example after a 401.
    async fn forget(&self) {
        *self.token.lock().await = None;
    }
}

/// A client that goes straight to its peer: a proxy of the environment is for the outside world, and would see our tokens.
pub(crate) fn direct() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap_or_default()
}

fn own_claims(issuer: &str, chance: &Chance, now: Instant) -> Claims {
    let now_s = now.micros().div_euclid(1_000_000);
    Claims {
        iss: issuer.to_owned(),
        sub: "touchstone".to_owned(),
        aud: AUDIENCE.to_owned(),
        exp: now_s.saturating_add(LIFETIME_S),
        iat: now_s,
        jti: chance.id("tok", now),
        client_id: "touchstone".to_owned(),
        org: PLATFORM_ORGANISATION.to_owned(),
        role: Role::Service,
        scope: "credit:read credit:write procurement:read standards:read standards:write gateway:read".to_owned(),
    }
}

impl Peer {
    /// The service at this address.
    #[must_use]
    pub const fn new(base: String, shared: Arc<Shared>) -> Self {
        Self { base, shared }
    }

    /// Reads a path as JSON.
    ///
    /// # Errors
    /// 503 when it cannot be reached or answers anything but 200.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, timeout: Duration) -> Result<T> {
        let failed = |error: reqwest::Error| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error);
        let token = self.shared.token().await?;
        let mut request = self.shared.client.get(format!("{}{path}", self.base)).bearer_auth(token).timeout(timeout);
        if let Some(trace) = Trace::current() {
            request = request.header("traceparent", trace.header());
        }
        let answer = request.send().await.map_err(failed)?;
        if answer.status() == reqwest::StatusCode::UNAUTHORIZED {
            self.shared.forget().await;
        }
        answer.error_for_status().map_err(failed)?.json().await.map_err(failed)
    }

    /// Posts JSON; the same key and body is done once, however often it is sent.
    ///
    /// # Errors
    /// 503 when it cannot be reached, or answers what may be otherwise later: 401, 403, 408, 429 and all above 499.
    pub async fn post(&self, path: &str, body: &impl Serialize, key: &str, timeout: Duration) -> Result<Reply> {
        let failed = |error: reqwest::Error| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error);
        let token = self.shared.token().await?;
        let request = self.shared.client.post(format!("{}{path}", self.base)).bearer_auth(token).timeout(timeout);
        let answer = request.header("Idempotency-Key", key).json(body).send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        if status == 401 {
            self.shared.forget().await;
        }
        if matches!(status, 401 | 403 | 408 | 429) || status >= 500 {
            return Err(Error::unavailable(Code::UPSTREAM_UNAVAILABLE, format!("{path} answered {status}")));
        }
        let text = answer.text().await.map_err(failed)?;
        Ok(Reply { status, body: serde_json::from_str(&text).unwrap_or_default() })
    }
}
