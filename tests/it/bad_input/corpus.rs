//! The shared collections of bad input, and what the model says of each string. Not here: where they are sent.

use std::path::Path;

use model::{
    division::Division,
    instant::{Instant, parse_day},
    money::{Currency, Money},
    normalise::line,
    standard_no::StandardNo,
    uscc::Uscc,
};

use super::case::Rule;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/text"))
}

/// The strings that have broken software before.
pub(super) fn naughty() -> Vec<String> {
    let text = std::fs::read_to_string(folder().join("naughty_strings.json")).unwrap();
    let strings: Vec<String> = serde_json::from_str(&text).unwrap();
    assert_eq!(strings.len(), 515, "the whole collection");
    strings
}

/// Single texts by name: `y_` is JSON, `n_` is none.
pub(super) fn texts() -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder().join("json_parsing")).unwrap();
    let mut texts: Vec<_> = files
        .map(|file| {
            let path = file.unwrap().path();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())
        })
        .collect();
    texts.sort();
    assert_eq!(texts.len(), 132, "the whole collection");
    texts
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    /// A line of text for people, with its longest length.
    Line(usize),
    /// A day.
    Day,
    /// An instant or a day.
    Instant,
    /// A Unified Social Credit Code.
    Uscc,
    /// A division.
    Division,
    /// An industry.
    Industry,
    /// An amount of money.
    Amount,
    /// A currency.
    Currency,
    /// A standard's number.
    Standard,
    /// One of a few words, an id, a signature: no string of the collection is one.
    Word,
}

impl Takes {
    /// What must become of this string; `at` is where an answer shows it.
    pub(super) fn rule(self, text: &str, at: &str) -> Rule {
        let reads = match self {
            Self::Line(most) => {
                return match line(text, most) {
                    Ok(kept) => Rule::Kept { at: at.to_owned(), text: kept },
                    Err(fault) => Rule::Refused(Some(fault.code)),
                };
            }
            Self::Day => parse_day(text).is_ok(),
            Self::Instant => Instant::parse_or_day_end(text).is_ok(),
            Self::Uscc => Uscc::parse(text).is_ok(),
            Self::Division => Division::parse(text).is_ok(),
            Self::Industry => {
                let mut bytes = text.bytes();
                bytes.next().is_some_and(|byte| (b'A'..=b'T').contains(&byte))
                    && (3..=5).contains(&text.len())
                    && bytes.all(|byte| byte.is_ascii_digit())
            }
            Self::Amount => Currency::parse("CNY").and_then(|currency| Money::parse(text, currency)).is_ok(),
            Self::Currency => Currency::parse(text).is_ok(),
            Self::Standard => StandardNo::parse(text).is_ok(),
            Self::Word => false,
        };
        if reads { Rule::Either } else { Rule::Refused(None) }
    }
}
