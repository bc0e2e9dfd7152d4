//! What the register of standards tells: how each edition stands, so that others know on which days a citation holds. Not here: clauses and texts, which
//! only the register has.

use model::instant::Day;
use serde::{Deserialize, Serialize};

use crate::event::{Audience, Payload};

/// An edition as it stands now; each telling takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionRecorded {
    /// `edn_…`.
    pub id: String,
    /// Its canonical number, with its year: `GB/T 20223-2006`.
    pub number: String,
    /// The number without year and amendments, which an undated citation names.
    pub standard: String,
    /// Its title.
    pub title: String,
    /// Whether everybody must keep to it.
    pub mandatory: bool,
    /// From when it is in force; unknown for one that is announced without a day.
    pub current_from: Option<Day>,
    /// From when another edition is in force beside it.
    pub superseded_from: Option<Day>,
    /// From when it is without effect.
    pub ended_from: Option<Day>,
    /// The numbers of what replaces it.
    #[serde(default)]
    pub successors: Vec<String>,
    /// The numbers of editions than which it is stricter, as comparisons of their clauses found.
    #[serde(default)]
    pub stricter_than: Vec<String>,
}

impl EditionRecorded {
    /// Whether goods may be made by it on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.current_from.is_some_and(|from| from <= day) && self.ended_from.is_none_or(|from| day < from)
    }
}

impl Payload for EditionRecorded {
    const TYPE: &'static str = "touchstone.standards.edition.recorded.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.number
    }
}

/// An enterprise was named a leader in a field of products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderNamed {
    /// `ldr_…`.
    pub id: String,
    /// The enterprise.
    pub enterprise: String,
    /// The product.
    pub product: String,
    /// The number of the standard that it declared for it.
    pub number: String,
    /// The ranking that it leads, `rkg_…`.
    pub ranking: String,
    /// The body that ranked, `asr_…`.
    pub assessor: String,
    /// From when it has the title.
    pub named_on: Day,
    /// The last day of the title.
    pub valid_until: Day,
    /// The number of the decision.
    pub document_no: String,
}

impl Payload for LeaderNamed {
    const TYPE: &'static str = "touchstone.standards.leader.named.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.enterprise
    }
}

/// An enterprise lost the title of a leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderRemoved {
    /// `ldr_…`.
    pub id: String,
    /// The enterprise.
    pub enterprise: String,
    /// The product.
    pub product: String,
    /// The number of the standard that it declared for it.
    pub number: String,
    /// Why: `standard_ended`, `check_failed`, `untrue_declaration` or `serious_violation`.
    pub ground: String,
    /// From when it has the title no more.
    pub removed_on: Day,
    /// The number of the decision.
    pub document_no: String,
}

impl Payload for LeaderRemoved {
    const TYPE: &'static str = "touchstone.standards.leader.removed.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.enterprise
    }
}
