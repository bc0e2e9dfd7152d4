//! Signing and verifying the compact form. Not here: the keys' files, and what a valid receipt means (`report`).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::Signature;
use serde_json::{Value, json};

use crate::{CanonicalError, JwkSet, Payload, SigningKey, canonical};

/// The `typ` of every receipt; a token has another, so neither passes for the other (RFC 8725, section 3.11).
pub const TYP: &str = "touchstone-receipt+jws";

/// A longer text is refused unread.
pub const MAX_LENGTH: usize = 262_144;

/// A receipt whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub payload: Payload,
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
    /// The header is not an object of exactly `alg`, `kid` and `typ`.
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
            Self::Type(typ) => write!(f, "type {typ} instead of {TYP}"),
            Self::UnknownKey(kid) => write!(f, "no Ed25519 signature key {kid} in the set"),
            Self::Signature => f.write_str("the signature does not fit"),
            Self::NotCanonical => f.write_str("not in RFC 8785 form"),
            Self::Payload(why) => write!(f, "not the payload of a receipt: {why}"),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Signs a payload as a compact JWS (RFC 7515, section 7.1; EdDSA by RFC 8037, section 3.1).
///
/// # Errors
/// When the payload has no canonical form.
pub fn sign(payload: &Payload, key: &SigningKey) -> Result<String, CanonicalError> {
    let header = canonical(&json!({"alg": "EdDSA", "kid": key.kid(), "typ": TYP}))?;
    let body = canonical(payload)?;
    let mut text = URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(body, &mut text);
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
    if jws.len() > MAX_LENGTH {
        return Err(VerifyError::TooLong);
    }
    let mut segments = jws.split('.');
    let (Some(head), Some(body), Some(tail), None) = (segments.next(), segments.next(), segments.next(), segments.next()) else {
        return Err(VerifyError::NotCompact);
    };
    let (header, body, tail) = (decode(head)?, decode(body)?, decode(tail)?);
    let kid = read_header(&header)?;
    let key = keys.find(&kid).ok_or_else(|| VerifyError::UnknownKey(kid.clone()))?;
    let signature = Signature::from_slice(&tail).map_err(|_short| VerifyError::Signature)?;
    let signed = jws.rsplit_once('.').map_or(jws, |(signed, _)| signed);
    key.verify_strict(signed.as_bytes(), &signature).map_err(|_unfit| VerifyError::Signature)?;
    Ok(Verified { payload: read_payload(&body)?, kid })
}

fn decode(segment: &str) -> Result<Vec<u8>, VerifyError> {
    // The engine refuses padding, foreign letters and spare bits that are not zero.
    URL_SAFE_NO_PAD.decode(segment).map_err(|_why| VerifyError::NotCompact)
}

fn read_header(bytes: &[u8]) -> Result<String, VerifyError> {
    let tree: Value = serde_json::from_slice(bytes).map_err(|error| VerifyError::Header(error.to_string()))?;
    let Some(fields) = tree.as_object() else {
        return Err(VerifyError::Header("not an object".to_owned()));
    };
    if let Some(name) = fields.keys().find(|name| !matches!(name.as_str(), "alg" | "kid" | "typ")) {
        return Err(VerifyError::Header(format!("{name} is not allowed")));
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).ok_or_else(|| VerifyError::Header(format!("{name} is missing")));
    let (alg, kid, typ) = (text("alg")?, text("kid")?, text("typ")?);
    if alg != "EdDSA" {
        return Err(VerifyError::Algorithm(alg.to_owned()));
    }
    if typ != TYP {
        return Err(VerifyError::Type(typ.to_owned()));
    }
    require_canonical(&tree, bytes)?;
    Ok(kid.to_owned())
}

fn read_payload(bytes: &[u8]) -> Result<Payload, VerifyError> {
    let tree: Value = serde_json::from_slice(bytes).map_err(|error| VerifyError::Payload(error.to_string()))?;
    require_canonical(&tree, bytes)?;
    let payload: Payload = serde_json::from_value(tree).map_err(|error| VerifyError::Payload(error.to_string()))?;
    // An absent field has one form only: `null` for it would be a second one.
    if canonical(&payload).ok().as_deref() != Some(bytes) {
        return Err(VerifyError::NotCanonical);
    }
    Ok(payload)
}

/// A key that stands twice is caught here too: the tree keeps one of them.
fn require_canonical(tree: &Value, bytes: &[u8]) -> Result<(), VerifyError> {
    match canonical(tree) {
        Ok(form) if form == bytes => Ok(()),
        _ => Err(VerifyError::NotCanonical),
    }
}
