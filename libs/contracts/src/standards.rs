//! What the register of standards tells: how each edition stands, so that others know on which days a citation holds. Not here: clauses and texts, which
//! only the register has.

use model::instant::Day;
use serde::{Deserialize, Serialize};

use crate::event::{Audience, Payload};

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

/// A self-declaration as it stands now; each telling takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationRecorded {
    /// `dcl_…`.
    pub id: String,
    /// Who declares, a Unified Social Credit Code.
    pub enterprise: String,
    /// Of which product.
    pub product: String,
    /// The numbers of the editions that it executes; the first is the main one.
    pub executed: Vec<String>,
    /// `declared` or `withdrawn`.
    pub state: String,
    /// Counted from 1.
    pub version: i64,
}

impl Payload for DeclarationRecorded {
    const TYPE: &'static str = "touchstone.standards.declaration.recorded.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.enterprise
    }
}

/// A self-declaration, or its absence, was checked; each later step tells it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationChecked {
    /// `dck_…`.
    pub id: String,
    /// Counted from 1 with every step.
    pub version: i64,
    /// Whose, a Unified Social Credit Code.
    pub enterprise: String,
    /// The declaration, `dcl_…`; none where nothing was declared.
    pub declaration: Option<String>,
    /// The number of the standard that the outcome is about.
    pub standard: Option<String>,
    /// `conforms`, `untrue`, `below_mandatory` or `not_declared`.
    pub outcome: String,
    /// `found`, `ordered`, `corrected`, `publicised` or `annulled`.
    pub state: String,
    /// On which day it was found.
    pub found_on: Day,
    /// Until when it is to be corrected.
    pub due_on: Option<Day>,
}

impl Payload for DeclarationChecked {
    const TYPE: &'static str = "touchstone.standards.declaration.checked.v1";
    // What is not publicised is between the enterprise and the authorities (Law 38).
    const AUDIENCE: Audience = Audience::Internal;

    fn subject(&self) -> &str {
        &self.enterprise
    }
}

/// A step in the life of a group standard, from the day on which comments are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupStandardMoved {
    /// `gst_…`.
    pub id: String,
    /// The association, a Unified Social Credit Code.
    pub association: String,
    /// Its title.
    pub title: String,
    /// Its number, once it is published.
    pub number: Option<String>,
    /// What was done: `consult`, `review`, `vote`, `approve`, `publish`, `confirm`, `revise`, `withdraw`, `order_correction`, `abolish` and so on.
    pub act: String,
    /// The state that it led to.
    pub state: String,
    /// The day.
    pub on: Day,
}

impl Payload for GroupStandardMoved {
    const TYPE: &'static str = "touchstone.standards.group_standard.moved.v1";
    const AUDIENCE: Audience = Audience::Partner;

    fn subject(&self) -> &str {
        &self.association
    }
}

/// An authority's outcome about a number of a group standard: correction ordered, corrected, abolished, number revoked, dismissed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionDecided {
    /// `spv_…`.
    pub id: String,
    /// The number that it is about.
    pub number: String,
    /// The association where it is registered, a Unified Social Credit Code.
    pub association: Option<String>,
    /// What was decided.
    pub act: String,
    /// The state that it led to.
    pub state: String,
    /// By when a correction is due.
    pub due_on: Option<Day>,
    /// The day.
    pub on: Day,
}

impl Payload for SupervisionDecided {
    const TYPE: &'static str = "touchstone.standards.supervision.decided.v1";
    const AUDIENCE: Audience = Audience::Partner;

    fn subject(&self) -> &str {
        self.association.as_deref().unwrap_or(&self.number)
    }
}

/// What an enterprise discloses of the quality of a product; each telling takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityDisclosed {
    /// The enterprise, a Unified Social Credit Code.
    pub enterprise: String,
    /// The product, as the enterprise numbers it.
    pub product: String,
    /// The category of products, by which duties are set.
    pub category: String,
    /// Counted from 1.
    pub version: i64,
    /// The codes of what is disclosed.
    pub items: Vec<String>,
    /// The codes of what must be disclosed on the day of telling and is not.
    pub missing: Vec<String>,
}

impl Payload for QualityDisclosed {
    const TYPE: &'static str = "touchstone.standards.quality.disclosed.v1";
    const AUDIENCE: Audience = Audience::Public;

    fn subject(&self) -> &str {
        &self.enterprise
    }
}
