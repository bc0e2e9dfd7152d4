//! What a row may change of an edition that stands, as a table.

use model::{
    instant::{Day, parse_day},
    standard_no::StandardNo,
};

use super::rules::*;
use crate::edition::rules::{Entry, Stated};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn entry(stated: Stated, withdrawn: Option<&str>, stated_on: &str) -> Entry {
    Entry {
        number: StandardNo::parse("T/SLXH 001-2020").unwrap(),
        title: "示例".to_owned(),
        title_en: None,
        published_on: Some(day("2020-01-01")),
        effective_on: None,
        withdrawn_on: withdrawn.map(day),
        transition_until: Some(day("2030-01-01")),
        stated,
        stated_on: day(stated_on),
        mandatory: false,
        publisher: None,
        association: None,
        ics: vec!["97.190".to_owned()],
        ccs: Vec::new(),
        stage: None,
        scope: Some("示例".to_owned()),
        text_digest: None,
        source: "test".to_owned(),
    }
}

fn row(stated: Stated, withdrawn: Option<&str>, stated_on: &str, is_whole: bool) -> Row {
    let said = Entry { ics: Vec::new(), scope: None, transition_until: None, ..entry(stated, withdrawn, stated_on) };
    Row { entry: said, relations: Vec::new(), is_whole, faults: Vec::new() }
}

/// A published list says neither classes nor transitions, may be older than what is known, and never revives what ended.
#[test]
fn a_list_keeps_what_it_cannot_say() {
    let (current, ended) = (entry(Stated::Current, None, "2026-01-01"), entry(Stated::Withdrawn, Some("2025-06-01"), "2026-01-01"));
    let own = |entry: &Entry| Entry { association: Some("51440300XY0000016J".to_owned()), ..entry.clone() };
    for (stands, row, stated, withdrawn, faults) in [
        (&current, row(Stated::Current, None, "2026-02-01", false), Stated::Current, None, vec![]),
        (&current, row(Stated::Withdrawn, Some("2026-01-15"), "2026-02-01", false), Stated::Withdrawn, Some("2026-01-15"), vec![]),
        (&current, row(Stated::Withdrawn, Some("2019-01-15"), "2019-02-01", false), Stated::Current, None, vec!["older_list"]),
        (&ended, row(Stated::Current, None, "2026-02-01", false), Stated::Withdrawn, Some("2025-06-01"), vec!["end_kept"]),
        // An authority's own row says all, also that an end was a mistake.
        (&ended, row(Stated::Current, None, "2026-02-01", true), Stated::Current, None, vec![]),
        // What an association's or the authority's procedure ended, no list revives.
        (&own(&ended), row(Stated::Current, None, "2026-02-01", true), Stated::Withdrawn, Some("2025-06-01"), vec!["kept_by_life_cycle"]),
    ] {
        let (found, kept) = beside(stands, &row);
        assert_eq!((found.stated, found.withdrawn_on), (stated, withdrawn.map(day)), "{stands:?} {row:?}");
        assert_eq!(kept.iter().map(|fault| fault.code.as_str()).collect::<Vec<_>>(), faults);
        let is_kept = found.ics == stands.ics && found.transition_until == stands.transition_until && found.scope == stands.scope;
        assert_eq!(is_kept, !row.is_whole || stands.association.is_some());
    }
}
