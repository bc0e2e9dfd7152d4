//! Fields as they are sent: every fault is kept with its pointer, so that all are told at once; pure. Not here: what the fields mean.

use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    normalise::line,
    uscc::Uscc,
};

/// The longest text.
pub const TEXT_MAX: usize = 2_000;
/// The longest name, number or code.
pub const NAME_MAX: usize = 200;

/// The faults of a body so far.
#[derive(Debug, Default)]
pub struct Fields {
    /// What is wrong, in the order in which it was found.
    pub bad: Vec<FieldFault>,
}

impl Fields {
    /// A text of one line; empty where it is refused.
    pub fn line(&mut self, pointer: &str, said: &str, most: usize) -> String {
        line(said, most).unwrap_or_else(|fault| {
            self.bad.push(FieldFault::of(pointer, fault));
            String::new()
        })
    }

    /// A text that may be left out.
    pub fn line_or_none(&mut self, pointer: &str, said: Option<&str>, most: usize) -> Option<String> {
        said.map(|said| self.line(pointer, said, most))
    }

    /// A day; the earliest one where it is refused.
    pub fn day(&mut self, pointer: &str, said: &str) -> Day {
        parse_day(said).unwrap_or_else(|fault| {
            self.bad.push(FieldFault::of(pointer, fault));
            Day::MIN
        })
    }

    /// A day that may be left out.
    pub fn day_or_none(&mut self, pointer: &str, said: Option<&str>) -> Option<Day> {
        said.map(|said| self.day(pointer, said))
    }

    /// A day that is today or lies in the past; today where nothing is said.
    pub fn past_day(&mut self, pointer: &str, said: Option<&str>, today: Day) -> Day {
        let day = said.map_or(today, |said| self.day(pointer, said));
        if day > today {
            let (zh, en) = ("日期不得晚于今天。", "The date must not lie in the future.");
            self.bad.push(FieldFault::rule(pointer, "date_in_future", zh, en));
        }
        day
    }

    /// The last day must not lie before the first; nothing is said of a day that was refused itself.
    pub fn in_order(&mut self, pointer: &str, first: Day, last: Option<Day>) {
        if last.is_some_and(|last| Day::MIN < last && last < first) {
            self.bad.push(FieldFault::rule(pointer, "date_order", "终止日期早于开始日期。", "It ends before it begins."));
        }
    }

    /// A Unified Social Credit Code.
    pub fn uscc(&mut self, pointer: &str, said: &str) -> Option<Uscc> {
        Uscc::parse(said).map_err(|fault| self.bad.push(FieldFault::of(pointer, fault))).ok()
    }

    /// A digest, `sha256:…`.
    pub fn digest(&mut self, pointer: &str, said: &str) -> String {
        digest(said, pointer, &mut self.bad)
    }

    /// How many items a list has.
    pub fn count(&mut self, pointer: &str, found: usize, allowed: std::ops::RangeInclusive<usize>) {
        if !allowed.contains(&found) {
            let (least, most) = (allowed.start(), allowed.end());
            let (zh, en) = (format!("应有 {least} 至 {most} 项。"), format!("There must be {least} to {most} of them."));
            self.bad.push(FieldFault::rule(pointer, "count_invalid", zh, en));
        }
    }
}

/// Whether a text is a digest as they stand here: `sha256:` and 64 lower-case hexadecimal digits.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    let is_hex = |hex: &str| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    text.strip_prefix("sha256:").is_some_and(is_hex)
}

/// A digest as it was sent; a bad one becomes a fault. Texts themselves are never taken.
pub fn digest(said: &str, pointer: &str, bad: &mut Vec<FieldFault>) -> String {
    if !is_digest(said) {
        let (zh, en) = ("应为 sha256: 后接 64 位小写十六进制数。", "A digest is sha256: and 64 lower-case hexadecimal digits.");
        bad.push(FieldFault::rule(pointer, "digest_invalid", zh, en));
    }
    said.to_owned()
}

/// The fault of an edition that is not in force.
#[must_use]
pub fn not_in_force(pointer: &str) -> FieldFault {
    FieldFault::rule(pointer, "edition_not_in_force", "该标准当日未生效或已失效。", "The edition is not in force on that day.")
}

/// Whether a text is an id that others have given: 1 to 100 letters, digits, `.`, `_` and `-`.
#[must_use]
pub fn is_outer_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The fault of an id that others have given and that is none.
#[must_use]
pub fn outer_id_invalid(pointer: &str) -> FieldFault {
    let en = "1 to 100 letters, digits, \".\", \"_\" and \"-\".";
    FieldFault::rule(pointer, "outer_id_invalid", "须为 1 至 100 个字母、数字、点、下划线或连字符。", en)
}
