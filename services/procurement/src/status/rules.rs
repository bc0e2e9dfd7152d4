//! Places in lists and what a mark means; pure. Not here: the bits, `receipt::StatusList`.

use model::instant::Instant;
use receipt::{LIST_BITS, StatusRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Places that a process takes at once; a power of two.
pub const BLOCK: u64 = 1_024;

/// Which list a mark is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It was withdrawn, for good.
    Revocation,
    /// The outcome would be another one by now; it stays what was decided then. The word of the standard for a status with a meaning of its own.
    Message,
}

impl Purpose {
    /// The word in lists and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Message => "message",
        }
    }
}

/// Where the status of a receipt stands: the same bit of two lists.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct StatusPlace {
    /// Which bit.
    pub index: u64,
    /// The list that says what was withdrawn.
    #[schema(example = "https://example.gov/procurement/v1/status/revocation-0")]
    pub revocation: String,
    /// The list that says whose outcome would be another one by now.
    #[schema(example = "https://example.gov/procurement/v1/status/message-0")]
    pub message: String,
}

impl From<StatusRef> for StatusPlace {
    fn from(place: StatusRef) -> Self {
        let StatusRef { index, revocation, message } = place;
        Self { index, revocation, message }
    }
}

/// The name of a list, such as `revocation-0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListName {
    /// What it tells.
    pub purpose: Purpose,
    /// Counted from 0.
    pub number: u64,
}

impl ListName {
    /// Reads a name; each list has one only.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (purpose, number) = text.split_once('-')?;
        let purpose = [Purpose::Revocation, Purpose::Message].into_iter().find(|known| known.as_str() == purpose)?;
        let name = Self { purpose, number: number.parse().ok()? };
        (name.text() == text).then_some(name)
    }

    /// The name.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}-{}", self.purpose.as_str(), self.number)
    }

    /// The address of the list, a URL as the issuer is one.
    #[must_use]
    pub fn url(self, issuer: &str) -> String {
        format!("{issuer}/procurement/v1/status/{}", self.text())
    }
}

/// The place of this number, counted over all lists.
#[must_use]
pub fn place(issuer: &str, number: u64) -> StatusRef {
    let list = |purpose| ListName { purpose, number: number / LIST_BITS }.url(issuer);
    StatusRef { index: number % LIST_BITS, revocation: list(Purpose::Revocation), message: list(Purpose::Message) }
}

/// The number of the list that a place is in.
#[must_use]
pub fn list_of(place: &StatusRef) -> Option<u64> {
    let (_, name) = place.revocation.rsplit_once('/')?;
    Some(ListName::parse(name)?.number)
}

/// Places that were taken and are handed out in an order that tells nobody which decision came when.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// The first of them.
    pub first: u64,
    /// How many were handed out.
    pub used: u64,
    /// By how many to go on; odd, so that each is met once.
    pub step: u64,
    /// Where to begin.
    pub offset: u64,
}

impl Block {
    /// The next place, while there is one.
    pub fn hand_out(&mut self) -> Option<u64> {
        if self.used >= BLOCK {
            return None;
        }
        let within = self.offset.wrapping_add(self.used.wrapping_mul(self.step | 1)) % BLOCK;
        self.used = self.used.saturating_add(1);
        Some(self.first.saturating_add(within))
    }
}

/// Whether a decision still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionStatus {
    /// Nothing was said against it.
    Active,
    /// It was withdrawn.
    Revoked,
    /// The same question has another outcome by now.
    Changed,
}

/// What was said against a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// By which list it is told.
    pub purpose: Purpose,
    /// Why, in words.
    pub reason: String,
    /// The outcome by now, where it changed.
    pub outcome: Option<String>,
    /// When.
    pub recorded_at: Instant,
}

/// What counts of the marks of a decision: who withdraws it has the last word.
#[must_use]
pub fn status_of(marks: &[Mark]) -> (DecisionStatus, Option<&Mark>) {
    let of = |purpose: Purpose| marks.iter().find(|mark| mark.purpose == purpose);
    match (of(Purpose::Revocation), of(Purpose::Message)) {
        (Some(mark), _) => (DecisionStatus::Revoked, Some(mark)),
        (None, Some(mark)) => (DecisionStatus::Changed, Some(mark)),
        (None, None) => (DecisionStatus::Active, None),
    }
}
