//! The one canonical form and the digest over it. Not here: what is digested.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The largest whole number that RFC 8785 keeps exactly: 2^53 - 1 (I-JSON, RFC 7493, section 2.2).
const MAX_WHOLE: u64 = 9_007_199_254_740_991;

/// Why a value has no canonical form.
#[derive(Debug)]
pub enum CanonicalError {
    /// It is not JSON: a key that is no text, a number without a JSON form.
    Json(serde_json::Error),
    /// A whole number outside ±(2^53 - 1) would be rounded.
    NumberTooLarge(String),
}

impl std::fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(error) => write!(f, "no JSON form: {error}"),
            Self::NumberTooLarge(number) => write!(f, "{number} is outside the whole numbers that RFC 8785 keeps exactly"),
        }
    }
}

impl std::error::Error for CanonicalError {}

/// The RFC 8785 form of a value: sorted keys, no spaces, shortest numbers.
///
/// # Errors
/// When the value has no JSON form, or holds a whole number that would be rounded.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    let tree = serde_json::to_value(value).map_err(CanonicalError::Json)?;
    exact(&tree)?;
    serde_json_canonicalizer::to_vec(&tree).map_err(CanonicalError::Json)
}

/// `sha256:<hex>` of the bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in Sha256::digest(bytes) {
        for nibble in [byte >> 4, byte & 0x0f] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    text
}

fn exact(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Number(number) => {
            let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            match whole {
                Some(whole) if whole > MAX_WHOLE => Err(CanonicalError::NumberTooLarge(number.to_string())),
                _ => Ok(()),
            }
        }
        Value::Array(items) => items.iter().try_for_each(exact),
        Value::Object(fields) => fields.values().try_for_each(exact),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}
