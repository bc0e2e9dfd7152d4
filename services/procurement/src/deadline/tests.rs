//! Clocks: from an event, after another clock, without stayed days; each citation is a case. The holidays of 2024 are those of domain.md 0.1.

use model::{
    calendar::Calendar,
    instant::{Day, parse_day},
    period::{Period, Unit},
    text::Text,
};
use proptest::prelude::*;

use super::rules::{Clock, Deadline, DeadlineState, Party, Stay, Waiting, counted};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn clock(rule: &str, length: u32) -> Clock {
    let period = Period::new(length, Unit::WorkingDay, false);
    Clock { rule: rule.into(), of: Party::Authority, period, text: Text::new("示例", "sample") }
}

fn stayed(event: &str, length: u32, stays: &[(&str, Option<&str>)]) -> Deadline {
    let stays = stays.iter().map(|(from, to)| Stay { from: day(from), to: to.map(day) }).collect();
    let open = Deadline { stays, ..Deadline::from_event(&clock("decision", length), day("2018-03-01"), day(event)) };
    counted(vec![open], &Calendar::built_in()).remove(0)
}

#[test]
fn stayed_days_do_not_count() {
    for (event, length, stays, due) in [
        // 30 working days from 5 August 2024: the Mid-Autumn holiday 15 to 17 September, 14 September worked.
        ("2024-08-05", 30, vec![], Some("2024-09-14")),
        // Five working days of an expert review move the end by five working days.
        ("2024-08-05", 30, vec![("2024-08-12", Some("2024-08-16"))], Some("2024-09-24")),
        // A weekend inside a stay costs nothing more.
        ("2024-08-05", 30, vec![("2024-08-12", Some("2024-08-18"))], Some("2024-09-24")),
        // Overlapping stays count once.
        ("2024-08-05", 30, vec![("2024-08-12", Some("2024-08-15")), ("2024-08-14", Some("2024-08-16"))], Some("2024-09-24")),
        // One that lies after the end moves nothing; one that runs leaves the end open.
        ("2024-08-05", 30, vec![("2024-12-02", Some("2024-12-06"))], Some("2024-09-14")),
        ("2024-08-05", 30, vec![("2024-08-12", None)], None),
    ] {
        let found = stayed(event, length, &stays);
        assert_eq!(found.due_on, due.map(day), "{stays:?}");
        assert_eq!(found.waiting, due.is_none().then_some(Waiting::Stayed));
    }
}

#[test]
fn a_clock_after_a_clock_waits_for_its_end() {
    let from = day("2018-03-01");
    let of = |event: &str| {
        let first = Deadline::from_event(&clock("answer", 7), from, day(event));
        counted(vec![first, Deadline::after_clock(&clock("complaint", 15), from, "answer")], &Calendar::built_in())
    };
    let known = of("2024-09-09");
    assert_eq!(known[0].due_on, Some(day("2024-09-19")));
    assert_eq!((known[1].event_on, known[1].due_on), (known[0].due_on, Some(day("2024-10-15"))));
    let unknown = of("2031-01-06");
    assert_eq!((unknown[0].due_on, unknown[0].waiting), (None, Some(Waiting::CalendarMissing)));
    assert_eq!((unknown[1].event_on, unknown[1].waiting), (None, Some(Waiting::EventOpen)));
    let file = r#"{"year": 2031, "days": [{"name": "示例", "date": "2031-01-01", "isOffDay": true}]}"#;
    let again = counted(unknown, &Calendar::built_in().and_year(file).unwrap());
    assert_eq!((again[0].due_on, again[1].due_on), (Some(day("2031-01-15")), Some(day("2031-02-05"))));
}

#[test]
fn a_clock_stands_by_the_day() {
    let mut deadline = stayed("2024-08-05", 1, &[]);
    for (today, done, expected) in [
        ("2024-08-06", None, DeadlineState::Running),
        ("2024-08-07", None, DeadlineState::Overdue),
        ("2024-08-07", Some("2024-08-06"), DeadlineState::Kept),
        ("2024-08-07", Some("2024-08-07"), DeadlineState::Late),
    ] {
        deadline.done_on = done.map(day);
        assert_eq!(deadline.state(day(today)), expected, "{today} {done:?}");
    }
    deadline.due_on = None;
    deadline.done_on = None;
    assert_eq!(deadline.state(day("2024-08-07")), DeadlineState::Waiting);
}

proptest! {
    /// A stay never brings the end nearer, and costs as many working days as it covers between event and end.
    #[test]
    fn a_stay_moves_the_end_by_what_it_covers(begin in 0_u64..60, length in 0_u64..20, period in 1_u32..31) {
        let event = day("2024-02-01");
        let from = event.checked_add_days(chrono::Days::new(begin)).unwrap();
        let to = from.checked_add_days(chrono::Days::new(length)).unwrap();
        let plain = stayed("2024-02-01", period, &[]).due_on.unwrap();
        let moved = stayed("2024-02-01", period, &[(&from.to_string(), Some(&to.to_string()))]).due_on.unwrap();
        prop_assert!(moved >= plain);
        let calendar = Calendar::built_in();
        let worked = event.iter_days().skip(1).take_while(|one| *one <= moved).filter(|one| calendar.is_working_day(*one).unwrap());
        let counted = worked.filter(|one| *one < from || *one > to).count();
        prop_assert_eq!(counted, usize::try_from(period).unwrap());
    }
}
