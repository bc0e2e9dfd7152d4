//! Tables of windows and statuses.

use model::{instant::parse_day, standard_no::StandardNo};

use super::rules::*;

fn day(text: &str) -> model::instant::Day {
    parse_day(text).unwrap()
}

fn entry(stated: Stated, effective: Option<&str>, withdrawn: Option<&str>) -> Entry {
    Entry {
        number: StandardNo::parse("GB/T 99999-2006").unwrap(),
        title: "示例".to_owned(),
        title_en: None,
        published_on: Some(day("2006-01-01")),
        effective_on: effective.map(day),
        withdrawn_on: withdrawn.map(day),
        transition_until: None,
        stated,
        stated_on: day("2026-08-18"),
        mandatory: false,
        publisher: None,
        association: None,
        ics: Vec::new(),
        ccs: Vec::new(),
        stage: None,
        scope: None,
        text_digest: None,
        source: "test".to_owned(),
    }
}

fn next(from: Option<&str>) -> Vec<Successor> {
    vec![Successor { number: "GB/T 99999-2020".to_owned(), current_from: from.map(day) }]
}

/// The five statuses of issue 6, point 1, and the faults of the lists.
#[test]
fn a_status_follows_from_the_windows() {
    let current = entry(Stated::Current, Some("2006-07-01"), None);
    let in_transition = Entry { transition_until: Some(day("2021-06-30")), ..current.clone() };
    let cases = [
        (&current, vec![], "2006-06-30", Status::Upcoming),
        (&current, vec![], "2006-07-01", Status::Current),
        (&current, next(Some("2020-07-01")), "2020-06-30", Status::Current),
        (&current, next(Some("2020-07-01")), "2020-07-01", Status::Replaced),
        (&in_transition, next(Some("2020-07-01")), "2020-07-01", Status::CurrentTransitional),
        (&in_transition, next(Some("2020-07-01")), "2021-06-30", Status::CurrentTransitional),
        (&in_transition, next(Some("2020-07-01")), "2021-07-01", Status::Replaced),
        // A successor that nobody knows the day of ends nothing.
        (&current, next(None), "2026-01-01", Status::Current),
        (&entry(Stated::Withdrawn, Some("2006-07-01"), Some("2020-01-01")), vec![], "2019-12-31", Status::Current),
        (&entry(Stated::Withdrawn, Some("2006-07-01"), Some("2020-01-01")), vec![], "2020-01-01", Status::Withdrawn),
        (&entry(Stated::Withdrawn, Some("2006-07-01"), Some("2020-01-01")), next(None), "2020-01-01", Status::Replaced),
        // Withdrawn, and nobody knows since when: in force on no day.
        (&entry(Stated::Withdrawn, Some("2006-07-01"), None), vec![], "2010-01-01", Status::Withdrawn),
        (&entry(Stated::Withdrawn, Some("2006-07-01"), None), next(Some("2020-07-01")), "2010-01-01", Status::Current),
        // Over on the day of the list, and its successor comes later: since when is unknown.
        (&entry(Stated::Withdrawn, Some("2006-07-01"), None), next(Some("2027-03-01")), "2010-01-01", Status::Replaced),
        // The source's own day goes before the successor's: until then both hold.
        (
            &entry(Stated::Withdrawn, Some("2006-07-01"), Some("2021-01-01")),
            next(Some("2020-07-01")),
            "2020-12-31",
            Status::CurrentTransitional,
        ),
        (&entry(Stated::Withdrawn, Some("2006-07-01"), Some("2021-01-01")), next(Some("2020-07-01")), "2021-01-01", Status::Replaced),
        (&entry(Stated::Upcoming, None, None), vec![], "2030-01-01", Status::Upcoming),
        (&entry(Stated::Upcoming, Some("2027-01-01"), None), vec![], "2027-01-01", Status::Current),
        // 现行 before its day: the day counts.
        (&entry(Stated::Current, Some("2026-12-01"), None), vec![], "2026-11-30", Status::Upcoming),
        (&entry(Stated::Current, None, None), vec![], "2006-01-01", Status::Current),
    ];
    for (number, (entry, successors, on, expected)) in cases.into_iter().enumerate() {
        assert_eq!(windows(entry, &successors).status_on(day(on)), expected, "case {number}");
    }
}

#[test]
fn doubts_are_named() {
    let doubts = |entry: &Entry| windows(entry, &[]).doubts;
    assert_eq!(doubts(&entry(Stated::Withdrawn, Some("2006-07-01"), None)), ["end_unknown"]);
    assert_eq!(doubts(&entry(Stated::Current, Some("2026-12-01"), None)), ["current_before_effective"]);
    let undated = Entry { published_on: None, ..entry(Stated::Current, None, None) };
    assert_eq!(doubts(&undated), ["begin_unknown"]);
    assert!(doubts(&entry(Stated::Current, Some("2006-07-01"), None)).is_empty());
}

#[test]
fn what_is_wrong_with_an_entry_is_named_by_its_field() {
    let bad = Entry {
        mandatory: true,
        transition_until: Some(day("2000-01-01")),
        ..entry(Stated::Current, Some("2005-01-01"), Some("2004-01-01"))
    };
    let found: Vec<(String, &str)> = faults(&bad).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
    let expected = [
        ("/effective_on", "date_order"),
        ("/withdrawn_on", "date_order"),
        ("/transition_until", "date_order"),
        ("/mandatory", "mandatory_not_national"),
    ];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
}
