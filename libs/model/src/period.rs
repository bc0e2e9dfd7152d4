//! Periods of law and the day on which they end: Civil Code 201 to 204, Administrative Penalty Law 85 (domain 0.1).
//! Which period applies to what is policy and not here.

use chrono::{Datelike, Days, Months};
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::fault::Fault;
use crate::instant::{Day, Instant};

/// In what a period is counted; statutes differ, so each period carries its own (Civil Code 204).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days on which people work; needs a calendar.
    WorkingDay,
    /// Calendar days.
    Day,
    /// Months, ending on the same-numbered day (Civil Code 202).
    Month,
    /// Years of twelve such months.
    Year,
}

/// A length of time after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many units.
    pub length: u32,
    /// Of which kind.
    pub unit: Unit,
    /// Whether an end on a rest day moves to the next working day (Civil Code 203).
    pub roll: bool,
}

/// The end of a period after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The day of the event, which is not counted (Civil Code 201).
    pub event_on: Day,
    /// The period that was counted.
    pub period: Period,
    /// The last day, after moving off rest days.
    pub due_on: Day,
}

impl Deadline {
    /// 24:00 of the last day (Civil Code 203).
    #[must_use]
    pub fn end_instant(self) -> Instant {
        Instant::end_of(self.due_on)
    }
}

/// Why a due day is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueReason {
    /// The calendar of a year is not published or not loaded yet; the day can be computed later.
    CalendarMissing,
    /// The period ends after the year 2200.
    PeriodTooLong,
}

/// A due day as it is stored: known, or not known yet and why. A record is never refused because next year's calendar
/// is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// The last day, if it is known.
    pub due_on: Option<Day>,
    /// Why it is not.
    pub reason: Option<DueReason>,
}

impl Due {
    /// 24:00 of the last day, if it is known.
    #[must_use]
    pub fn end_instant(self) -> Option<Instant> {
        self.due_on.map(Instant::end_of)
    }
}

impl Period {
    /// Makes a period.
    #[must_use]
    pub const fn new(length: u32, unit: Unit, roll: bool) -> Self {
        Self { length, unit, roll }
    }

    /// When the period ends that an event on `event_on` starts.
    ///
    /// # Errors
    /// `calendar_missing` if a needed year is not known; `period_too_long`.
    pub fn deadline(self, event_on: Day, calendar: &Calendar) -> Result<Deadline, Fault> {
        let counted = match self.unit {
            Unit::WorkingDay => working_days(event_on, self.length, calendar)?,
            Unit::Day => within(event_on.checked_add_days(Days::new(u64::from(self.length))))?,
            // The library ends on the month's last day where the same-numbered day does not exist, as Civil Code 202 does.
            Unit::Month => within(event_on.checked_add_months(Months::new(self.length)))?,
            Unit::Year => {
                let months = self.length.checked_mul(12);
                within(months.and_then(|m| event_on.checked_add_months(Months::new(m))))?
            }
        };
        let due_on = if self.roll { next_working_day(counted, calendar)? } else { counted };
        Ok(Deadline { event_on, period: self, due_on })
    }

    /// Like [`Period::deadline`], but a day that cannot be known is an answer and no error.
    #[must_use]
    pub fn due(self, event_on: Day, calendar: &Calendar) -> Due {
        match self.deadline(event_on, calendar) {
            Ok(deadline) => Due { due_on: Some(deadline.due_on), reason: None },
            Err(fault) if fault.code == "calendar_missing" => Due { due_on: None, reason: Some(DueReason::CalendarMissing) },
            Err(_) => Due { due_on: None, reason: Some(DueReason::PeriodTooLong) },
        }
    }
}

/// The `length`-th working day after the event; an unknown year ends the loop with an error.
fn working_days(event_on: Day, length: u32, calendar: &Calendar) -> Result<Day, Fault> {
    let (mut day, mut left) = (event_on, length);
    while left > 0 {
        day = within(day.succ_opt())?;
        if calendar.is_working_day(day)? {
            left = left.saturating_sub(1);
        }
    }
    Ok(day)
}

/// The day itself if people work on it, else the next one on which they do.
fn next_working_day(from: Day, calendar: &Calendar) -> Result<Day, Fault> {
    let mut day = from;
    while !calendar.is_working_day(day)? {
        day = within(day.succ_opt())?;
    }
    Ok(day)
}

/// Keeps the end inside the years that are read and written.
fn within(day: Option<Day>) -> Result<Day, Fault> {
    day.filter(|d| d.year() <= 2200)
        .ok_or_else(|| Fault::new("period_too_long", "期间的终点晚于 2200 年。", "The period ends after the year 2200."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::instant::parse_day;

    fn due(event: &str, length: u32, unit: Unit, roll: bool) -> Result<String, &'static str> {
        let period = Period::new(length, unit, roll);
        period.deadline(parse_day(event).unwrap(), &Calendar::built_in()).map(|d| d.due_on.to_string()).map_err(|f| f.code)
    }

    #[test]
    fn the_vectors_of_the_civil_code() {
        for (event, length, unit, roll, expected, citation) in [
            ("2023-08-31", 6, Unit::Month, false, "2024-02-29", "Civil Code 202: no 31 February"),
            ("2022-08-31", 6, Unit::Month, false, "2023-02-28", "Civil Code 202"),
            ("2024-01-02", 60, Unit::Day, false, "2024-03-02", "Civil Code 201: the day of the event is not counted"),
            ("2024-01-02", 60, Unit::Day, true, "2024-03-04", "Civil Code 203: Saturday"),
            ("2024-09-20", 15, Unit::Day, true, "2024-10-08", "Civil Code 203: inside the national holiday"),
            ("2024-09-27", 2, Unit::WorkingDay, false, "2024-09-30", "make-up Sunday 29 September counts"),
            ("2024-02-28", 1, Unit::Year, false, "2025-02-28", "Civil Code 202"),
            ("2024-02-29", 1, Unit::Year, false, "2025-02-28", "Civil Code 202"),
            ("2024-09-28", 1, Unit::Day, true, "2024-09-29", "a make-up Sunday is no rest day"),
            ("2024-10-01", 0, Unit::Day, true, "2024-10-08", "nothing to count, still off the holiday"),
            ("2024-10-01", 0, Unit::WorkingDay, false, "2024-10-01", "nothing to count"),
        ] {
            assert_eq!(due(event, length, unit, roll), Ok(expected.to_owned()), "{event} + {length} {unit:?}: {citation}");
        }
    }

    #[test]
    fn the_end_is_24_00_of_the_last_day() {
        let period = Period::new(6, Unit::Month, false);
        let deadline = period.deadline(parse_day("2023-08-31").unwrap(), &Calendar::built_in()).unwrap();
        assert_eq!(deadline.end_instant().to_string(), "2024-03-01T00:00:00+08:00");
    }

    #[test]
    fn what_is_unknown_is_said() {
        assert_eq!(due("2026-12-31", 1, Unit::WorkingDay, false), Err("calendar_missing"));
        assert_eq!(due("2026-12-31", 4, Unit::Day, true), Err("calendar_missing"));
        assert_eq!(due("2026-12-31", 4, Unit::Day, false), Ok("2027-01-04".to_owned()));
        assert_eq!(due("2026-12-31", u32::MAX, Unit::WorkingDay, true), Err("calendar_missing"));
        for unit in [Unit::Day, Unit::Month, Unit::Year] {
            assert_eq!(due("2026-12-31", u32::MAX, unit, false), Err("period_too_long"));
        }
        let waiting = Period::new(20, Unit::WorkingDay, true).due(parse_day("2027-01-05").unwrap(), &Calendar::built_in());
        assert_eq!(serde_json::to_string(&waiting).unwrap(), r#"{"due_on":null,"reason":"calendar_missing"}"#);
        assert_eq!(waiting.end_instant(), None);
        let known = Period::new(2, Unit::WorkingDay, false).due(parse_day("2024-09-27").unwrap(), &Calendar::built_in());
        assert_eq!(serde_json::to_string(&known).unwrap(), r#"{"due_on":"2024-09-30","reason":null}"#);
    }

    #[test]
    fn the_wire_form() {
        let period: Period = serde_json::from_str(r#"{"length":15,"unit":"working_day","roll":true}"#).unwrap();
        assert_eq!(period, Period::new(15, Unit::WorkingDay, true));
        assert!(serde_json::from_str::<Period>(r#"{"length":-1,"unit":"day","roll":true}"#).is_err());
        assert!(serde_json::from_str::<Period>(r#"{"length":1,"unit":"week","roll":true}"#).is_err());
    }

    proptest! {
        #[test]
        fn a_later_event_never_ends_earlier(offset in 0_u64..1800, gap in 0_u64..40, length in 0_u32..90, unit in 0..4, roll in any::<bool>()) {
            let unit = [Unit::WorkingDay, Unit::Day, Unit::Month, Unit::Year][usize::try_from(unit).unwrap()];
            let calendar = Calendar::built_in();
            let first = parse_day("2018-01-01").unwrap().checked_add_days(Days::new(offset)).unwrap();
            let second = first.checked_add_days(Days::new(gap)).unwrap();
            let period = Period::new(length, unit, roll);
            if let (Ok(a), Ok(b)) = (period.deadline(first, &calendar), period.deadline(second, &calendar)) {
                prop_assert!(a.due_on <= b.due_on);
                prop_assert!(a.due_on >= first);
            }
        }
    }
}
