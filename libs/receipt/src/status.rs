//! Status lists (W3C Bitstring Status List v1.0): one bit for each receipt, signed as a credential. Not here: who sets a bit (`services/procurement`).

use std::io::{Read, Write};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};

use crate::{
    CanonicalError, JwkSet, SigningKey, VerifyError,
    jws::{open, sign_as},
    vc::{CONTEXT, CREDENTIAL_TYP, header},
};

/// How many bits a list has at least, so that nobody can tell who is meant (section 2.2).
pub const LIST_BITS: u64 = 131_072;
/// A list that unpacks to more bytes is refused.
const MOST_BYTES: u64 = 1 << 20;
const KIND: [&str; 2] = ["VerifiableCredential", "BitstringStatusListCredential"];
const SUBJECT: &str = "BitstringStatusList";

/// A list and as of when it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    /// Whose word it is, a URL.
    pub issuer: String,
    /// Its address, as receipts name it.
    pub url: String,
    /// `revocation` or `message`.
    pub purpose: String,
    /// As of when, RFC 3339.
    pub valid_from: String,
    /// Not to be relied on after this, RFC 3339.
    pub valid_until: String,
    /// To be fetched again after so many milliseconds.
    pub ttl: u64,
    /// The bits; the first is the highest of the first byte.
    pub bits: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Credential {
    #[serde(rename = "@context")]
    context: Vec<String>,
    id: String,
    #[serde(rename = "type")]
    kinds: Vec<String>,
    issuer: String,
    valid_from: String,
    valid_until: String,
    credential_subject: Subject,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Subject {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    status_purpose: String,
    encoded_list: String,
    ttl: u64,
}

impl StatusList {
    /// Whether the bit of a receipt is set; `None` where the list is not as long.
    #[must_use]
    pub fn is_set(&self, index: u64) -> Option<bool> {
        let byte = self.bits.get(usize::try_from(index / 8).ok()?)?;
        Some(byte & (0x80 >> (index % 8)) != 0)
    }

    /// The bits of a list in which these are set; what lies beyond it is passed over.
    #[must_use]
    pub fn bits_of(set: impl IntoIterator<Item = u64>) -> Vec<u8> {
        let mut bits = vec![0_u8; usize::try_from(LIST_BITS / 8).unwrap_or_default()];
        for index in set {
            if let Some(byte) = usize::try_from(index / 8).ok().and_then(|at| bits.get_mut(at)) {
                *byte |= 0x80 >> (index % 8);
            }
        }
        bits
    }

    /// The signed list.
    ///
    /// # Errors
    /// Never in practice: a list has a canonical form.
    pub fn sign(&self, key: &SigningKey) -> Result<String, CanonicalError> {
        let credential = Credential {
            context: CONTEXT.map(str::to_owned).to_vec(),
            id: self.url.clone(),
            kinds: KIND.map(str::to_owned).to_vec(),
            issuer: self.issuer.clone(),
            valid_from: self.valid_from.clone(),
            valid_until: self.valid_until.clone(),
            credential_subject: Subject {
                id: format!("{}#list", self.url),
                kind: SUBJECT.to_owned(),
                status_purpose: self.purpose.clone(),
                encoded_list: encode(&self.bits),
                ttl: self.ttl,
            },
        };
        sign_as(&header(&self.issuer, key), &credential, key)
    }

    /// Verifies a fetched list by the published keys.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(jwt: &str, keys: &JwkSet) -> Result<Self, VerifyError> {
        let opened = open(jwt, keys, CREDENTIAL_TYP)?;
        let credential: Credential = opened.read()?;
        let wrong = |what: &str| VerifyError::Payload(format!("{what} of the status list"));
        if opened.issuer.as_ref() != Some(&credential.issuer) {
            return Err(VerifyError::Header("iss is not the issuer of the credential".to_owned()));
        }
        if credential.kinds != KIND || credential.credential_subject.kind != SUBJECT || credential.context != CONTEXT {
            return Err(wrong("the type"));
        }
        keys.in_use(&opened.kid, &credential.valid_from)?;
        let Credential { issuer, id: url, valid_from, valid_until, credential_subject: subject, .. } = credential;
        let bits = decode(&subject.encoded_list).ok_or_else(|| wrong("the bits"))?;
        Ok(Self { issuer, url, purpose: subject.status_purpose, valid_from, valid_until, ttl: subject.ttl, bits })
    }
}

/// GZIP, then base64url with the multibase prefix `u`.
fn encode(bits: &[u8]) -> String {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    // Into memory: nothing can fail.
    let bytes = packed.write_all(bits).and_then(|()| packed.finish()).unwrap_or_default();
    format!("u{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let packed = URL_SAFE_NO_PAD.decode(text.strip_prefix('u')?).ok()?;
    let mut bits = Vec::new();
    GzDecoder::new(packed.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut bits).ok()?;
    let length = u64::try_from(bits.len()).ok()?;
    (length * 8 >= LIST_BITS && length <= MOST_BYTES).then_some(bits)
}
