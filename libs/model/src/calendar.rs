//! Public holidays and make-up working days, as the State Council publishes them year by year. Periods are in `period`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, Weekday};
use serde::Deserialize;

use crate::fault::Fault;
use crate::instant::{Day, parse_day};

/// The years that came with this crate; see `data/README.md` for their origin.
const BUILT_IN: [&str; 9] = [
    include_str!("../data/calendars/cn_holidays_2018.json"),
    include_str!("../data/calendars/cn_holidays_2019.json"),
    include_str!("../data/calendars/cn_holidays_2020.json"),
    include_str!("../data/calendars/cn_holidays_2021.json"),
    include_str!("../data/calendars/cn_holidays_2022.json"),
    include_str!("../data/calendars/cn_holidays_2023.json"),
    include_str!("../data/calendars/cn_holidays_2024.json"),
    include_str!("../data/calendars/cn_holidays_2025.json"),
    include_str!("../data/calendars/cn_holidays_2026.json"),
];

static BUILT_IN_CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    // A file that came with the crate and is broken leaves its year unknown; a test reads all of them.
    BUILT_IN.iter().fold(Calendar::default(), |calendar, json| calendar.clone().and_year(json).unwrap_or(calendar))
});

/// Which days are working days, for the years it knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Per year of notice: each day that departs from the week, and whether it is a rest day.
    years: BTreeMap<i32, BTreeMap<Day, bool>>,
}

#[derive(Deserialize)]
struct YearFile {
    year: i32,
    days: Vec<DayRow>,
}

#[derive(Deserialize)]
struct DayRow {
    date: String,
    #[serde(rename = "isOffDay")]
    is_off_day: bool,
}

impl Calendar {
    /// The years 2018 to 2026.
    #[must_use]
    pub fn built_in() -> Self {
        BUILT_IN_CALENDAR.clone()
    }

    /// This calendar and one more year, from `{"year":2025,"days":[{"name":..,"date":"2025-01-01","isOffDay":true},..]}`; a year
    /// that is already known is replaced, because notices are amended (2020 was).
    ///
    /// # Errors
    /// `calendar_invalid`.
    pub fn and_year(mut self, json: &str) -> Result<Self, Fault> {
        let file: YearFile = serde_json::from_str(json).map_err(|error| invalid(&error.to_string()))?;
        if !(1949..=2200).contains(&file.year) {
            return Err(invalid(&format!("year {}", file.year)));
        }
        let mut days = BTreeMap::new();
        for row in &file.days {
            let day = parse_day(&row.date).map_err(|fault| invalid(&fault.detail.en))?;
            // A notice reaches over the turn of the year (30 December 2017 is in that of 2018), but no further.
            if (day.year() - file.year).abs() > 1 {
                return Err(invalid(&format!("{day} in the notice of {}", file.year)));
            }
            if days.insert(day, row.is_off_day).is_some_and(|held| held != row.is_off_day) {
                return Err(invalid(&format!("{day} is both rest day and working day")));
            }
        }
        // Every year has public holidays: an empty list is a failed download, and would be a guess.
        if !days.values().any(|off| *off) {
            return Err(invalid(&format!("no rest day in {}", file.year)));
        }
        self.years.insert(file.year, days);
        Ok(self)
    }

    /// The years of which all days are known.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.keys().copied()
    }

    /// Whether people work on a day: Monday to Friday unless a public holiday, and make-up days at weekends.
    ///
    /// # Errors
    /// `calendar_missing` if the year of the day is not known; there is never a guess.
    pub fn is_working_day(&self, day: Day) -> Result<bool, Fault> {
        let year = day.year();
        if !self.years.contains_key(&year) {
            return Err(Fault::new(
                "calendar_missing",
                format!("没有 {year} 年的节假日日历，无法判断 {day} 是否为工作日。"),
                format!("There is no holiday calendar for {year}, so it is unknown whether {day} is a working day."),
            ));
        }
        // The notice of the own year goes first, then that of the next, whose new year holiday may begin in December.
        let noticed = [year, year.saturating_add(1), year.saturating_sub(1)];
        let rest = noticed.iter().find_map(|y| self.years.get(y).and_then(|days| days.get(&day)));
        Ok(rest.map_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun), |off| !off))
    }
}

fn invalid(what: &str) -> Fault {
    Fault::new("calendar_invalid", format!("日历文件无法读取：{what}。"), format!("The calendar file is not readable: {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn works(day: &str) -> bool {
        Calendar::built_in().is_working_day(parse_day(day).unwrap()).unwrap()
    }

    #[test]
    fn all_built_in_years_are_read() {
        assert_eq!(Calendar::built_in().years().collect::<Vec<_>>(), (2018..=2026).collect::<Vec<_>>());
        assert_eq!(BUILT_IN.into_iter().try_fold(Calendar::default(), Calendar::and_year).unwrap(), Calendar::built_in());
        assert_eq!(Calendar::built_in().years.values().map(BTreeMap::len).sum::<usize>(), 315);
    }

    #[test]
    fn holidays_make_up_days_and_plain_days() {
        for (day, expected) in [
            ("2024-10-01", false),
            ("2024-10-07", false),
            ("2024-10-08", true),
            ("2024-09-29", true),
            ("2024-10-12", true),
            ("2024-10-13", false),
            ("2024-03-02", false),
            ("2024-03-04", true),
            ("2018-12-29", true),
            ("2018-12-31", false),
            ("2020-01-31", false),
            // State Council notices of 2024 and 2025: eight days in October, and the make-up days around them.
            ("2025-10-08", false),
            ("2025-10-11", true),
            ("2026-01-02", false),
            ("2026-01-04", true),
        ] {
            assert_eq!(works(day), expected, "{day}");
        }
    }

    #[test]
    fn an_unknown_year_is_never_guessed() {
        for day in ["2017-12-30", "2027-01-04", "1999-01-01"] {
            assert_eq!(Calendar::built_in().is_working_day(parse_day(day).unwrap()).unwrap_err().code, "calendar_missing", "{day}");
        }
    }

    #[test]
    fn broken_files_are_refused_and_a_known_year_is_replaced() {
        for bad in [
            "",
            "{}",
            "[]",
            r#"{"year":2025,"days":[]}"#,
            r#"{"year":2025,"days":[{"date":"2025-01-04","isOffDay":false}]}"#,
            r#"{"year":2025,"days":[{"date":"2023-01-04","isOffDay":true}]}"#,
            r#"{"year":2025,"days":[{"date":"2025-01-01","isOffDay":true},{"date":"2025-01-01","isOffDay":false}]}"#,
            r#"{"year":2025,"days":[{"date":"2025-1-1","isOffDay":true}]}"#,
            r#"{"year":99999,"days":[{"date":"2025-01-01","isOffDay":true}]}"#,
            r#"{"year":-2147483648,"days":[{"date":"2025-01-01","isOffDay":true}]}"#,
        ] {
            assert_eq!(Calendar::default().and_year(bad).unwrap_err().code, "calendar_invalid", "{bad}");
        }
        let amended = Calendar::built_in().and_year(r#"{"year":2024,"days":[{"date":"2024-10-08","isOffDay":true}]}"#).unwrap();
        assert!(!amended.is_working_day(parse_day("2024-10-08").unwrap()).unwrap());
        assert!(amended.is_working_day(parse_day("2024-10-07").unwrap()).unwrap());
    }
}
