//! A receipt in the envelope of a Verifiable Credential (W3C VC Data Model 2.0, secured as VC-JOSE-COSE says). Not here: what it says (`payload`), the
//! lists behind its status (`status`).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    CanonicalError, JwkSet, Payload, SigningKey, Verified, VerifyError,
    jws::{open, sign_as},
};

/// The `typ` of a credential that is secured as a JWT.
pub const CREDENTIAL_TYP: &str = "vc+jwt";
/// The base context, and the one that gives every further term a meaning.
pub(crate) const CONTEXT: [&str; 2] = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"];
/// What kind of credential.
const KIND: [&str; 2] = ["VerifiableCredential", "ProcurementDecisionCredential"];
const SUBJECT: &str = "ProcurementDecision";
const ENTRY: &str = "BitstringStatusListEntry";

/// The claims; whoever reads them finds the payload of the receipt whole under `decision`, because its `id` is no URL, as that of a subject must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Credential {
    #[serde(rename = "@context")]
    context: Vec<String>,
    id: String,
    #[serde(rename = "type")]
    kinds: Vec<String>,
    issuer: String,
    /// When it was signed, in seconds since 1970: perhaps long after the receipt, and by a later key.
    iat: i64,
    valid_from: String,
    credential_subject: Subject,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    credential_status: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    #[serde(rename = "type")]
    kind: String,
    decision: Payload,
}

impl Credential {
    fn of(payload: &Payload, issuer: &str, iat: i64) -> Self {
        Self {
            context: CONTEXT.map(str::to_owned).to_vec(),
            id: format!("{issuer}/procurement/v1/decisions/{}/credential", payload.id),
            kinds: KIND.map(str::to_owned).to_vec(),
            issuer: issuer.to_owned(),
            iat,
            valid_from: payload.issued_at.clone(),
            credential_subject: Subject { kind: SUBJECT.to_owned(), decision: payload.clone() },
            credential_status: entries(payload),
        }
    }
}

/// Where the two statuses stand (Bitstring Status List v1.0, section 2.1).
fn entries(payload: &Payload) -> Vec<Value> {
    let Some(status) = &payload.status else { return Vec::new() };
    let entry = |purpose: &str, list: &str| {
        json!({
            "id": format!("{list}#{}", status.index), "type": ENTRY, "statusPurpose": purpose,
            "statusListIndex": status.index.to_string(), "statusListCredential": list,
        })
    };
    let mut message = entry("message", &status.message);
    if let Some(members) = message.as_object_mut() {
        members.insert("statusSize".to_owned(), json!(1));
        members.insert(
            "statusMessage".to_owned(),
            json!([{"status": "0x0", "message": "outcome_unchanged"}, {"status": "0x1", "message": "outcome_changed"}]),
        );
    }
    vec![entry("revocation", &status.revocation), message]
}

/// The header of anything that is secured as a credential.
pub(crate) fn header(issuer: &str, key: &SigningKey) -> Value {
    json!({"alg": "EdDSA", "cty": "vc", "iss": issuer, "kid": key.kid(), "typ": CREDENTIAL_TYP})
}

/// Signs the payload of a receipt as a credential of this issuer, a URL, at this time in seconds since 1970.
///
/// # Errors
/// When the payload has no canonical form.
pub fn sign_credential(payload: &Payload, issuer: &str, iat: i64, key: &SigningKey) -> Result<String, CanonicalError> {
    sign_as(&header(issuer, key), &Credential::of(payload, issuer, iat), key)
}

/// Verifies a credential by the published keys and nothing else; it has one form for a payload and an issuer, as a receipt has.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify_credential(jwt: &str, keys: &JwkSet) -> Result<Verified, VerifyError> {
    let opened = open(jwt, keys, CREDENTIAL_TYP)?;
    let credential: Credential = opened.read()?;
    if opened.issuer.as_ref() != Some(&credential.issuer) {
        return Err(VerifyError::Header("iss is not the issuer of the credential".to_owned()));
    }
    let payload = credential.credential_subject.decision.clone();
    if credential != Credential::of(&payload, &credential.issuer, credential.iat) {
        return Err(VerifyError::Payload("the credential says otherwise than its decision".to_owned()));
    }
    keys.in_use_at(&opened.kid, credential.iat.saturating_mul(1_000_000), &format!("iat {}", credential.iat))?;
    Ok(Verified { payload, kid: opened.kid })
}
