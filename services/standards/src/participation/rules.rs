//! The part that an organisation has in drafting, and counting it; pure. Not here: where it is kept, `store.rs`.

use std::collections::{BTreeMap, BTreeSet};

use model::{fault::FieldFault, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The part of an organisation in drafting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DraftingPart {
    /// It led the drafting.
    Lead,
    /// It took part.
    Participating,
}

impl DraftingPart {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Participating => "participating",
        }
    }
}

/// An organisation that drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafter {
    /// Which one.
    pub organisation: Uscc,
    /// Its part.
    pub part: DraftingPart,
}

/// What is wrong with a list of drafters: nobody leads, or somebody stands in it twice.
#[must_use]
pub fn faults(drafters: &[Drafter]) -> Vec<FieldFault> {
    let (mut bad, mut seen) = (Vec::new(), BTreeSet::new());
    for (place, drafter) in drafters.iter().enumerate() {
        if !seen.insert(drafter.organisation.as_str()) {
            let pointer = format!("/drafters/{place}/organisation");
            bad.push(FieldFault::rule(pointer, "drafter_twice", "同一单位重复列出。", "The organisation stands in the list already."));
        }
    }
    if !drafters.is_empty() && drafters.iter().all(|drafter| drafter.part != DraftingPart::Lead) {
        bad.push(FieldFault::rule(
            "/drafters",
            "lead_missing",
            "应有至少一个牵头起草单位。",
            "At least one organisation leads the drafting.",
        ));
    }
    bad
}

/// One part of one organisation in one edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which organisation.
    pub organisation: String,
    /// The level of the edition.
    pub level: String,
    /// The year in its number, 0 where it has none.
    pub year: i32,
    /// Its part.
    pub part: DraftingPart,
}

/// Counts of a level and a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Editions that were led.
    pub lead: u64,
    /// Editions in which was taken part without leading.
    pub participating: u64,
}

/// Counts by level and year.
#[must_use]
pub fn counted<'a>(parts: impl IntoIterator<Item = &'a Taken>) -> BTreeMap<(String, i32), Counted> {
    let mut all: BTreeMap<(String, i32), Counted> = BTreeMap::new();
    for taken in parts {
        let counted = all.entry((taken.level.clone(), taken.year)).or_default();
        let count = if taken.part == DraftingPart::Lead { &mut counted.lead } else { &mut counted.participating };
        *count = count.saturating_add(1);
    }
    all
}
