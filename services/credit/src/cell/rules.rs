//! How a cell is read. Not here: the columns; whether the value obeys the rules of its kind of fact, `detail` and `draft`.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use model::{fault::Fault, normalise::half_width};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How a cell becomes a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "as", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reading {
    /// As it stands.
    #[default]
    Text,
    /// A day; `2026-05-11` is always read, a time after it is cut off.
    Date {
        /// The other ways in which it may be written.
        #[serde(default)]
        formats: Vec<DateFormat>,
    },
    /// An amount in Chinese yuan.
    Money {
        /// What a whole number means.
        unit: Unit,
    },
    /// One word by a table.
    Word {
        /// What the file says, and what it means.
        words: BTreeMap<String, String>,
    },
    /// Several words by a table, each once.
    Words {
        /// What the file says, and what it means.
        words: BTreeMap<String, String>,
        /// What stands between them.
        separators: Vec<String>,
    },
    /// Several texts.
    List {
        /// What stands between them.
        separators: Vec<String>,
    },
    /// A whole number.
    Number,
    /// Yes or no.
    Flag {
        /// What means yes.
        yes: Vec<String>,
        /// What means no.
        no: Vec<String>,
    },
}

/// A way to write a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// `2026/5/11`.
    Slash,
    /// `2026.5.11`.
    Dot,
    /// `2026年5月11日`.
    Chinese,
    /// `20260511`.
    Compact,
    /// A serial number of a spreadsheet: 46153.
    Serial,
}

/// What a whole number in a column of money means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 元.
    Yuan,
    /// 万元: ten thousand yuan.
    TenThousandYuan,
}

/// Reads a cell that is not empty.
///
/// # Errors
/// What is wrong with it.
pub fn read(reading: &Reading, cell: &str) -> Result<Value, Fault> {
    match reading {
        Reading::Text => Ok(json!(cell)),
        Reading::Date { formats } => day(cell, formats).map(|day| json!(day.to_string())),
        Reading::Money { unit } => money(cell, *unit),
        Reading::Word { words } => word(words, cell).map(|word| json!(word)),
        Reading::Words { words, separators } => {
            let mut found: Vec<&str> = Vec::new();
            for part in parts(cell, separators) {
                let word = word(words, part)?;
                // A file may say one thing in two ways that mean the same here.
                if !found.contains(&word) {
                    found.push(word);
                }
            }
            Ok(json!(found))
        }
        Reading::List { separators } => Ok(json!(parts(cell, separators).collect::<Vec<_>>())),
        Reading::Number => number(cell),
        Reading::Flag { yes, no } => flag(cell, yes, no),
    }
}

fn word<'a>(words: &'a BTreeMap<String, String>, cell: &str) -> Result<&'a str, Fault> {
    words.get(cell).map(String::as_str).ok_or_else(|| unknown_word(cell, words.keys()))
}

fn unknown_word<'a>(cell: &str, known: impl Iterator<Item = &'a String>) -> Fault {
    let known = known.map(String::as_str).collect::<Vec<_>>().join("、");
    Fault::new(
        "unknown_word",
        format!("对照表中没有“{cell}”；已有：{known}。"),
        format!("The table has no word for \"{cell}\"; it knows: {known}."),
    )
}

fn flag(cell: &str, yes: &[String], no: &[String]) -> Result<Value, Fault> {
    if yes.iter().any(|word| word == cell) {
        return Ok(json!(true));
    }
    if no.iter().any(|word| word == cell) {
        return Ok(json!(false));
    }
    Err(unknown_word(cell, yes.iter().chain(no)))
}

/// The parts between separators; where a cell could be cut in two ways, the first separator of the list cuts first.
fn parts<'a>(cell: &'a str, separators: &'a [String]) -> impl Iterator<Item = &'a str> {
    let mut parts = vec![cell];
    for separator in separators.iter().filter(|separator| !separator.is_empty()) {
        parts = parts.into_iter().flat_map(|part| part.split(separator.as_str())).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty())
}

fn narrow(cell: &str) -> String {
    cell.chars().map(half_width).filter(|c| !c.is_whitespace()).collect()
}

fn number(cell: &str) -> Result<Value, Fault> {
    let text = narrow(cell);
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    whole
        .parse::<i64>()
        .map(|number| json!(number))
        .map_err(|_error| Fault::new("digits_only", format!("“{cell}”不是整数。"), format!("\"{cell}\" is not a whole number.")))
}

/// Reads a day; every way that is not asked for is refused, since `20260511` may as well be a number.
///
/// # Errors
/// `date_invalid`.
pub fn day(cell: &str, formats: &[DateFormat]) -> Result<NaiveDate, Fault> {
    let wide: String = cell.trim().chars().map(half_width).collect();
    let text = without_time(&wide);
    let written = |[between, after, end]: [&str; 3]| numbers(text, between, after, end);
    let found = written(["-", "-", ""]).filter(|_| text.len() == 10).or_else(|| {
        formats.iter().find_map(|format| match format {
            DateFormat::Slash => written(["/", "/", ""]),
            DateFormat::Dot => written([".", ".", ""]),
            DateFormat::Chinese => written(["年", "月", "日"]),
            DateFormat::Compact => compact(text),
            DateFormat::Serial => serial(text),
        })
    });
    found.ok_or_else(|| {
        Fault::new("date_invalid", format!("“{cell}”不是所约定格式的日期。"), format!("\"{cell}\" is not a date in an agreed form."))
    })
}

/// Cuts a time of day off; spreadsheets write one after every date.
fn without_time(text: &str) -> &str {
    let cut = text
        .split_once([' ', 'T'])
        .filter(|(_, time)| !time.is_empty() && time.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.') && time.contains(':'));
    cut.map_or(text, |(day, _)| day)
}

fn numbers(text: &str, between: &str, after: &str, end: &str) -> Option<NaiveDate> {
    let (year, rest) = text.strip_suffix(end)?.split_once(between)?;
    let (month, day) = rest.split_once(after)?;
    (year.len() == 4).then(|| NaiveDate::from_ymd_opt(digits(year)?.try_into().ok()?, short(month)?, short(day)?)).flatten()
}

fn compact(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    (text.len() == 8).then(|| NaiveDate::from_ymd_opt(digits(year)?.try_into().ok()?, digits(month)?, digits(day)?)).flatten()
}

/// Days since the end of 1899; the spreadsheets' 29 February 1900 never was, so the first two months of that year count one less.
fn serial(text: &str) -> Option<NaiveDate> {
    let (whole, _time) = text.split_once('.').unwrap_or((text, ""));
    let count = digits(whole).filter(|count| (1..=2_958_465).contains(count) && *count != 60)?;
    let start = NaiveDate::from_ymd_opt(1899, 12, if count < 60 { 31 } else { 30 })?;
    start.checked_add_days(Days::new(u64::from(count)))
}

fn short(text: &str) -> Option<u32> {
    (1..=2).contains(&text.len()).then(|| digits(text)).flatten()
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// An amount as whole fen, exactly: 0.123 万元 is 1,230 yuan, and what is finer than a fen is refused, never rounded.
fn money(cell: &str, unit: Unit) -> Result<Value, Fault> {
    let places: usize = match unit {
        Unit::Yuan => 2,
        Unit::TenThousandYuan => 6,
    };
    let refused = || Fault::new("money_invalid", format!("“{cell}”不是金额。"), format!("\"{cell}\" is not an amount of money."));
    let text = narrow(cell);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = ungrouped(whole).ok_or_else(refused)?;
    let fraction = fraction.trim_end_matches('0');
    let is_number = !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_number || fraction.len() > places {
        return Err(refused());
    }
    let fen: i64 = format!("{whole}{fraction:0<places$}").parse().map_err(|_error| refused())?;
    Ok(json!({"amount": format!("{}.{:02}", fen.div_euclid(100), fen.rem_euclid(100)), "currency": "CNY"}))
}

/// The digits of a whole number, which may be grouped by thousands; a group of another length is a slip.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_grouped = whole.contains(',');
    let is_right = !is_grouped || (!first.is_empty() && first.len() <= 3 && groups.all(|group| group.len() == 3));
    is_right.then(|| whole.replace(',', ""))
}
