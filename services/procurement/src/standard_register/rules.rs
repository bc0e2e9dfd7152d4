//! What is known of the standards that are cited. Not here: reading it, `store.rs`.

use std::collections::{BTreeMap, BTreeSet};

use contracts::standards::EditionRecorded;
use model::instant::{Day, Instant};
use serde::{Deserialize, Serialize};

/// How far the register was read, and whether that was recent enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterAt {
    /// The life of its feed; empty before its first word.
    pub epoch: String,
    /// Every event up to here was known.
    pub position: i64,
    /// When it was heard last, in microseconds since 1970.
    pub seen_at: i64,
    /// Whether that was within the bound of the ruleset.
    pub fresh: bool,
}

impl RegisterAt {
    /// How old what is known was at an instant, in milliseconds.
    #[must_use]
    pub fn age_ms(&self, now: Instant) -> i64 {
        now.since_millis(Instant::from_micros(self.seen_at)).max(0)
    }
}

/// An edition that is stricter than some of those that a citation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stricter {
    /// The edition.
    pub edition: EditionRecorded,
    /// The numbers of the cited editions that it is stricter than, also by a chain of comparisons.
    pub above: BTreeSet<String>,
}

/// The editions that a citation names, and those that are stricter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cited {
    /// Whether the citation names a year.
    pub dated: bool,
    /// The dated edition, or every edition of an undated citation.
    pub own: Vec<EditionRecorded>,
    /// Editions that are stricter than one of those.
    pub stricter: Vec<Stricter>,
}

impl Cited {
    /// The editions by which goods may be made on a day; of the stricter ones only where `strictly`. What is stricter than an edition that has ended
    /// may be looser than the one in its place: for an undated citation it must be stricter than one that holds.
    pub fn holding(&self, day: Day, strictly: bool) -> impl Iterator<Item = &EditionRecorded> {
        let own = if strictly { &[] } else { self.own.as_slice() };
        let counts = move |number: &String| self.dated || self.own.iter().any(|edition| edition.number == *number && edition.holds_on(day));
        let stricter = self.stricter.iter().filter(move |one| one.above.iter().any(counts)).map(|one| &one.edition);
        own.iter().chain(stricter).filter(move |edition| edition.holds_on(day))
    }

    /// Every edition that is named or stricter, whatever the day.
    pub fn all(&self) -> impl Iterator<Item = &EditionRecorded> {
        self.own.iter().chain(self.stricter.iter().map(|one| &one.edition))
    }
}

/// What is known of the register for one set of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandardRegister {
    /// How far it was read; `None` where the rules cite no standard.
    pub at: Option<RegisterAt>,
    /// By the citation as it is written in the rules.
    pub cited: BTreeMap<String, Cited>,
}

/// A register that nothing was asked of.
pub static UNASKED: StandardRegister = StandardRegister { at: None, cited: BTreeMap::new() };

impl StandardRegister {
    /// What is known of a citation; `None` while the register is not heard.
    #[must_use]
    pub fn of(&self, citation: &str) -> Option<&Cited> {
        self.at.as_ref().filter(|at| at.fresh).and_then(|_| self.cited.get(citation))
    }
}
