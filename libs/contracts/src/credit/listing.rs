//! The three lists and how far a listing has come. Not here: the fact that a published listing leaves in the file, `detail.rs`; the steps, `services/credit`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FactKind;
use crate::event::{Audience, Payload};

/// A list of the special-zone regulation, Art 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// 严重违法失信名单: SAMR Order 44.
    SeriousViolation,
    /// 经营异常名录: Enterprise Information Publicity Regulation.
    AbnormalOperation,
    /// 守信名单: special-zone regulation, Art 8.
    Trustworthy,
}

impl ListKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SeriousViolation, Self::AbnormalOperation, Self::Trustworthy];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeriousViolation => "serious_violation",
            Self::AbnormalOperation => "abnormal_operation",
            Self::Trustworthy => "trustworthy",
        }
    }

    /// The kind of fact by which it stands in the integrity file.
    #[must_use]
    pub const fn fact_kind(self) -> FactKind {
        match self {
            Self::SeriousViolation => FactKind::SeriousViolationListing,
            Self::AbnormalOperation => FactKind::AbnormalOperationListing,
            Self::Trustworthy => FactKind::TrustworthyListing,
        }
    }
}

/// How far a listing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListingState {
    /// Proposed, with its ground and the facts it rests on.
    Proposed,
    /// The enterprise was told, or the public was.
    Noticed,
    /// The enterprise has answered.
    Replied,
    /// The next higher level has agreed (SAMR Order 44).
    Consented,
    /// It was decided to list.
    Decided,
    /// It was decided not to list.
    Declined,
    /// On the list.
    Published,
    /// Off the list before its time.
    Removed,
    /// Off the list by time alone; never stored, always computed.
    Expired,
}

impl ListingState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Proposed,
        Self::Noticed,
        Self::Replied,
        Self::Consented,
        Self::Decided,
        Self::Declined,
        Self::Published,
        Self::Removed,
        Self::Expired,
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Noticed => "noticed",
            Self::Replied => "replied",
            Self::Consented => "consented",
            Self::Decided => "decided",
            Self::Declined => "declined",
            Self::Published => "published",
            Self::Removed => "removed",
            Self::Expired => "expired",
        }
    }

    /// Whether everyone may know of it: before publication it is the authority's and the enterprise's own matter.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Removed | Self::Expired)
    }
}

/// A listing has moved; what the public may know of it is told by its fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingChanged {
    /// `lst_…`.
    pub listing: String,
    /// Whom it is about.
    pub enterprise: Uscc,
    /// Which list.
    pub list: ListKind,
    /// How far it has come.
    pub state: ListingState,
    /// On which day.
    pub on: Day,
}

impl Payload for ListingChanged {
    const TYPE: &'static str = "touchstone.credit.listing.changed.v1";
    const AUDIENCE: Audience = Audience::Internal;
    fn subject(&self) -> &str {
        self.enterprise.as_str()
    }
}
