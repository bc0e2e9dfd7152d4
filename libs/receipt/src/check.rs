//! Everything a reader has in hand, checked at once: JSON in, JSON out, so that it can be called from WASM without a binding. Not here: each check itself
//! (`jws`, `vc`, `status`, `lines`).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    BATCH_TYP, BatchPayload, CREDENTIAL_TYP, JwkSet, LineProof, Payload, Report, StatusList, StatusRef, Verified, VerifyError,
    are_lines_of, report, report_batch, typ, verify, verify_batch, verify_credential,
};

/// What a reader has in hand.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InHand {
    /// The receipt of a decision or of a batch, or a credential.
    pub receipt: String,
    /// Status lists that were fetched.
    #[serde(default)]
    pub status: Vec<String>,
    /// All lines of a batch, as they were answered.
    #[serde(default)]
    pub lines: Option<String>,
    /// One line of a batch.
    #[serde(default)]
    pub line: Option<LineProof>,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// What stands and what does not.
    pub report: Report,
    /// What was signed.
    pub payload: Value,
}

/// Why it is not to be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckError {
    /// The receipt is refused.
    Receipt(VerifyError),
    /// A status list is refused.
    StatusList(VerifyError),
    /// The lines, or the line, are not those of the batch.
    Lines,
    /// A status list says that it was withdrawn; as of when.
    Revoked(String),
}

impl CheckError {
    /// A stable word for the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Receipt(error) => error.code(),
            Self::StatusList(_) => "status_list_refused",
            Self::Lines => "lines_differ",
            Self::Revoked(_) => "receipt_revoked",
        }
    }
}

impl std::fmt::Display for CheckError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Receipt(error) => write!(f, "{error}"),
            Self::StatusList(error) => write!(f, "the status list is refused: {error}"),
            Self::Lines => f.write_str("the receipt is not over these lines"),
            Self::Revoked(at) => write!(f, "as of {at} it is withdrawn"),
        }
    }
}

impl std::error::Error for CheckError {}

/// Verifies what a reader has in hand by the published keys and nothing else.
///
/// # Errors
/// The first reason not to rely on it.
pub fn check(in_hand: &InHand, keys: &JwkSet) -> Result<Checked, CheckError> {
    let lists = in_hand.status.iter().map(|jwt| StatusList::verify(jwt.trim(), keys)).collect::<Result<Vec<_>, _>>();
    let lists = lists.map_err(CheckError::StatusList)?;
    let receipt = in_hand.receipt.trim();
    if typ(receipt).as_deref() == Some(BATCH_TYP) {
        let verified = verify_batch(receipt, keys).map_err(CheckError::Receipt)?;
        return checked(of_batch(in_hand, &verified)?, &verified.payload, verified.payload.status.as_ref(), &lists);
    }
    if in_hand.lines.is_some() || in_hand.line.is_some() {
        return Err(CheckError::Lines);
    }
    let is_credential = typ(receipt).as_deref() == Some(CREDENTIAL_TYP);
    let verified: Verified<Payload> =
        if is_credential { verify_credential(receipt, keys) } else { verify(receipt, keys) }.map_err(CheckError::Receipt)?;
    checked(report(&verified), &verified.payload, verified.payload.status.as_ref(), &lists)
}

fn of_batch(in_hand: &InHand, verified: &Verified<BatchPayload>) -> Result<Report, CheckError> {
    let mut said = report_batch(verified);
    if let Some(lines) = &in_hand.lines {
        if !are_lines_of(lines, &verified.payload) {
            return Err(CheckError::Lines);
        }
        said = said.and(
            "lines",
            "手中的全部答复行即所签内容。".to_owned(),
            "The lines in hand are those that were signed, all of them.".to_owned(),
        );
    }
    if let Some(line) = &in_hand.line {
        if !line.is_in(&verified.payload) {
            return Err(CheckError::Lines);
        }
        let number = line.index;
        said = said.and(
            "line",
            format!("手中的第 {number} 行（从 0 起）即所签内容。"),
            format!("Line {number}, counted from 0, is as it was signed."),
        );
    }
    Ok(said)
}

fn checked(report: Report, payload: &impl Serialize, place: Option<&StatusRef>, lists: &[StatusList]) -> Result<Checked, CheckError> {
    let (report, revoked) = match place {
        Some(place) if !lists.is_empty() => report.with_status(place, lists),
        _ => (report, false),
    };
    if revoked {
        let of = |list: &&StatusList| list.purpose == "revocation";
        return Err(CheckError::Revoked(lists.iter().find(of).map(|list| list.valid_from.clone()).unwrap_or_default()));
    }
    Ok(Checked { report, payload: serde_json::to_value(payload).unwrap_or_default() })
}

/// The same as text: `{"keys": {JWK set}, "receipt": …, "status"?, "lines"?, "line"?}` in, `{"valid": …}` with report and payload, or code and error, out.
#[must_use]
pub fn verify_all(input: &str) -> String {
    let unreadable = |error: String| json!({"valid": false, "code": "unreadable", "error": error});
    let answer = match serde_json::from_str::<Value>(input) {
        Err(error) => unreadable(error.to_string()),
        Ok(mut value) => {
            let keys = value.as_object_mut().and_then(|members| members.remove("keys")).unwrap_or_default();
            match (JwkSet::parse(&keys.to_string()), serde_json::from_value::<InHand>(value)) {
                (Err(error), _) => unreadable(error.to_string()),
                (_, Err(error)) => unreadable(error.to_string()),
                (Ok(keys), Ok(in_hand)) => match check(&in_hand, &keys) {
                    Ok(Checked { report, payload }) => json!({"valid": true, "report": report, "payload": payload}),
                    Err(error) => json!({"valid": false, "code": error.code(), "error": error.to_string()}),
                },
            }
        }
    };
    answer.to_string()
}
