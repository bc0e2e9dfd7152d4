//! Finding discriminatory terms in what a tender says. The words are dated policy; they find what shows in the text, no more. Not here: what a tender
//! consists of and when it is looked at (`tender`).

use std::sync::LazyLock;

use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    normalise::half_width,
    policy::Policy,
};
use serde::Deserialize;

/// The practices of Art 20, by the number of its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// (1) Suppliers are told different things.
    UnequalInformation,
    /// (2) A condition that has nothing to do with the contract.
    UnrelatedCondition,
    /// (3) A requirement that only one supplier or product fits.
    DirectedAtOne,
    /// (4) Works or awards of one region or trade count.
    RegionalMerit,
    /// (5) Suppliers are judged by different standards.
    UnequalStandard,
    /// (6) A patent, trademark or brand is demanded.
    Brand,
    /// (7) Ownership, legal form or place of the supplier is demanded.
    OwnershipOrLocation,
    /// (8) Another unreasonable condition: the size of the supplier.
    Scale,
}

/// A practice and how it shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// Which.
    pub kind: Kind,
    /// Where it is forbidden, in the words of the law.
    pub source: String,
    /// Chinese words; `…` stands for anything within the sentence.
    pub zh: Vec<String>,
    /// English words, found as whole words.
    pub en: Vec<String>,
    /// Words that make the same clause harmless.
    pub unless: Vec<String>,
    /// Beginnings of criterion types of the European Single Procurement Document.
    pub espd: Vec<String>,
    /// Scalars that a condition may not name.
    pub scalars: Vec<String>,
}

/// The table that is built in; a test proves that it can be read.
pub static PRACTICES: LazyLock<Result<Policy<Vec<Practice>>, Fault>> =
    LazyLock::new(|| Policy::from_json(include_str!("../../policy/discrimination.json")));

/// Something that a tender says, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// A text for people.
    Text(&'a str),
    /// The type of a criterion, in the words of the European Single Procurement Document.
    Espd(&'a str),
    /// The expression of a condition.
    Expression(&'a str),
}

/// What is forbidden of what a tender says, as the law stands on a day; each practice once for a place.
///
/// # Errors
/// When the policy cannot be read; a test proves that it can.
pub fn find(said: &[(String, Said<'_>)], on: Day) -> Result<Vec<FieldFault>, Fault> {
    let policy = PRACTICES.as_ref().map_err(Fault::clone)?;
    let Some(row) = policy.at(on) else { return Ok(Vec::new()) };
    let mut faults = Vec::new();
    for (pointer, said) in said {
        for practice in &row.value {
            if let Some(shown) = practice.shows_in(*said) {
                faults.push(refused(practice, pointer, &shown));
            }
        }
    }
    Ok(faults)
}

impl Practice {
    /// By what the practice shows, if it does.
    fn shows_in(&self, said: Said<'_>) -> Option<String> {
        match said {
            Said::Espd(code) => self.espd.iter().any(|start| begins(code, start)).then(|| code.to_owned()),
            Said::Expression(source) => self.scalars.iter().find(|name| has_word(&plain(source), name)).cloned(),
            Said::Text(text) => {
                text.split(['。', '；', ';', '！', '!', '？', '?', '\n']).find_map(|sentence| self.shows_in_sentence(sentence))
            }
        }
    }

    fn shows_in_sentence(&self, sentence: &str) -> Option<String> {
        let plain = plain(sentence);
        let dense: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
        let zh = self.zh.iter().find(|word| self.stands(&dense, word, |text, part| text.find(part)));
        zh.or_else(|| self.en.iter().find(|word| self.stands(&plain, word, word_at))).cloned()
    }

    /// Whether a pattern stands in a sentence, in a clause that nothing makes harmless.
    fn stands(&self, sentence: &str, pattern: &str, place: fn(&str, &str) -> Option<usize>) -> bool {
        let mut from = 0;
        while let Some((start, end)) = sentence.get(from..).and_then(|rest| span(rest, pattern, place)) {
            let (start, end) = (from.saturating_add(start), from.saturating_add(end));
            let clause = clause(sentence, start, end);
            if !self.unless.iter().any(|word| clause.contains(plain(word).as_str())) {
                return true;
            }
            from = end;
        }
        false
    }
}

/// Where a pattern begins and ends: its parts in their order.
fn span(text: &str, pattern: &str, place: fn(&str, &str) -> Option<usize>) -> Option<(usize, usize)> {
    let (mut first, mut end) = (None, 0_usize);
    for part in pattern.split('…') {
        let start = end.saturating_add(place(text.get(end..)?, part)?);
        first = first.or(Some(start));
        end = start.saturating_add(part.len());
    }
    first.map(|first| (first, end))
}

/// The clauses that a stretch lies in, from comma to comma; "or equivalent" behind a comma belongs to what it follows.
fn clause(sentence: &str, start: usize, end: usize) -> &str {
    let is_comma = |c: char| matches!(c, ',' | '，');
    let from = sentence.get(..start).and_then(|before| before.rfind(is_comma)).unwrap_or(0);
    let mut to = end;
    while let Some(after) = sentence.get(to..) {
        let Some(found) = after.find(is_comma) else {
            to = sentence.len();
            break;
        };
        to = to.saturating_add(found);
        let next = after.get(found..).unwrap_or_default().trim_start_matches(|c| is_comma(c) || c == ' ');
        if !next.starts_with('或') && !next.starts_with("or ") {
            break;
        }
        to = sentence.len().saturating_sub(next.len());
    }
    sentence.get(from..to).unwrap_or(sentence)
}

/// Where a word stands that is not a part of another.
fn word_at(text: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).find_map(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at.saturating_add(found.len())..).and_then(|after| after.chars().next());
        (!before.is_some_and(is_part) && !after.is_some_and(is_part)).then_some(at)
    })
}

fn has_word(text: &str, word: &str) -> bool {
    word_at(text, word).is_some()
}

/// Whether a dotted code is the other one or lies below it.
fn begins(code: &str, start: &str) -> bool {
    code.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Half width, lower case, single blanks.
fn plain(text: &str) -> String {
    let folded: String = text.chars().map(half_width).flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(practice: &Practice, pointer: &str, shown: &str) -> FieldFault {
    let zh = format!("出现“{shown}”。{}。", practice.source);
    let of = |what: &str| format!("It says \"{shown}\": {what} (Procurement Regulation Art 20).");
    let fault = match practice.kind {
        Kind::UnequalInformation => Fault::new("discrimination_information", zh, of("suppliers may not be told different things")),
        Kind::UnrelatedCondition => Fault::new("discrimination_unrelated", zh, of("a condition may not be unrelated to the contract")),
        Kind::DirectedAtOne => Fault::new("discrimination_directed", zh, of("requirements may not point to one supplier or product")),
        Kind::RegionalMerit => Fault::new("discrimination_regional_merit", zh, of("works and awards of one region or trade may not count")),
        Kind::UnequalStandard => Fault::new("discrimination_standard", zh, of("suppliers may not be judged by different standards")),
        Kind::Brand => Fault::new("discrimination_brand", zh, of("no patent, trademark or brand may be demanded")),
        Kind::OwnershipOrLocation => {
            Fault::new("discrimination_ownership_or_location", zh, of("ownership, legal form and place may not be demanded"))
        }
        Kind::Scale => Fault::new("discrimination_scale", zh, of("the size of a supplier may not be demanded")),
    };
    FieldFault::of(pointer, fault)
}
