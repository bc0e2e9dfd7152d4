//! Points in time and days. Days are counted in Asia/Shanghai (domain, "What the software must do" 3); what the time is
//! now is not here, `common::clock` knows it.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::fault::Fault;

/// A local date in Asia/Shanghai.
pub type Day = NaiveDate;

/// Asia/Shanghai as a fixed offset of eight hours: the summer time of 1986 to 1991 is left out on purpose.
const SHANGHAI_SECONDS: i32 = 8 * 3600;
const SHANGHAI_MICROS: i64 = 8 * 3600 * 1_000_000;
const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

/// Year 1 to year 9999 in UTC: every instant prints with four digits of year in every offset.
const MIN_MICROS: i64 = -62_135_510_400_000_000;
const MAX_MICROS: i64 = 253_402_214_400_000_000;

/// The years that are read from outside.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// A point in time, kept as whole microseconds since 1970 in UTC, because that is what both databases keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since 1970 in UTC; what lies outside the years 1 to 9999 counts as their nearest end.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        if micros < MIN_MICROS {
            Self(MIN_MICROS)
        } else if micros > MAX_MICROS {
            Self(MAX_MICROS)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since 1970 in UTC.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// From a time in UTC; what is finer than a microsecond is cut off.
    #[must_use]
    pub fn from_utc(time: DateTime<Utc>) -> Self {
        Self::from_micros(time.timestamp_micros())
    }

    /// From a time without offset that is meant in UTC.
    #[must_use]
    pub fn from_naive_utc(time: NaiveDateTime) -> Self {
        Self::from_utc(time.and_utc())
    }

    /// The time in UTC without offset.
    #[must_use]
    pub fn naive_utc(self) -> NaiveDateTime {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH).naive_utc()
    }

    /// The time in UTC.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.naive_utc().and_utc()
    }

    /// Reads RFC 3339 with its offset, in the years 1900 to 2200 of Asia/Shanghai.
    ///
    /// # Errors
    /// `instant_invalid`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let invalid = || {
            Fault::new(
                "instant_invalid",
                format!("“{}”不是带时区偏移的 RFC 3339 时间（1900 至 2200 年）。", shown(text)),
                format!("\"{}\" is not an RFC 3339 time with offset in the years 1900 to 2200.", shown(text)),
            )
        };
        // The library also reads a blank between date and time, which RFC 3339 leaves to agreement.
        if !text.is_ascii() || !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
            return Err(invalid());
        }
        let instant = DateTime::parse_from_rfc3339(text).map(|time| Self::from_utc(time.to_utc())).map_err(|_error| invalid())?;
        // The end of the last day is itself the first moment of 2201; it must be readable again once it was written.
        let last = Self::end_of(NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31).unwrap_or_default());
        if YEARS.contains(&instant.day().year()) || instant == last { Ok(instant) } else { Err(invalid()) }
    }

    /// Like [`Instant::parse`], and a bare `YYYY-MM-DD` means 24:00 of that day in Asia/Shanghai.
    ///
    /// # Errors
    /// `instant_invalid` or, for ten characters, `date_invalid`.
    pub fn parse_or_day_end(text: &str) -> Result<Self, Fault> {
        if text.len() == 10 { parse_day(text).map(Self::end_of) } else { Self::parse(text) }
    }

    /// The local date in Asia/Shanghai.
    #[must_use]
    pub fn day(self) -> Day {
        DateTime::from_timestamp_micros(self.0.saturating_add(SHANGHAI_MICROS)).unwrap_or(DateTime::UNIX_EPOCH).date_naive()
    }

    /// The local day that a cut-off at this instant closes or falls in. Instants are half open, so 24:00 of a day still belongs to that day.
    #[must_use]
    pub fn cut_off_day(self) -> Day {
        Self(self.0.saturating_sub(1)).day()
    }

    /// 00:00 of a day in Asia/Shanghai.
    #[must_use]
    pub fn start_of(day: Day) -> Self {
        Self::from_micros(day.and_time(NaiveTime::MIN).and_utc().timestamp_micros().saturating_sub(SHANGHAI_MICROS))
    }

    /// 24:00 of a day in Asia/Shanghai (Civil Code 203), the same instant as 00:00 of the next day.
    #[must_use]
    pub fn end_of(day: Day) -> Self {
        Self::from_micros(Self::start_of(day).0.saturating_add(DAY_MICROS))
    }

    /// This instant moved by milliseconds, which may be negative.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self::from_micros(self.0.saturating_add(millis.saturating_mul(1000)))
    }

    /// Whole milliseconds since an earlier instant; negative if that one is later.
    #[must_use]
    pub const fn since_millis(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1000)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.0 % 1_000_000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
        match FixedOffset::east_opt(SHANGHAI_SECONDS) {
            Some(offset) => f.write_str(&self.utc().with_timezone(&offset).to_rfc3339_opts(form, false)),
            None => f.write_str(&self.utc().to_rfc3339_opts(form, false)),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instant({self})")
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Reads a date in exactly the form `YYYY-MM-DD`, in the years 1900 to 2200.
///
/// # Errors
/// `date_invalid`.
pub fn parse_day(text: &str) -> Result<Day, Fault> {
    let invalid = || {
        Fault::new(
            "date_invalid",
            format!("“{}”不是 YYYY-MM-DD 形式的日期（1900 至 2200 年）。", shown(text)),
            format!("\"{}\" is not a date of the form YYYY-MM-DD in the years 1900 to 2200.", shown(text)),
        )
    };
    let mut pieces = text.split('-');
    let mut piece = |width: usize| {
        let digits = pieces.next().filter(|p| p.len() == width && p.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|p| p.parse::<u32>().ok()).ok_or_else(invalid)
    };
    let (year, month, day) = (piece(4)?, piece(2)?, piece(2)?);
    if pieces.next().is_some() {
        return Err(invalid());
    }
    let year = i32::try_from(year).ok().filter(|y| YEARS.contains(y)).ok_or_else(invalid)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(invalid)
}

/// The beginning of a refused text, for the message; control characters are not repeated.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    /// api.md: "a date given where an instant is meant is the end of that day, 24:00".
    #[test]
    fn a_cut_off_at_24_00_belongs_to_the_day_it_ends() {
        use super::Instant;
        for (text, day) in [
            ("2026-06-01", "2026-06-01"),
            ("2026-06-02T00:00:00+08:00", "2026-06-01"),
            ("2026-06-02T00:00:00.000001+08:00", "2026-06-02"),
            ("2026-06-01T09:30:00+08:00", "2026-06-01"),
        ] {
            assert_eq!(Instant::parse_or_day_end(text).unwrap().cut_off_day().to_string(), day, "{text}");
        }
    }

    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    #[test]
    fn rfc_3339_with_offset_is_read_and_shown_in_shanghai() {
        for (input, shown) in [
            ("2024-02-29T16:00:00Z", "2024-03-01T00:00:00+08:00"),
            ("2024-03-01t00:00:00+08:00", "2024-03-01T00:00:00+08:00"),
            ("2024-03-01T00:00:00.1234567+08:00", "2024-03-01T00:00:00.123456+08:00"),
            ("2024-03-01T00:00:00.5-05:00", "2024-03-01T13:00:00.500000+08:00"),
            ("1900-01-01T00:00:00+08:00", "1900-01-01T00:00:00+08:00"),
            ("2201-01-01T00:00:00+08:00", "2201-01-01T00:00:00+08:00"),
        ] {
            let instant = Instant::parse(input).unwrap();
            assert_eq!(instant.to_string(), shown, "{input}");
            assert_eq!(serde_json::from_str::<Instant>(&serde_json::to_string(&instant).unwrap()).unwrap(), instant);
        }
        for bad in [
            "",
            "2024-02-29",
            "2024-02-29T16:00:00",
            "2024-02-29 16:00:00Z",
            "2024-02-30T16:00:00Z",
            "1899-12-31T15:59:59Z",
            "2201-01-01T00:00:00.000001+08:00",
            "２０２４-02-29T16:00:00Z",
            "2024-02-29T24:00:00Z",
            "0000-00-00T00:00:00Z",
        ] {
            assert_eq!(Instant::parse(bad).unwrap_err().code, "instant_invalid", "{bad}");
        }
    }

    #[test]
    fn a_bare_date_is_the_end_of_that_day() {
        assert_eq!(Instant::parse_or_day_end("2024-02-29").unwrap().to_string(), "2024-03-01T00:00:00+08:00");
        assert_eq!(Instant::parse_or_day_end("2200-12-31").unwrap().to_string(), "2201-01-01T00:00:00+08:00");
        assert_eq!(Instant::parse_or_day_end("2024-02-30").unwrap_err().code, "date_invalid");
        assert_eq!(Instant::parse_or_day_end("2024-02").unwrap_err().code, "instant_invalid");
    }

    #[test]
    fn days_are_strict() {
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for bad in [
            "",
            "2024-2-29",
            "2023-02-29",
            "2024-02-29 ",
            "24-02-29",
            "1899-12-31",
            "2201-01-01",
            "2024-02-29-",
            "+024-02-29",
            "2024/02/29",
            "二〇二四-02-29",
        ] {
            assert_eq!(parse_day(bad).unwrap_err().code, "date_invalid", "{bad}");
        }
    }

    #[test]
    fn the_day_changes_at_midnight_in_shanghai() {
        let start = Instant::start_of(day("2024-03-01"));
        assert_eq!(start, Instant::end_of(day("2024-02-29")));
        assert_eq!(start.day(), day("2024-03-01"));
        assert_eq!(start.plus_millis(-1).day(), day("2024-02-29"));
        assert_eq!(start.plus_millis(1500).since_millis(start), 1500);
        assert_eq!(start.since_millis(start.plus_millis(1500)), -1500);
    }

    #[test]
    fn the_extremes_neither_panic_nor_lose_a_digit() {
        for micros in [i64::MIN, MIN_MICROS, -1, 0, MAX_MICROS, i64::MAX] {
            let instant = Instant::from_micros(micros);
            assert_eq!(instant.to_string().chars().take_while(|c| *c != '-').count(), 4, "{instant}");
            let _ = (instant.day(), Instant::end_of(instant.day()), instant.plus_millis(i64::MAX), instant.plus_millis(i64::MIN));
        }
        let _ = (
            Instant::end_of(Day::MAX),
            Instant::start_of(Day::MIN),
            Instant::from_naive_utc(NaiveDateTime::MAX),
            Instant::from_utc(DateTime::<Utc>::MIN_UTC),
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(micros in -2_208_988_800_000_000_i64..7_289_568_000_000_000) {
            let instant = Instant::from_micros(micros);
            prop_assert_eq!(Instant::parse(&instant.to_string()).unwrap(), instant);
            prop_assert_eq!(Instant::from_naive_utc(instant.naive_utc()), instant);
            prop_assert!(Instant::start_of(instant.day()) <= instant && instant < Instant::end_of(instant.day()));
        }
    }
}
