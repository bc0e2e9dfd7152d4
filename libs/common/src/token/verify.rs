//! Verification of access tokens with a bounded cache, and minting with an own key. Not here: fetching of keys on a schedule; a key is fetched
//! when a token names one that is not known, at most once per cool-down.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet},
};
use model::text::Text;
use moka::sync::Cache;

use super::{AUDIENCE, Claims, TOKEN_TYPE};
use crate::{
    clock::Clock,
    error::{Code, Error, Result},
    key::KeyRing,
    metrics::Metrics,
    peer::direct,
};

/// Tokens seen before need no signature check.
const CACHED: u64 = 10_000;
/// A longer token is refused unread, in bytes.
const LONGEST: usize = 8 * 1024;
/// Unknown key ids cause at most one fetch in so many milliseconds.
const COOL_DOWN_MS: i64 = 5_000;
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::RS256, Algorithm::ES256];

/// Where verification keys come from.
#[derive(Clone)]
pub enum KeySource {
    /// The keys of this process.
    Own(KeyRing),
    /// A JWKS document.
    Url(String),
}

/// Verifies access tokens.
#[derive(Clone)]
pub struct Verifier {
    inner: Arc<Inner>,
}

struct Inner {
    issuer: String,
    url: Option<String>,
    keys: ArcSwap<JwkSet>,
    fetched_ms: AtomicI64,
    fetching: tokio::sync::Mutex<()>,
    seen: Cache<Box<str>, Arc<Claims>>,
    clock: Clock,
    client: reqwest::Client,
}

impl Verifier {
    /// A verifier for one issuer.
    ///
    /// # Errors
    /// When the own keys are no JWK set.
    pub fn new(issuer: &str, source: KeySource, clock: Clock) -> Result<Self> {
        let (url, keys) = match source {
            KeySource::Own(ring) => {
                let text = serde_json::to_string(&ring.public("token")).map_err(Error::internal)?;
                (None, serde_json::from_str(&text).map_err(Error::internal)?)
            }
            KeySource::Url(url) => (Some(url), JwkSet { keys: Vec::new() }),
        };
        let inner = Inner {
            issuer: issuer.to_owned(),
            url,
            keys: ArcSwap::from_pointee(keys),
            fetched_ms: AtomicI64::new(i64::MIN),
            fetching: tokio::sync::Mutex::new(()),
            seen: Cache::new(CACHED),
            clock,
            client: direct(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The claims of a token whose signature was checked before, if it is still in date.
    #[must_use]
    pub fn known(&self, token: &str) -> Option<Result<Arc<Claims>>> {
        let claims = self.inner.seen.get(token);
        Metrics::global().token_cache(claims.is_some());
        Some(self.in_date(claims?))
    }

    /// Verifies a token in full.
    ///
    /// # Errors
    /// 401 with the reason; 503 when the keys cannot be fetched.
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims>> {
        let kid = strict_kid(token)?;
        let key = match self.key(&kid) {
            Some(key) => key,
            None => {
                self.fetch().await?;
                self.key(&kid).ok_or_else(|| invalid("the key is unknown"))?
            }
        };
        let claims = Arc::new(self.check(token, &key)?);
        let claims = self.in_date(claims)?;
        self.inner.seen.insert(token.into(), Arc::clone(&claims));
        Ok(claims)
    }

    fn in_date(&self, claims: Arc<Claims>) -> Result<Arc<Claims>> {
        let now_s = self.inner.clock.now().micros().div_euclid(1_000_000);
        if claims.exp <= now_s {
            let detail = Text::new("访问令牌已过期。", "The token has expired");
            return Err(Error::unauthenticated(Code::TOKEN_EXPIRED, detail));
        }
        Ok(claims)
    }

    fn key(&self, kid: &str) -> Option<Jwk> {
        self.inner.keys.load().find(kid).cloned()
    }

    fn check(&self, token: &str, key: &Jwk) -> Result<Claims> {
        let header = decode_header(token).map_err(|_unreadable| invalid("the header cannot be read"))?;
        let fits = key.common.key_algorithm.is_none_or(|alg| alg.to_string() == format!("{:?}", header.alg));
        if !ALGORITHMS.contains(&header.alg) || !fits {
            return Err(invalid("the algorithm is not accepted"));
        }
        let decoding = DecodingKey::from_jwk(key).map_err(Error::internal)?;
        let mut rules = Validation::new(header.alg);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.inner.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is checked against our own clock, on every use.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let data =
            decode::<Claims>(token, &decoding, &rules).map_err(|error| invalid("the signature or a claim is wrong").with_source(error))?;
        Ok(data.claims)
    }

    async fn fetch(&self) -> Result<()> {
        let Some(url) = &self.inner.url else { return Ok(()) };
        // Who comes while keys are being fetched waits for them: an answer without them would be a wrong refusal.
        let _turn = self.inner.fetching.lock().await;
        let now_ms = self.inner.clock.now().micros().div_euclid(1_000);
        let last = self.inner.fetched_ms.load(Ordering::Acquire);
        if now_ms.saturating_sub(last) < COOL_DOWN_MS {
            return Ok(());
        }
        if self.inner.fetched_ms.compare_exchange(last, now_ms, Ordering::AcqRel, Ordering::Acquire).is_err() {
            return Ok(());
        }
        let fetched = async {
            let answer = self.inner.client.get(url).timeout(FETCH_TIMEOUT).send().await?.error_for_status()?;
            answer.json::<serde_json::Value>().await
        };
        match fetched.await {
            Ok(document) => {
                self.inner.keys.store(Arc::new(token_keys(document)?));
                Ok(())
            }
            Err(error) => {
                // The next token may try again at once: a start order must not cost a cool-down.
                self.inner.fetched_ms.store(last, Ordering::Release);
                Err(Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error))
            }
        }
    }
}

/// The keys of a published set that may verify tokens: a receipt key never does.
fn token_keys(mut document: serde_json::Value) -> Result<JwkSet> {
    if let Some(keys) = document.get_mut("keys").and_then(|keys| keys.as_array_mut()) {
        keys.retain(|key| key.get("purpose").is_none_or(|purpose| purpose == "token"));
    }
    serde_json::from_value(document).map_err(|error| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, error))
}

/// Signs an access token.
///
/// # Errors
/// When the key cannot sign.
pub fn mint(ring: &KeyRing, claims: &Claims) -> Result<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TOKEN_TYPE.to_owned());
    header.kid = Some(ring.kid().to_owned());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&ring.pkcs8())).map_err(Error::internal)
}

fn invalid(reason: &'static str) -> Error {
    Error::unauthenticated(Code::TOKEN_INVALID, Text::new(format!("访问令牌无效({reason})。"), format!("The token is not valid: {reason}")))
}

/// Reads the form of a token more strictly than the library does, and gives the key id.
fn strict_kid(token: &str) -> Result<String> {
    if token.len() > LONGEST {
        return Err(invalid("it is too long"));
    }
    let mut segments = token.split('.');
    let (Some(head), Some(body), Some(signature), None) = (segments.next(), segments.next(), segments.next(), segments.next()) else {
        return Err(invalid("it does not have three parts"));
    };
    for segment in [body, signature] {
        URL_SAFE_NO_PAD.decode(segment).map_err(|_malformed| invalid("a part is not base64url"))?;
    }
    let head = URL_SAFE_NO_PAD.decode(head).map_err(|_malformed| invalid("a part is not base64url"))?;
    let head: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&head).map_err(|_malformed| invalid("the header is not a JSON object"))?;
    let typ = head.get("typ").and_then(|typ| typ.as_str()).unwrap_or_default().to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != TOKEN_TYPE {
        return Err(invalid("it is not an access token"));
    }
    if ["crit", "jwk", "jku", "x5c", "x5u", "b64", "zip"].iter().any(|name| head.contains_key(*name)) {
        return Err(invalid("the header asks for something that is not supported"));
    }
    head.get("kid").and_then(|kid| kid.as_str()).map(str::to_owned).ok_or_else(|| invalid("it names no key"))
}
