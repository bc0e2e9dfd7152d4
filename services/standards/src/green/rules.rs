//! The windows of green standards and the states of marks; pure. Not here: who grants a mark, `actions.rs`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The standard by which a category of products is assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GreenStandard {
    /// `grs_…`.
    pub id: String,
    /// The edition, `edn_…`.
    pub edition: String,
    /// Its number.
    pub number: String,
    /// The category of products.
    pub category: String,
    /// From when it is assessed by.
    pub effective_from: Day,
    /// The last day, where one is set.
    pub effective_to: Option<Day>,
    /// The number of the notice that says so.
    pub document_no: String,
}

impl GreenStandard {
    /// Whether marks may be granted by it on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// Whether the windows of two share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |one: &Self, other: &Self| other.effective_to.is_none_or(|last| one.effective_from <= last);
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

/// The state of a mark on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GreenMarkState {
    /// Not valid yet.
    Upcoming,
    /// The product may bear it.
    Valid,
    /// It may not for the time being.
    Suspended,
    /// It may not any more.
    Revoked,
    /// Its time is over.
    Expired,
}

impl GreenMarkState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Upcoming => &["revoke"],
            Self::Valid => &["suspend", "revoke"],
            Self::Suspended => &["resume", "revoke"],
            Self::Revoked | Self::Expired => &[],
        }
    }
}

/// A step of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GreenMarkAct {
    /// It was granted.
    Grant,
    /// It was suspended.
    Suspend,
    /// It holds again.
    Resume,
    /// It was revoked.
    Revoke,
}

impl GreenMarkAct {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
        }
    }
}

/// What was done with a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GreenMarkEntry {
    /// What.
    pub act: GreenMarkAct,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The organisation that acted.
    #[schema(value_type = String)]
    pub by: Uscc,
    /// Why.
    pub text: String,
}

/// A mark that a product bears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GreenMark {
    /// The number of its certificate.
    pub certificate: String,
    /// Who makes the product.
    pub enterprise: Uscc,
    /// The product.
    pub product: String,
    /// The green standard, `grs_…`.
    pub standard: String,
    /// The number of its edition.
    pub number: String,
    /// The category of products.
    pub category: String,
    /// Who granted it.
    pub issuer: Uscc,
    /// The first day.
    pub valid_from: Day,
    /// The last day.
    pub valid_to: Day,
    /// The digest of the report, `sha256:…`.
    pub report: String,
    /// What was done with it, in order.
    pub history: Vec<GreenMarkEntry>,
}

impl GreenMark {
    /// The state on a day, by time and by what was done up to that day.
    #[must_use]
    pub fn state_on(&self, day: Day) -> GreenMarkState {
        let last = self.history.iter().rev().find(|entry| entry.on <= day).map(|entry| entry.act);
        match last {
            Some(GreenMarkAct::Revoke) => GreenMarkState::Revoked,
            _ if day > self.valid_to => GreenMarkState::Expired,
            Some(GreenMarkAct::Suspend) => GreenMarkState::Suspended,
            _ if day < self.valid_from => GreenMarkState::Upcoming,
            _ => GreenMarkState::Valid,
        }
    }

    /// The mark after a step; nothing where the step does not follow on its state.
    #[must_use]
    pub fn step(mut self, entry: GreenMarkEntry) -> Option<Self> {
        if !self.state_on(entry.on).allowed().contains(&entry.act.as_str()) {
            return None;
        }
        self.history.push(entry);
        Some(self)
    }
}
