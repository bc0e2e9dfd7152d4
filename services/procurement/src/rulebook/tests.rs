//! Overlapping windows and back-dating, case by case and against the definition day by day.

use chrono::Days;
use model::instant::Day;
use proptest::prelude::*;

use super::rules::{Window, days_in_force, in_force, taken};
use crate::standing::tests::day;

fn window(version: u32, from: &str, to: Option<&str>) -> Window {
    Window { version, from: day(from), to: to.map(day) }
}

#[test]
fn the_version_that_began_last_is_in_force() {
    let windows = [
        window(1, "2022-02-08", None),
        window(2, "2026-07-01", Some("2026-09-30")),
        window(3, "2026-07-01", Some("2026-08-31")),
        window(4, "2020-01-01", Some("2026-12-31")),
    ];
    for (on, expected) in [
        ("2019-12-31", None),
        ("2020-01-01", Some(4)),
        ("2022-02-08", Some(1)),
        ("2026-06-30", Some(1)),
        ("2026-07-01", Some(3)),
        ("2026-09-01", Some(2)),
        ("2026-10-01", Some(1)),
        ("2030-01-01", Some(1)),
    ] {
        assert_eq!(in_force(&windows, day(on)).map(|one| one.version), expected, "{on}");
    }
    let shown = |version| {
        let days = days_in_force(&windows, version);
        days.iter().map(|one| (one.from.to_string(), one.to.map(|last| last.to_string()))).collect::<Vec<_>>()
    };
    let some = |from: &str, to: &str| (from.to_owned(), Some(to.to_owned()));
    assert_eq!(shown(1), [some("2022-02-08", "2026-06-30"), ("2026-10-01".to_owned(), None)]);
    assert_eq!(shown(2), [some("2026-09-01", "2026-09-30")]);
    assert_eq!(shown(3), [some("2026-07-01", "2026-08-31")]);
    assert_eq!(shown(4), [some("2020-01-01", "2022-02-07")]);
}

/// No day up to today changes hands: decisions were made, or could have been made, by the version that was in force.
#[test]
fn a_version_takes_no_day_of_the_past() {
    let first = window(1, "2022-02-08", Some("2025-12-31"));
    let open = window(1, "2022-02-08", None);
    for (windows, new, expected) in [
        (vec![], window(1, "2015-01-01", None), None),
        (vec![open], window(2, "2026-06-02", None), None),
        (vec![open], window(2, "2026-06-01", None), Some(("2026-06-01", 1))),
        (vec![open], window(2, "2026-05-01", None), Some(("2026-05-01", 1))),
        (vec![open], window(2, "2020-01-01", None), None),
        (vec![first], window(2, "2026-01-01", None), None),
        (vec![first], window(2, "2025-12-31", None), Some(("2025-12-31", 1))),
        (vec![first, window(2, "2026-06-02", None)], window(3, "2026-03-01", None), None),
    ] {
        let found = taken(&windows, new, day("2026-06-01"));
        assert_eq!(found, expected.map(|(on, version)| (day(on), version)), "{windows:?} {new:?}");
    }
}

fn any_window(version: u32) -> impl Strategy<Value = Window> {
    (0_u64..40, proptest::option::of(0_u64..20)).prop_map(move |(from, length)| {
        let from = at(from);
        Window { version, from, to: length.map(|length| from.checked_add_days(Days::new(length)).unwrap()) }
    })
}

fn at(place: u64) -> Day {
    day("2026-01-01").checked_add_days(Days::new(place)).unwrap()
}

proptest! {
    #[test]
    fn stretches_agree_with_each_day(one in any_window(1), two in any_window(2), three in any_window(3), today in 0_u64..70) {
        let all = [one, two, three];
        for place in 0..70 {
            let on = at(place);
            let by_stretch: Vec<u32> = (1..=3).filter(|version| days_in_force(&all, *version).iter().any(|days| days.from <= on && days.to.is_none_or(|last| on <= last))).collect();
            prop_assert_eq!(by_stretch, in_force(&all, on).map(|found| found.version).into_iter().collect::<Vec<_>>());
        }
        let slow = (0..=today).map(at).find(|on| {
            in_force(&[one, two], *on).is_some() && in_force(&all, *on).is_some_and(|found| found.version == 3)
        });
        prop_assert_eq!(taken(&[one, two], three, at(today)).map(|(on, _)| on), slow);
    }
}
