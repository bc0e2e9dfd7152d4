//! Numbers of standards of every level (Standardization Law 2 and 24, domain 2.2): what they say by themselves. Whether
//! a standard exists or is in force is known to the register, not here. The grammars are in `chinese` and `foreign`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::check::Check;
use crate::fault::Fault;
use crate::normalise::{half_width, is_dash};

mod chinese;
mod foreign;
mod industries;

pub use industries::{INDUSTRIES, industry_name};

/// The longest text that is read as a number.
const MAX_CHARS: usize = 120;

/// Who made a standard (Standardization Law 2), and the makers outside of China.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// GB, GB/T, GB/Z, GBZ.
    National,
    /// Two letters of an industry.
    Industry,
    /// DB and the digits of a province or city.
    Local,
    /// T/ and an association.
    Group,
    /// Q/ and an enterprise.
    Enterprise,
    /// ISO, IEC.
    International,
    /// EN and its makers.
    Regional,
    /// Bodies of other countries: BS, DIN, NF.
    Foreign,
}

/// A standard number in canonical form. Two numbers are equal if their canonical texts are.
#[derive(Clone, Debug)]
pub struct StandardNo {
    text: String,
    undated: String,
    level: Level,
    prefix: String,
    body: String,
    number: String,
    parts: Vec<String>,
    year: Option<u16>,
    amendments: Vec<String>,
    adopts: Option<Box<StandardNo>>,
    warnings: Vec<Fault>,
}

/// The pieces of a number as a grammar found them.
#[derive(Default)]
struct Pieces {
    prefix: String,
    body: String,
    number: String,
    parts: Vec<String>,
    suffix: &'static str,
    year: Option<u16>,
    amendments: Vec<String>,
    adopts: Option<Box<StandardNo>>,
    warnings: Vec<Fault>,
}

impl StandardNo {
    /// Reads a number of any level: any dash, full width, missing or superfluous spaces, with or without year.
    ///
    /// # Errors
    /// `standard_no_unreadable`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let unreadable = || {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
            Fault::new(
                "standard_no_unreadable",
                format!("无法识别的标准编号“{shown}”。"),
                format!("\"{shown}\" cannot be read as a standard number."),
            )
        };
        let folded = fold(text).ok_or_else(unreadable)?;
        Self::read(&folded).ok_or_else(unreadable)
    }

    /// Chooses the grammar by the first letters.
    fn read(folded: &str) -> Option<Self> {
        if foreign::is_prefix(folded) { foreign::read(folded) } else { chinese::read(folded) }
    }

    /// Puts the pieces together; `part_mark` stands before parts, `year_mark` before the year.
    fn build(level: Level, pieces: Pieces, part_mark: char, year_mark: char) -> Self {
        let Pieces { prefix, body, number, parts, suffix, year, amendments, adopts, warnings } = pieces;
        let mut text = format!("{prefix} {number}");
        for part in &parts {
            text.push(part_mark);
            text.push_str(part);
        }
        text.push_str(suffix);
        let undated = text.clone();
        if let Some(year) = year {
            text.push(year_mark);
            text.push_str(&year.to_string());
        }
        amendments.iter().for_each(|amendment| text.push_str(amendment));
        if let Some(adopted) = &adopts {
            text.push('/');
            text.push_str(&adopted.text);
        }
        Self { text, undated, level, prefix, body, number, parts, year, amendments, adopts, warnings }
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number without year and amendments: what an undated reference names.
    #[must_use]
    pub fn undated(&self) -> &str {
        &self.undated
    }

    /// Who made the standard.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Whether the number is that of a mandatory standard: only national ones may be (Standardization Law 2), and they
    /// carry no `/T` and no `/Z`.
    #[must_use]
    pub fn mandatory(&self) -> bool {
        self.level == Level::National && !self.prefix.contains('/')
    }

    /// The maker's code without marks: `GB`, `QB`, `DB44`, `CAQ` (of T/CAQ), `ABCDE` (of Q/ABCDE), `ISO/IEC`.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Everything before the sequence number: `GB/T`, `T/CAQ`, `ISO/IEC TS`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The sequence number as text, because leading zeros tell numbers apart.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The part numbers, outermost first.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The year; none in an undated reference, which means the newest edition.
    #[must_use]
    pub fn year(&self) -> Option<u16> {
        self.year
    }

    /// Amendment sheets as written, each with its mark: `/XG1-2020`, `/Amd 1:2018`, `+A1:2018`.
    #[must_use]
    pub fn amendments(&self) -> &[String] {
        &self.amendments
    }

    /// The international number in a double number of an identical adoption (GB/T 20000.2).
    #[must_use]
    pub fn adopts(&self) -> Option<&Self> {
        self.adopts.as_deref()
    }

    /// The canonical text without the number of an adopted standard behind it: what a catalogue holds.
    #[must_use]
    pub fn own(&self) -> &str {
        match &self.adopts {
            Some(adopted) => self.text.strip_suffix(&adopted.text).and_then(|text| text.strip_suffix('/')).unwrap_or(&self.text),
            None => &self.text,
        }
    }

    /// What is odd about a readable number.
    #[must_use]
    pub fn warnings(&self) -> Vec<Fault> {
        self.warnings.clone()
    }

    /// Says of any text whether it is a standard number, and if not, why.
    #[must_use]
    pub fn check(text: &str) -> Check {
        Check::from_parsed(fold(text).unwrap_or_default(), Self::parse(text).map(|number| (number.text, number.warnings)))
    }
}

/// Folds width, dashes, slashes, spaces and case; nothing remains but ASCII. `None` for what no number holds.
fn fold(text: &str) -> Option<String> {
    let mut folded = String::new();
    for character in text.trim().chars().take(MAX_CHARS + 1) {
        let character = match half_width(character) {
            c if is_dash(c) => '-',
            // The slash of fractions and of mathematics.
            '\u{2044}' | '\u{2215}' => '/',
            c if c.is_whitespace() => ' ',
            c => c.to_ascii_uppercase(),
        };
        if !(character.is_ascii_alphanumeric() || " -/.:+".contains(character)) {
            return None;
        }
        let last = folded.chars().last();
        // A double dash is one Chinese dash; a blank beside a mark means nothing.
        if matches!(character, ' ' | '-') && last == Some(character) || character == ' ' && last.is_some_and(is_mark) {
            continue;
        }
        if is_mark(character) && last == Some(' ') {
            folded.pop();
            if character == '-' && folded.ends_with('-') {
                continue;
            }
        }
        folded.push(character);
    }
    (!folded.is_empty() && folded.len() <= MAX_CHARS).then_some(folded)
}

/// The marks between the pieces of a number.
fn is_mark(character: char) -> bool {
    "-/.:+".contains(character)
}

/// Splits off the leading characters that fulfil a condition.
fn take_while(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !wanted(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// A run of digits of an allowed width.
fn digits(text: &str, widths: std::ops::RangeInclusive<usize>) -> Option<(&str, &str)> {
    let (run, rest) = take_while(text, |c| c.is_ascii_digit());
    widths.contains(&run.len()).then_some((run, rest))
}

/// A year of four digits in the time of standards.
fn full_year(text: &str) -> Option<u16> {
    text.parse().ok().filter(|year| text.len() == 4 && (1900..=2100).contains(year))
}

impl PartialEq for StandardNo {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for StandardNo {}

impl PartialOrd for StandardNo {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for StandardNo {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for StandardNo {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl AsRef<str> for StandardNo {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for StandardNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for StandardNo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for StandardNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
