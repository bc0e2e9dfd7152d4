//! The lines of an export and its digest; pure. Not here: reading what was known, `actions.rs`.

use contracts::credit::Fact;
use model::instant::Day;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    enterprise::rules::Enterprise,
    public_page::rules::{LISTS, PublicFact, Scope, all_shown, register},
};

/// The form of the lines.
pub const SCHEMA: &str = "touchstone.credit.export.v1";

/// One line.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line<'a> {
    Enterprise { uscc: &'a str, enterprise: Map<String, Value> },
    Fact { uscc: &'a str, fact: &'a PublicFact },
    Listing { uscc: &'a str, listing: &'a PublicFact },
}

/// How many lines of which kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of the register.
    pub enterprises: i64,
    /// Facts that are no listings.
    pub facts: i64,
    /// Listings.
    pub listings: i64,
}

impl Counts {
    /// All lines.
    #[must_use]
    pub const fn records(self) -> i64 {
        self.enterprises.saturating_add(self.facts).saturating_add(self.listings)
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            enterprises: self.enterprises.saturating_add(other.enterprises),
            facts: self.facts.saturating_add(other.facts),
            listings: self.listings.saturating_add(other.listings),
        }
    }
}

/// Adds the lines of an enterprise: its entry, then what is public of it on the day, by id.
pub fn add_lines(text: &mut String, scope: &Scope, (enterprise, facts): (&Enterprise, &[Fact]), day: Day) -> Counts {
    let uscc = enterprise.uscc.as_str();
    let mut counts = Counts { enterprises: 1, ..Counts::default() };
    add(text, &Line::Enterprise { uscc, enterprise: register(scope, enterprise) });
    for shown in &all_shown(scope, facts, day) {
        if LISTS.contains(&shown.kind) {
            counts.listings = counts.listings.saturating_add(1);
            add(text, &Line::Listing { uscc, listing: shown });
        } else {
            counts.facts = counts.facts.saturating_add(1);
            add(text, &Line::Fact { uscc, fact: shown });
        }
    }
    counts
}

fn add(text: &mut String, line: &Line<'_>) {
    // A line is plain data: it can always be shown.
    text.push_str(&serde_json::to_string(line).unwrap_or_default());
    text.push('\n');
}

/// The stretch of a range header over so many bytes: first and last, inclusive. Anything but one satisfiable range is answered as a whole (RFC 9110, 14.2).
#[must_use]
pub fn range(header: &str, length: usize) -> Option<(usize, usize)> {
    let end = length.checked_sub(1)?;
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<usize>().ok()).flatten();
    match (first, last) {
        ("", suffix) => {
            let count = number(suffix).filter(|count| *count > 0)?;
            Some((length.saturating_sub(count), end))
        }
        (first, "") => number(first).filter(|first| *first <= end).map(|first| (first, end)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last && first <= end).then(|| (first, last.min(end)))
        }
    }
}
