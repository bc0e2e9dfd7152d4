//! Levels, products, outdated citations, the shipped terms.

use model::{
    instant::{Day, parse_day},
    period::{Period, Unit},
    standard_no::StandardNo,
};

use super::rules::{DeclaredProduct, ExecutedLevel, outdated, policy};
use crate::edition::rules::{Ended, Windows};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

#[test]
fn the_shipped_terms_are_marked_as_choices() {
    let policy = policy().unwrap();
    let row = policy.at(day("2026-11-25")).unwrap();
    assert_eq!(row.evidence, model::policy::Evidence::D);
    assert_eq!((row.value.correction.unit, row.value.conformity_grace.unit), (Unit::Day, Unit::Month), "neither needs a calendar");
}

/// Law 27 names four kinds of standard.
#[test]
fn what_may_be_declared() {
    for (number, mandatory, expected) in [
        ("GB 99001-2024", true, Some(ExecutedLevel::Mandatory)),
        // A bare number of the past that is recommended today.
        ("GB 99001-2024", false, Some(ExecutedLevel::Recommended)),
        ("GB/T 99001-2024", false, Some(ExecutedLevel::Recommended)),
        ("QB/T 99001-2024", false, Some(ExecutedLevel::Recommended)),
        ("DB44/T 99001-2024", false, Some(ExecutedLevel::Recommended)),
        ("T/SLEX 001-2024", false, Some(ExecutedLevel::Group)),
        ("Q/SLEX 001-2024", false, Some(ExecutedLevel::Enterprise)),
        ("ISO 99001:2024", false, None),
    ] {
        assert_eq!(ExecutedLevel::of(StandardNo::parse(number).unwrap().level(), mandatory), expected, "{number}");
    }
}

#[test]
fn a_product_is_told_by_name_and_gtin() {
    let key = |name: &str, gtin: Option<&str>| DeclaredProduct { name: name.to_owned(), gtin: gtin.map(str::to_owned), ics: None }.key();
    assert_eq!(key("示例滑板车 A１", None), key("示例滑板车a1", None));
    assert_ne!(key("示例滑板车 A1", None), key("示例滑板车 A2", None));
    assert_ne!(key("示例滑板车 A1", None), key("示例滑板车 A1", Some("06901234567892")));
}

/// The grace runs from the day on which the successor is in force, and lasts at least as long as the transition.
#[test]
fn citations_that_ended() {
    let grace = Some(Period::new(6, Unit::Month, false));
    for (superseded, ended, on, expected) in [
        (None, None, "2026-01-01", None),
        (Some("2026-03-01"), None, "2026-03-02", None),
        (Some("2026-03-01"), Some("2026-03-01"), "2026-02-28", None),
        (Some("2026-03-01"), Some("2026-03-01"), "2026-03-01", Some(("2026-03-01", "2026-09-01"))),
        // A transition that is shorter than the grace, and one that is longer.
        (Some("2026-03-01"), Some("2026-05-01"), "2026-05-01", Some(("2026-05-01", "2026-09-01"))),
        (Some("2026-03-01"), Some("2027-03-01"), "2027-03-01", Some(("2027-03-01", "2027-02-28"))),
        // Withdrawn before its successor is in force.
        (None, Some("2026-03-01"), "2026-12-01", Some(("2026-03-01", "2026-09-01"))),
    ] {
        let windows = Windows {
            current_from: Some(day("2020-01-01")),
            superseded_from: superseded.map(day),
            ended_from: ended.map(day),
            ended: ended.map(|_| Ended::Replaced),
            ..Windows::default()
        };
        let found = outdated("GB/T 99001-2020", &windows, day(on), grace).map(|one| (one.from, one.grace_until));
        assert_eq!(found, expected.map(|(from, until)| (day(from), Some(day(until)))), "{superseded:?} {ended:?} {on}");
        // Without a successor there is nothing to go over to, and no grace.
        let withdrawn = Windows { ended: ended.map(|_| Ended::Withdrawn), ..windows };
        let found = outdated("GB/T 99001-2020", &withdrawn, day(on), grace).map(|one| (one.from, one.grace_until));
        assert_eq!(found, expected.map(|(from, _)| (day(from), None)), "{superseded:?} {ended:?} {on}");
    }
}
