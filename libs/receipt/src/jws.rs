//! Signing and verifying the compact form. Not here: the keys' files, and what a valid receipt means (`report`).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::Signature;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{BatchPayload, CanonicalError, JwkSet, Payload, SigningKey, canonical, vc::CREDENTIAL_TYP};

/// The `typ` of every receipt; a token has another, so neither passes for the other (RFC 8725, section 3.11).
pub const TYP: &str = "touchstone-receipt+jws";
/// The `typ` of the receipt of a batch.
pub const BATCH_TYP: &str = "touchstone-batch+jws";

/// A longer text is refused unread.
pub const MAX_LENGTH: usize = 262_144;

/// A receipt whose signature holds; that of one decision where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<P = Payload> {
    /// What it says.
    pub payload: P,
    /// The key that signed it.
    pub kid: String,
}

/// Why a receipt is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// Longer than `MAX_LENGTH`.
    TooLong,
    /// Not three base64url segments without padding.
    NotCompact,
    /// The header is not an object of exactly `alg`, `kid` and `typ`; that of a credential has `cty` and `iss` as well.
    Header(String),
    /// Any algorithm but `EdDSA`.
    Algorithm(String),
    /// Any type but that of a receipt.
    Type(String),
    /// No Ed25519 signature key of this name in the set.
    UnknownKey(String),
    /// The signature does not fit.
    Signature,
    /// Header or payload is not in its RFC 8785 form.
    NotCanonical,
    /// The payload is no receipt.
    Payload(String),
    /// Signed before its key began to sign, or after it was retired.
    KeyNotInUse {
        /// The key.
        kid: String,
        /// When this was signed, by its own words.
        at: String,
        /// From when on the key signed.
        from: String,
        /// Until when.
        until: String,
    },
}

impl VerifyError {
    /// A stable word for the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "receipt_too_long",
            Self::NotCompact => "receipt_malformed",
            Self::Header(_) => "receipt_header",
            Self::Algorithm(_) => "receipt_algorithm",
            Self::Type(_) => "receipt_type",
            Self::UnknownKey(_) => "receipt_unknown_key",
            Self::Signature => "receipt_signature",
            Self::NotCanonical => "receipt_not_canonical",
            Self::Payload(_) => "receipt_payload",
            Self::KeyNotInUse { .. } => "receipt_key_not_in_use",
        }
    }
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong => write!(f, "longer than {MAX_LENGTH} bytes"),
            Self::NotCompact => f.write_str("not three base64url segments without padding"),
            Self::Header(why) => write!(f, "header refused: {why}"),
            Self::Algorithm(alg) => write!(f, "algorithm {alg} instead of EdDSA"),
            Self::Type(typ) => write!(f, "the type {typ} is another"),
            Self::UnknownKey(kid) => write!(f, "no Ed25519 signature key {kid} in the set"),
            Self::Signature => f.write_str("the signature does not fit"),
            Self::NotCanonical => f.write_str("not in RFC 8785 form"),
            Self::Payload(why) => write!(f, "not the payload of a receipt: {why}"),
            Self::KeyNotInUse { kid, at, from, until } => write!(f, "the key {kid} signed from {from} until {until}, and this says {at}"),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Signs a payload as a compact JWS (RFC 7515, section 7.1; EdDSA by RFC 8037, section 3.1).
///
/// # Errors
/// When the payload has no canonical form.
pub fn sign(payload: &Payload, key: &SigningKey) -> Result<String, CanonicalError> {
    sign_as(&json!({"alg": "EdDSA", "kid": key.kid(), "typ": TYP}), payload, key)
}

/// Signs the payload of a batch.
///
/// # Errors
/// When the payload has no canonical form.
pub fn sign_batch(payload: &BatchPayload, key: &SigningKey) -> Result<String, CanonicalError> {
    sign_as(&json!({"alg": "EdDSA", "kid": key.kid(), "typ": BATCH_TYP}), payload, key)
}

pub(crate) fn sign_as(header: &Value, body: &impl Serialize, key: &SigningKey) -> Result<String, CanonicalError> {
    let mut text = URL_SAFE_NO_PAD.encode(canonical(header)?);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(canonical(body)?, &mut text);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    Ok(text)
}

/// Verifies a receipt by the published keys and nothing else.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(jws: &str, keys: &JwkSet) -> Result<Verified, VerifyError> {
    let opened = open(jws, keys, TYP)?;
    let payload: Payload = opened.read()?;
    keys.in_use(&opened.kid, &payload.issued_at)?;
    Ok(Verified { payload, kid: opened.kid })
}

/// Verifies the receipt of a batch by the published keys and nothing else.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify_batch(jws: &str, keys: &JwkSet) -> Result<Verified<BatchPayload>, VerifyError> {
    let opened = open(jws, keys, BATCH_TYP)?;
    let payload: BatchPayload = opened.read()?;
    keys.in_use(&opened.kid, &payload.issued_at)?;
    Ok(Verified { payload, kid: opened.kid })
}

/// The type that a text says it has, for choosing how to verify it; nothing is verified yet.
#[must_use]
pub fn typ(jws: &str) -> Option<String> {
    let header = URL_SAFE_NO_PAD.decode(jws.split('.').next()?).ok()?;
    let tree: Value = serde_json::from_slice(&header).ok()?;
    tree.get("typ").and_then(Value::as_str).map(str::to_owned)
}

/// What was signed, once the signature holds.
pub(crate) struct Opened {
    pub(crate) kid: String,
    /// Who says it, in the header of a credential.
    pub(crate) issuer: Option<String>,
    body: Vec<u8>,
}

impl Opened {
    /// Reads the payload, in its one form only.
    pub(crate) fn read<P: Serialize + DeserializeOwned>(&self) -> Result<P, VerifyError> {
        let tree: Value = serde_json::from_slice(&self.body).map_err(|error| VerifyError::Payload(error.to_string()))?;
        require_canonical(&tree, &self.body)?;
        let payload: P = serde_json::from_value(tree).map_err(|error| VerifyError::Payload(error.to_string()))?;
        // An absent field has one form only: `null` for it would be a second one.
        if canonical(&payload).ok().as_deref() != Some(self.body.as_slice()) {
            return Err(VerifyError::NotCanonical);
        }
        Ok(payload)
    }
}

/// Checks form, header and signature of something of this type.
pub(crate) fn open(jws: &str, keys: &JwkSet, typ: &str) -> Result<Opened, VerifyError> {
    if jws.len() > MAX_LENGTH {
        return Err(VerifyError::TooLong);
    }
    let mut segments = jws.split('.');
    let (Some(head), Some(body), Some(tail), None) = (segments.next(), segments.next(), segments.next(), segments.next()) else {
        return Err(VerifyError::NotCompact);
    };
    let (header, body, tail) = (decode(head)?, decode(body)?, decode(tail)?);
    let (kid, issuer) = read_header(&header, typ)?;
    let key = keys.find(&kid).ok_or_else(|| VerifyError::UnknownKey(kid.clone()))?;
    let signature = Signature::from_slice(&tail).map_err(|_short| VerifyError::Signature)?;
    let signed = jws.rsplit_once('.').map_or(jws, |(signed, _)| signed);
    key.verify_strict(signed.as_bytes(), &signature).map_err(|_unfit| VerifyError::Signature)?;
    Ok(Opened { kid, issuer, body })
}

fn decode(segment: &str) -> Result<Vec<u8>, VerifyError> {
    // The engine refuses padding, foreign letters and spare bits that are not zero.
    URL_SAFE_NO_PAD.decode(segment).map_err(|_why| VerifyError::NotCompact)
}

fn read_header(bytes: &[u8], wanted: &str) -> Result<(String, Option<String>), VerifyError> {
    let tree: Value = serde_json::from_slice(bytes).map_err(|error| VerifyError::Header(error.to_string()))?;
    let Some(fields) = tree.as_object() else {
        return Err(VerifyError::Header("not an object".to_owned()));
    };
    let is_credential = wanted == CREDENTIAL_TYP;
    let allowed = |name: &str| matches!(name, "alg" | "kid" | "typ") || (is_credential && matches!(name, "cty" | "iss"));
    if let Some(name) = fields.keys().find(|name| !allowed(name)) {
        return Err(VerifyError::Header(format!("{name} is not allowed")));
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).ok_or_else(|| VerifyError::Header(format!("{name} is missing")));
    let (alg, kid, typ) = (text("alg")?, text("kid")?, text("typ")?);
    if alg != "EdDSA" {
        return Err(VerifyError::Algorithm(alg.to_owned()));
    }
    if typ != wanted {
        return Err(VerifyError::Type(typ.to_owned()));
    }
    let issuer = if is_credential { Some(text("iss")?.to_owned()) } else { None };
    if is_credential && text("cty")? != "vc" {
        return Err(VerifyError::Header("cty is not vc".to_owned()));
    }
    require_canonical(&tree, bytes)?;
    Ok((kid.to_owned(), issuer))
}

/// A key that stands twice is caught here too: the tree keeps one of them.
fn require_canonical(tree: &Value, bytes: &[u8]) -> Result<(), VerifyError> {
    match canonical(tree) {
        Ok(form) if form == bytes => Ok(()),
        _ => Err(VerifyError::NotCanonical),
    }
}
