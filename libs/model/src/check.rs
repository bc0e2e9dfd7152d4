//! The answer to "is this identifier right?": never a bare boolean. The rules of each identifier are in its own file.

use serde::Serialize;

use crate::fault::Fault;

/// Whether an identifier is right in form and check characters. It says nothing about whether it was ever issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Form and check are right.
    Valid,
    /// Form or check is wrong.
    Invalid,
}

/// The outcome of checking one identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The only form that is stored.
    pub normalised: String,
    /// Whether the identifier is right.
    pub verdict: Verdict,
    /// Why it is not.
    pub reason: Option<Fault>,
    /// What is odd about it without making it wrong.
    pub warnings: Vec<Fault>,
}

impl Check {
    /// From the result of a parser, which gives the stored form and the warnings.
    #[must_use]
    pub fn from_parsed(compacted: String, parsed: Result<(String, Vec<Fault>), Fault>) -> Self {
        match parsed {
            Ok((normalised, warnings)) => Self { normalised, verdict: Verdict::Valid, reason: None, warnings },
            Err(reason) => Self { normalised: compacted, verdict: Verdict::Invalid, reason: Some(reason), warnings: Vec::new() },
        }
    }

    /// Whether the verdict is `Valid`.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.verdict == Verdict::Valid
    }
}
