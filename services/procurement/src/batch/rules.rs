//! What is kept of a batch, so that each of its lines can be made again; pure. Not here: making them, `actions.rs`.

use model::{instant::Instant, text::Lang};
use receipt::StatusRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::standard_register::rules::RegisterAt;

/// Lines that were decided at one position of credit, from the first of them up to the next stretch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The first line.
    pub from: usize,
    /// The life of the feed.
    pub epoch: String,
    /// Every event up to here was known.
    pub position: i64,
    /// When credit was heard last, in microseconds since 1970: the ages in the lines follow from it.
    pub seen_at: i64,
}

/// The request, what the lines rest on, and their hashes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Who was asked about, as sent.
    pub suppliers: Vec<String>,
    /// The cut-off.
    pub as_of: Instant,
    /// What was known at this instant.
    pub known_at: Instant,
    /// Whether only what is not plainly met was shown.
    pub failed_only: bool,
    /// `sha256:…` of the ruleset.
    pub ruleset_digest: String,
    /// Which version of the evaluator.
    pub evaluator: String,
    /// How many lines came out how.
    pub outcomes: Value,
    /// Whether problems are told in English.
    pub english: bool,
    /// The trace of the request, which problems name.
    pub trace_id: String,
    /// At which positions the lines were decided.
    pub stretches: Vec<Stretch>,
    /// How far the register of standards was read, where the rules cite any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<RegisterAt>,
    /// The hashes of the lines, packed.
    pub leaves: String,
    /// The root over them, in hexadecimal.
    pub root: String,
    /// Where the status of the receipt stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusRef>,
    /// The receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

impl Kept {
    /// The language of its problems.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        if self.english { Lang::En } else { Lang::Zh }
    }

    /// Where a line was decided.
    #[must_use]
    pub fn stretch_of(&self, line: usize) -> Option<&Stretch> {
        self.stretches.iter().rev().find(|stretch| stretch.from <= line)
    }
}

/// Adds where a line was decided, if it was not where the one before was.
pub fn go_on(stretches: &mut Vec<Stretch>, next: Stretch) {
    let same = |last: &Stretch| (&last.epoch, last.position, last.seen_at) == (&next.epoch, next.position, next.seen_at);
    if !stretches.last().is_some_and(same) {
        stretches.push(next);
    }
}
