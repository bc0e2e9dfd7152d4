//! The grammar of numbers from outside of China: ISO and IEC, EN, and the chains of prefixes that adoption makes.

use super::{Level, Pieces, StandardNo, digits, full_year, take_while};
use crate::fault::Fault;

/// Makers, with the level of a number that begins with them.
const MAKERS: &[(&str, Level)] = &[
    ("ISO", Level::International),
    ("IEC", Level::International),
    ("EN", Level::Regional),
    ("CEN", Level::Regional),
    ("CENELEC", Level::Regional),
    ("CLC", Level::Regional),
    ("IEEE", Level::Foreign),
    ("BS", Level::Foreign),
    ("DIN", Level::Foreign),
    ("NEN", Level::Foreign),
    ("NF", Level::Foreign),
    ("UNE", Level::Foreign),
    ("UNI", Level::Foreign),
];

/// Kinds of deliverable, folded and canonical; then the stages of what is not published yet (ISO/IEC Directives, part 1).
const KINDS: &[(&str, &str)] = &[
    ("TS", "TS"),
    ("TR", "TR"),
    ("PAS", "PAS"),
    ("GUIDE", "Guide"),
    // A Recommendation, what standards were called until 1972.
    ("R", "R"),
    ("PWI", "PWI"),
    ("NP", "NP"),
    ("AWI", "AWI"),
    ("WD", "WD"),
    ("CD", "CD"),
    ("DIS", "DIS"),
    ("FDIS", "FDIS"),
    ("PRF", "PRF"),
    ("DTS", "DTS"),
    ("DTR", "DTR"),
    ("DPAS", "DPAS"),
    ("FDTS", "FDTS"),
    ("FDTR", "FDTR"),
];

/// The kinds that stand before another one: `CD TS`.
const DRAFTS: [&str; 6] = ["PWI", "NP", "AWI", "WD", "CD", "PRF"];

/// The level of a maker.
fn maker(word: &str) -> Option<Level> {
    MAKERS.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
}

/// Whether a folded text begins with one of the makers.
pub(super) fn is_prefix(folded: &str) -> bool {
    maker(take_while(folded, |c| c.is_ascii_uppercase()).0).is_some()
}

/// Reads a folded text.
pub(super) fn read(folded: &str) -> Option<StandardNo> {
    let mut pieces = Pieces::default();
    let (mut level, mut last, mut kind, mut rest) = (None, "", String::new(), folded);
    loop {
        let (word, after) = take_while(rest, |c| c.is_ascii_uppercase());
        if word.is_empty() {
            break;
        }
        if let Some(found) = maker(word).filter(|_| kind.is_empty()) {
            // Joint makers are joined by a slash, adopters by a blank.
            let joint = matches!((last, word), ("ISO", "IEC" | "IEEE") | ("IEC", "ISO" | "IEEE") | ("CEN", "CLC" | "CENELEC"));
            let between = if last.is_empty() {
                ""
            } else if joint {
                "/"
            } else {
                " "
            };
            pieces.body = format!("{}{between}{word}", pieces.body);
            level = level.or(Some(found));
            last = word;
        } else {
            let found = KINDS.iter().find(|(written, _)| *written == word)?.1;
            kind = match kind.as_str() {
                "" => found.to_owned(),
                draft if DRAFTS.contains(&draft) && !DRAFTS.contains(&found) => format!("{draft} {found}"),
                _ => return None,
            };
        }
        rest = after.strip_prefix([' ', '/']).unwrap_or(after);
    }
    // ISO/TS and CEN/TR, but ISO/IEC TS, IEC TS and any Guide.
    let between = if matches!(pieces.body.as_str(), "ISO" | "CEN") && kind != "Guide" { "/" } else { " " };
    pieces.prefix = if kind.is_empty() { pieces.body.clone() } else { format!("{}{between}{kind}", pieces.body) };
    let rest = number(&mut pieces, rest)?;
    // A draft that went to the ballot more than once: `ISO/CD 9001.2`.
    let is_draft = kind.split(' ').any(|word| DRAFTS.contains(&word) || word == "DIS");
    let rest = match rest.strip_prefix('.').filter(|_| is_draft && pieces.parts.is_empty()) {
        Some(after) => {
            let (ballot, rest) = digits(after, 1..=2)?;
            pieces.number = format!("{}.{ballot}", pieces.number);
            rest
        }
        None => rest,
    };
    amendments(&mut pieces, rest)?;
    Some(StandardNo::build(level?, pieces, '-', ':'))
}

/// Number, parts and year; gives what follows.
fn number<'a>(pieces: &mut Pieces, text: &'a str) -> Option<&'a str> {
    let (number, mut rest) = digits(text, 1..=6)?;
    pieces.number = number.to_owned();
    while let Some(after) = rest.strip_prefix('-') {
        let (part, left) = take_while(after, |c| c.is_ascii_alphanumeric());
        if !(1..=4).contains(&part.len()) {
            return None;
        }
        pieces.parts.push(part.to_owned());
        rest = left;
    }
    if let Some(after) = rest.strip_prefix(':') {
        let (year, left) = digits(after, 4..=4)?;
        pieces.year = Some(full_year(year)?);
        return Some(left);
    }
    // `ISO 9001-2015` is a Chinese habit: no part has four digits that are a year.
    if let Some(year) = pieces.parts.last().and_then(|part| full_year(part)) {
        pieces.parts.pop();
        pieces.year = Some(year);
        pieces.warnings.push(Fault::new(
            "standard_year_dash",
            format!("年份 {year} 前应为冒号。"),
            format!("A colon should stand before the year {year}."),
        ));
    }
    Some(rest)
}

/// `/Amd 1:2018`, `/Cor 1:2010`, `+A1:2018`, `+AC:2009`; nothing else may follow.
fn amendments(pieces: &mut Pieces, text: &str) -> Option<()> {
    let mut rest = text;
    while !rest.is_empty() {
        let (mark, after) = [
            ("/AMD", "/Amd "),
            ("/COR", "/Cor "),
            ("/ADD", "/Add "),
            ("/DAM", "/DAM "),
            ("/FDAM", "/FDAM "),
            ("/CD AMD", "/CD Amd "),
            ("/AWI AMD", "/AWI Amd "),
            ("/PRF AMD", "/PRF Amd "),
            ("+AC", "+AC"),
            ("+A", "+A"),
        ]
        .into_iter()
        .find_map(|(written, mark)| rest.strip_prefix(written).map(|after| (mark, after)))?;
        let widths = if mark == "+AC" { 0..=2 } else { 1..=2 };
        let (sheet, after) = digits(after.strip_prefix(' ').unwrap_or(after), widths)?;
        let mut amendment = format!("{mark}{sheet}");
        rest = after;
        if let Some(dated) = after.strip_prefix(':') {
            let (year, left) = digits(dated, 4..=4)?;
            amendment.push_str(&format!(":{}", full_year(year)?));
            rest = left;
        }
        pieces.amendments.push(amendment);
    }
    Some(())
}
