//! Hits and their order. Not here: how alike two names are, `matching`.

use std::collections::BTreeMap;

use model::normalise::compact;

use crate::match_reason::rules::How;

/// Aliases named for one hit.
const NAMED: usize = 5;
/// The best that a part of a code gives.
const PART_MOST: u16 = 840;

/// An alias that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The name or the code.
    pub name: String,
    /// `current`, `former`, `short`, `english`, `code`; `absorbed` for a name of an enterprise that went into this one.
    pub kind: String,
    /// 0 to 1000.
    pub score: u16,
    /// Why.
    pub how: Vec<How>,
}

/// Someone who may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The code.
    pub code: String,
    /// That of the best alias.
    pub score: u16,
    /// The aliases that matched, the best first.
    pub matched: Vec<Matched>,
}

/// Candidates that share pieces of a name: those that share most of them.
const BY_PIECES: usize = 120;

/// Those who share most pieces, with how many.
pub fn most_shared(shared: BTreeMap<String, usize>) -> impl Iterator<Item = String> {
    let mut shared: Vec<(String, usize)> = shared.into_iter().collect();
    shared.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    shared.into_iter().take(BY_PIECES).map(|(subject, _)| subject)
}

/// The hits from the aliases of each candidate, the best first and then by code.
#[must_use]
pub fn ranked(found: BTreeMap<String, Vec<Matched>>) -> Vec<Hit> {
    let hits = found.into_iter().filter_map(|(code, mut matched)| {
        matched.sort_by(|one, other| other.score.cmp(&one.score).then_with(|| one.name.cmp(&other.name)));
        matched.dedup_by(|one, other| one.name == other.name);
        matched.truncate(NAMED);
        matched.first().map(|best| best.score).map(|score| Hit { code, score, matched })
    });
    let mut hits: Vec<Hit> = hits.collect();
    hits.sort_by(|one, other| other.score.cmp(&one.score).then_with(|| one.code.cmp(&other.code)));
    hits
}

/// What could be a part of a code: at least four characters of its alphabet.
#[must_use]
pub fn code_part(text: &str) -> Option<String> {
    let part = compact(text);
    let fits = |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !b"IOSVZ".contains(&byte));
    ((4..=20).contains(&part.len()) && part.bytes().all(fits)).then_some(part)
}

/// How well a code fits the part that was asked for.
#[must_use]
pub fn by_code(code: &str, part: &str) -> Option<Matched> {
    let (score, how) = if code == part {
        (1000, How::SameCode)
    } else if code.contains(part) {
        let longer = u16::try_from(part.len()).unwrap_or(0).saturating_mul(12);
        (longer.saturating_add(650).min(PART_MOST), How::PartOfCode)
    } else {
        return None;
    };
    Some(Matched { name: code.to_owned(), kind: "code".to_owned(), score, how: vec![how] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_codes() {
        for (text, expected) in [
            ("９１４４０４００", Some("91440400")),
            ("ma5f-2x 1", Some("MA5F2X1")),
            ("123", None),
            ("gelidianqi", None),
            ("格力1234", None),
            ("914404001000000590", Some("914404001000000590")),
        ] {
            assert_eq!(code_part(text).as_deref(), expected, "{text}");
        }
        assert_eq!(by_code("914404001000000590", "914404001000000590").unwrap().score, 1000);
        assert!(by_code("914404001000000590", "0000059").unwrap().score < 850, "a part is never the whole");
        assert_eq!(by_code("914404001000000590", "9999"), None);
    }
}
