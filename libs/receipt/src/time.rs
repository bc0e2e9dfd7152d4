//! Times of RFC 3339 as far as they are compared. Not here: what the time is; this crate has no clock.

/// Microseconds since 1970 in UTC; `None` for anything but a date and time of RFC 3339 with its offset. What is finer is cut off.
pub(crate) fn micros(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let at = rest.find(['Z', '+', '-'])?;
    let (clock, offset) = rest.split_at_checked(at)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let fits = (1..=12).contains(&month) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !fits || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let finer: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let seconds = day_number(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - shift(offset)?;
    Some(seconds * 1_000_000 + finer.parse::<i64>().ok()?)
}

/// Seconds east of Greenwich.
fn shift(offset: &str) -> Option<i64> {
    if offset == "Z" {
        return Some(0);
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970 in the Gregorian calendar: years are counted from March, so that the leap day is their last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day - 719_469
}

/// Whole numbers of exactly these many digits.
fn numbers<const N: usize>(text: &str, mark: char, digits: [usize; N]) -> Option<[i64; N]> {
    let parts: Vec<&str> = text.split(mark).collect();
    let fits = |(part, digits): (&&str, usize)| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() != N || !parts.iter().zip(digits).all(fits) {
        return None;
    }
    let read: Vec<i64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    read.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::micros;

    #[test]
    fn times_are_compared_as_they_are_meant() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T08:00:00+08:00", 0),
            ("1969-12-31T16:00:00.000001-08:00", 1),
            ("2000-02-29T23:59:59.5Z", 951_868_799_500_000),
            ("2026-06-01T09:30:00+08:00", 1_780_277_400_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("2026-01-01T00:00:00.1234567Z", 1_767_225_600_123_456),
        ] {
            assert_eq!(micros(text), Some(expected), "{text}");
        }
        for bad in [
            "",
            "2026",
            "2026-06-01",
            "2026-06-01T09:30:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-06-01T24:00:00Z",
            "2026-06-01T09:30Z",
            "26-06-01T09:30:00Z",
            "2026-06-01T09:30:00+8:00",
            "2026-06-01T09:30:00.Z",
            "2026-06-01T09:30:00.-1Z",
            "2026-06-01T09:30:00+08:00 ",
            "+026-06-01T09:30:00Z",
            "2026-06-01T09:30:00Zx",
            "2026-06-01t09:30:00z",
            "\u{0661}970-01-01T00:00:00Z",
        ] {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }
}
