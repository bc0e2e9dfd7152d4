//! Keys: the private one that signs, the public set that verifies. Not here: where they are kept, how they are published.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{VerifyError, time::micros};

/// Why a key or a key set is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Not a JWK or a JWK set.
    Malformed(String),
    /// A private key in a public set: it is burnt, the set must not be used on.
    Private,
    /// The same `kid` twice: which key is meant would be chance.
    Duplicate(String),
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "not a key: {why}"),
            Self::Private => f.write_str("the public key set holds a private key"),
            Self::Duplicate(kid) => write!(f, "the key id {kid} stands twice in the set"),
        }
    }
}

impl std::error::Error for KeyError {}

/// A private Ed25519 key with its name; the key is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    key: ed25519_dalek::SigningKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A key of the given name from its 32 secret bytes.
    #[must_use]
    pub fn new(kid: impl Into<String>, seed: &[u8; 32]) -> Self {
        Self { kid: kid.into(), key: ed25519_dalek::SigningKey::from_bytes(seed) }
    }

    /// A key named by its own thumbprint (RFC 7638), so that two keys never share a name by accident.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        Self { kid: thumbprint(&x), key }
    }

    /// Reads a private JWK (RFC 8037, section 2).
    ///
    /// # Errors
    /// When it is not an Ed25519 key, or its public part is not that of its private part.
    pub fn from_private_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let (Some("OKP"), Some("Ed25519"), Some(d)) = (text("kty"), text("crv"), text("d")) else {
            return Err(KeyError::Malformed("kty OKP, crv Ed25519 and d are required".to_owned()));
        };
        let key = Self::from_seed(&bytes(d)?);
        if text("x").is_some_and(|x| x != key.public().x) {
            return Err(KeyError::Malformed("x is not the public part of d".to_owned()));
        }
        Ok(match text("kid") {
            Some(kid) => Self { kid: kid.to_owned(), ..key },
            None => key,
        })
    }

    /// The private JWK, for the key file only.
    #[must_use]
    pub fn to_private_jwk(&self) -> Value {
        let Jwk { kty, crv, usage, alg, kid, x, .. } = self.public();
        json!({"kty": kty, "crv": crv, "use": usage, "alg": alg, "kid": kid, "x": x, "d": URL_SAFE_NO_PAD.encode(self.key.as_bytes())})
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What is published of it.
    #[must_use]
    pub fn public(&self) -> Jwk {
        Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            usage: "sig".to_owned(),
            alg: Some("EdDSA".to_owned()),
            kid: self.kid.clone(),
            x: URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
            from: None,
            until: None,
        }
    }

    pub(crate) fn point(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

/// A public Ed25519 signature key (RFC 8037, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// `EdDSA` where it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Its name.
    pub kid: String,
    /// The point, base64url.
    pub x: String,
    /// From when on it signed, RFC 3339; always, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when it signed, RFC 3339; it still does, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Jwk {
    /// The thumbprint of the key, RFC 7638.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        thumbprint(&self.x)
    }
}

/// The public keys by which receipts are verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

impl JwkSet {
    /// A set of the given keys.
    ///
    /// # Errors
    /// When a name stands twice or a key is no Ed25519 signature key.
    pub fn new(keys: Vec<Jwk>) -> Result<Self, KeyError> {
        let mut set = Self::default();
        for key in keys {
            if !usable(&key) {
                return Err(KeyError::Malformed(format!("{} is not an Ed25519 signature key", key.kid)));
            }
            set.add(key)?;
        }
        Ok(set)
    }

    /// Reads a published set; keys of other kinds or uses, as in a merged set, are passed over.
    ///
    /// # Errors
    /// When it is no JWK set, holds a private key, a name twice, or an Ed25519 signature key that is no point.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let tree: Value = serde_json::from_str(text).map_err(|error| KeyError::Malformed(error.to_string()))?;
        let Some(keys) = tree.get("keys").and_then(Value::as_array) else {
            return Err(KeyError::Malformed("no array \"keys\"".to_owned()));
        };
        let mut set = Self::default();
        for key in keys {
            // RFC 7517 section 9.2, RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2: "d" and "k" are private.
            if key.get("d").is_some() || key.get("k").is_some() {
                return Err(KeyError::Private);
            }
            if let Ok(key) = Jwk::deserialize(key)
                && usable(&key)
            {
                point(&key)?;
                set.add(key)?;
            }
        }
        Ok(set)
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    pub(crate) fn find(&self, kid: &str) -> Option<VerifyingKey> {
        self.keys.iter().find(|key| key.kid == kid).and_then(|key| point(key).ok())
    }

    pub(crate) fn points(&self) -> impl Iterator<Item = VerifyingKey> {
        self.keys.iter().filter_map(|key| point(key).ok())
    }

    /// Refuses what was signed before its key began to sign, or after it was retired: who finds an old key cannot use it, unless the date is forged too,
    /// and then the log does not have it.
    pub(crate) fn in_use(&self, kid: &str, at: &str) -> Result<(), VerifyError> {
        let signed = micros(at).ok_or_else(|| VerifyError::Payload(format!("{at} is no time of RFC 3339")))?;
        self.in_use_at(kid, signed, at)
    }

    /// The same for a time in microseconds since 1970.
    pub(crate) fn in_use_at(&self, kid: &str, signed: i64, at: &str) -> Result<(), VerifyError> {
        let Some(key) = self.keys.iter().find(|key| key.kid == kid) else { return Err(VerifyError::UnknownKey(kid.to_owned())) };
        let (from, until) = (key.from.as_deref(), key.until.as_deref());
        if from.and_then(micros).is_some_and(|from| signed < from) || until.and_then(micros).is_some_and(|until| signed > until) {
            let said = |time: Option<&str>| time.unwrap_or("...").to_owned();
            return Err(VerifyError::KeyNotInUse { kid: kid.to_owned(), at: at.to_owned(), from: said(from), until: said(until) });
        }
        Ok(())
    }

    fn add(&mut self, key: Jwk) -> Result<(), KeyError> {
        for time in [&key.from, &key.until].into_iter().flatten() {
            if micros(time).is_none() {
                return Err(KeyError::Malformed(format!("{}: {time} is no time of RFC 3339", key.kid)));
            }
        }
        if let (Some(from), Some(until)) = (&key.from, &key.until)
            && micros(from) > micros(until)
        {
            return Err(KeyError::Malformed(format!("{}: it signed until {until}, and only from {from} on", key.kid)));
        }
        if self.keys.iter().any(|known| known.kid == key.kid) {
            return Err(KeyError::Duplicate(key.kid));
        }
        self.keys.push(key);
        Ok(())
    }
}

fn usable(key: &Jwk) -> bool {
    key.kty == "OKP"
        && key.crv == "Ed25519"
        && key.usage == "sig"
        && key.alg.as_deref().is_none_or(|alg| alg == "EdDSA" || alg == "Ed25519")
}

fn point(key: &Jwk) -> Result<VerifyingKey, KeyError> {
    VerifyingKey::from_bytes(&bytes(&key.x)?).map_err(|error| KeyError::Malformed(error.to_string()))
}

fn bytes(text: &str) -> Result<[u8; 32], KeyError> {
    let raw = URL_SAFE_NO_PAD.decode(text).map_err(|error| KeyError::Malformed(error.to_string()))?;
    <[u8; 32]>::try_from(raw).map_err(|raw| KeyError::Malformed(format!("{} bytes instead of 32", raw.len())))
}

/// RFC 7638, section 3, with the members of RFC 8037, appendix A.3.
fn thumbprint(x: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}
