//! The grammar of Chinese numbers: national, industry, local, group, enterprise.

use super::{Level, Pieces, StandardNo, digits, foreign, full_year, industry_name, take_while};
use crate::division;
use crate::fault::Fault;

/// Reads a folded text.
pub(super) fn read(folded: &str) -> Option<StandardNo> {
    if let Some(rest) = folded.strip_prefix("T/") {
        return group(rest);
    }
    if let Some(rest) = folded.strip_prefix("Q/") {
        return enterprise(rest);
    }
    if let Some(rest) = folded.strip_prefix("DB") {
        return local(rest).or_else(|| earthquake(folded, rest));
    }
    if let Some(rest) = folded.strip_prefix("GB") {
        return national(rest);
    }
    industry(folded)
}

/// `/T`, `/Z` or nothing, and whether the slash was left out.
fn mark(rest: &str) -> (&'static str, &str, bool) {
    for (written, mark, slash_missing) in [("/T", "/T", false), ("/Z", "/Z", false), ("T", "/T", true), ("Z", "/Z", true)] {
        if let Some(after) = rest.strip_prefix(written) {
            return (mark, after, slash_missing);
        }
    }
    ("", rest, false)
}

fn national(rest: &str) -> Option<StandardNo> {
    // GBZ without slash is a series of its own (occupational health), not guidance.
    let (body, rest) = rest.strip_prefix('Z').map_or(("GB", rest), |rest| ("GBZ", rest));
    let (mark, rest, slash_missing) = mark(rest);
    let mut pieces = tail(rest, 6, 3, false)?;
    pieces.prefix = format!("{body}{mark}");
    pieces.body = body.to_owned();
    warn_slash(&mut pieces, slash_missing);
    Some(StandardNo::build(Level::National, pieces, '.', '-'))
}

fn industry(folded: &str) -> Option<StandardNo> {
    let (letters, after) = take_while(folded, |c| c.is_ascii_uppercase());
    let (code, rest) = match letters.len() {
        2 => (letters, after),
        // JYT is JY/T with its slash left out, as long as JY is an industry.
        3 if letters.ends_with(['T', 'Z']) && letters.get(..2).is_some_and(|c| industry_name(c).is_some()) => folded.split_at_checked(2)?,
        3 => (letters, after),
        _ => return None,
    };
    let (mark, rest, slash_missing) = mark(rest);
    let mut pieces = tail(rest, 6, 3, false)?;
    pieces.prefix = format!("{code}{mark}");
    pieces.body = code.to_owned();
    warn_slash(&mut pieces, slash_missing);
    if industry_name(code).is_none() {
        pieces.warnings.push(Fault::new(
            "standard_industry_unknown",
            format!("行业标准代号 {code} 未列入代号表。"),
            format!("The industry code {code} is not in the table."),
        ));
    }
    warn_mandatory(&mut pieces, mark);
    Some(StandardNo::build(Level::Industry, pieces, '.', '-'))
}

/// `DB 12-2008` and `DB/T 12-2008`: without digits right behind it, DB is the earthquake industry.
fn earthquake(folded: &str, rest: &str) -> Option<StandardNo> {
    if rest.starts_with([' ', '/', 'T']) { industry(folded) } else { None }
}

/// DB, two digits of a province or four of a city, maybe `/T`, then the number.
fn local(rest: &str) -> Option<StandardNo> {
    let trimmed = rest.trim_start();
    let (code, after) = take_while(trimmed, |c| c.is_ascii_digit());
    if !matches!(code.len(), 2 | 4) || !after.starts_with(['/', 'T', ' ']) {
        return None;
    }
    let (mark, after, slash_missing) = mark(after);
    // `DB12/ 684-2016` is an old way to write a number without T.
    let mut pieces = tail(after.strip_prefix('/').unwrap_or(after), 8, 4, false)?;
    pieces.prefix = format!("DB{code}{mark}");
    pieces.body = format!("DB{code}");
    warn_slash(&mut pieces, slash_missing);
    if !division::is_listed_prefix(code) {
        pieces.warnings.push(Fault::new(
            "standard_division_unknown",
            format!("DB{code} 的行政区划代码未列入 GB/T 2260。"),
            format!("The division of DB{code} is not in GB/T 2260."),
        ));
    }
    warn_mandatory(&mut pieces, mark);
    Some(StandardNo::build(Level::Local, pieces, '.', '-'))
}

fn group(rest: &str) -> Option<StandardNo> {
    let (body, rest) = maker(rest, false)?;
    if body.len() < 2 || !body.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut pieces = tail(rest, 8, 4, false)?;
    pieces.prefix = format!("T/{body}");
    pieces.body = body.to_owned();
    Some(StandardNo::build(Level::Group, pieces, '.', '-'))
}

fn enterprise(rest: &str) -> Option<StandardNo> {
    let (body, rest) = maker(rest, true)?;
    let mut pieces = tail(rest, 8, 4, true)?;
    pieces.prefix = format!("Q/{body}");
    pieces.body = body.to_owned();
    Some(StandardNo::build(Level::Enterprise, pieces, '.', '-'))
}

/// The code of an association or enterprise: up to the blank, or without one up to the last letter before the number.
fn maker(rest: &str, may_end_in_s: bool) -> Option<(&str, &str)> {
    let (word, _) = take_while(rest, |c| c.is_ascii_alphanumeric());
    if rest.get(word.len()..).is_some_and(|after| after.starts_with(' ')) {
        return (!word.is_empty()).then(|| rest.split_at(word.len()));
    }
    // The S of a food safety standard stands behind the number and is no part of the code.
    let head =
        if may_end_in_s { word.strip_suffix('S').filter(|h| h.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(word) } else { word };
    let end = head.rfind(|c: char| c.is_ascii_uppercase())?.checked_add(1)?;
    rest.split_at_checked(end)
}

/// Number, parts, year, amendment sheets and the adopted number.
fn tail(text: &str, number_width: usize, part_width: usize, may_end_in_s: bool) -> Option<Pieces> {
    let mut pieces = Pieces::default();
    let (number, mut rest) = digits(text.strip_prefix(' ').unwrap_or(text), 1..=number_width)?;
    pieces.number = number.to_owned();
    while let Some(after) = rest.strip_prefix('.') {
        let (part, left) = digits(after, 1..=part_width)?;
        pieces.parts.push(part.to_owned());
        rest = left;
    }
    if let Some(after) = rest.strip_prefix('S').filter(|_| may_end_in_s) {
        pieces.suffix = "S";
        rest = after;
    }
    if let Some(after) = rest.strip_prefix('-') {
        let (year, left) = take_while(after, |c| c.is_ascii_digit());
        pieces.year = Some(full_year(year).or_else(|| short_year(year, &mut pieces.warnings))?);
        rest = left;
    }
    while let Some(after) = rest.strip_prefix("/XG") {
        let (sheet, left) = digits(after, 1..=2)?;
        let (year, left) = digits(left.strip_prefix('-')?, 4..=4)?;
        pieces.amendments.push(format!("/XG{sheet}-{}", full_year(year)?));
        rest = left;
    }
    if let Some(adopted) = rest.strip_prefix('/').filter(|adopted| foreign::is_prefix(adopted)) {
        pieces.adopts = Some(Box::new(foreign::read(adopted)?));
        rest = "";
    }
    rest.is_empty().then_some(pieces)
}

/// Two digits of a year: until 1995 the usual form, so 50 to 99 are of the last century; others are slips of this one.
fn short_year(text: &str, warnings: &mut Vec<Fault>) -> Option<u16> {
    let short: u16 = text.parse().ok().filter(|_| text.len() == 2)?;
    let year = if short >= 50 { short.checked_add(1900)? } else { short.checked_add(2000)? };
    warnings.push(Fault::new(
        "standard_year_two_digits",
        format!("年份仅有两位“{text}”，按 {year} 年处理。"),
        format!("The year has two digits, {text}; it is read as {year}."),
    ));
    Some(year)
}

fn warn_slash(pieces: &mut Pieces, missing: bool) {
    if missing {
        let prefix = &pieces.prefix;
        let fault = Fault::new("standard_slash_missing", format!("应写作 {prefix}。"), format!("It should be written {prefix}."));
        pieces.warnings.push(fault);
    }
}

fn warn_mandatory(pieces: &mut Pieces, mark: &str) {
    if mark.is_empty() {
        pieces.warnings.push(Fault::new(
            "standard_mandatory_mark",
            "编号没有 /T，但只有国家标准可以是强制性标准（标准化法第二条）。",
            "The number has no /T, but only national standards may be mandatory (Standardization Law 2).",
        ));
    }
}
