//! Which keys a name has, and which keys a query asks for. Not here: the rows, `store.rs`.

use std::{collections::BTreeSet, sync::LazyLock};

use pinyin::ToPinyin;

use crate::{
    matching::rules::Query,
    name_part::rules::{Parts, parts, sounds},
    script::rules::{blurred, initials},
};

/// Longer names are told apart by their beginnings.
const UNITS: usize = 10;
const WORDS: usize = 6;
const KEY_MAX: usize = 60;
/// Pieces of a code are so long.
const PIECE: usize = 4;

/// The keys that a query asks for, the surest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whole names and cores.
    pub exact: Vec<String>,
    /// Sounds and initials.
    pub sounds: Vec<String>,
    /// Pairs of syllables, words: the more of them are shared the better.
    pub pieces: Vec<String>,
}

fn key(kind: char, text: &str) -> String {
    std::iter::once(kind).chain(text.chars().take(KEY_MAX)).collect()
}

/// The keys of a name, each once.
#[must_use]
pub fn of_name(name: &str) -> Vec<String> {
    let parts = parts(name);
    let mut keys = BTreeSet::from([key('f', &parts.full), key('s', &parts.core)]);
    if parts.chinese {
        let core = sounds(&parts.core);
        let stem = sounds(&parts.stem());
        keys.insert(key('p', &blurred(&core.concat())));
        keys.insert(key('p', &blurred(&stem.concat())));
        if stem.len() >= 2 {
            keys.insert(key('i', &initials(&stem)));
        }
        keys.extend(pairs_of(&parts));
    } else {
        keys.extend(of_words(&parts));
    }
    keys.into_iter().filter(|key| key.len() > 1).collect()
}

/// Neighbours, and neighbours but one, in the core and the first syllable after it; in the words of the trade only within each word, since what stands
/// in thousands of names finds nothing.
fn pairs_of(parts: &Parts) -> Vec<String> {
    let mut units: Vec<String> = sounds(&parts.core).into_iter().take(UNITS).collect();
    let trades: Vec<Vec<String>> = parts.trades.iter().map(|trade| sounds(trade)).collect();
    units.extend(trades.first().and_then(|trade| trade.first()).cloned());
    let mut keys = pairs(&units, true);
    for trade in &trades {
        keys.extend(pairs(trade, false));
    }
    keys
}

fn pairs(units: &[String], skipping: bool) -> Vec<String> {
    let pair = |one: &String, other: &String| key('g', &format!("{one}.{other}"));
    let near = units.iter().zip(units.iter().skip(1)).map(|(one, other)| pair(one, other));
    let far = units.iter().zip(units.iter().skip(2)).filter(|_| skipping).map(|(one, other)| pair(one, other));
    near.chain(far).collect()
}

/// Words, and the first and last letters, so that a slip in one half leaves the other.
fn of_words(parts: &Parts) -> Vec<String> {
    let mut keys: Vec<String> = parts.telling().into_iter().take(WORDS).map(|word| key('w', word)).collect();
    let letters: Vec<char> = parts.core.chars().collect();
    if letters.len() >= 6 {
        keys.push(key('h', &letters.iter().take(4).collect::<String>()));
        keys.push(key('t', &letters.iter().skip(letters.len().saturating_sub(4)).collect::<String>()));
    }
    keys
}

/// The keys of a code: pieces of its second half, which tells it apart. A part of five characters holds at least one of them.
#[must_use]
pub fn of_code(code: &str) -> Vec<String> {
    pieces(code.get(8..).unwrap_or_default()).into_iter().step_by(2).collect()
}

/// The keys that a part of a code asks for.
#[must_use]
pub fn part_of_code(part: &str) -> Vec<String> {
    pieces(part)
}

fn pieces(text: &str) -> Vec<String> {
    (0..=text.len().saturating_sub(PIECE)).filter_map(|at| text.get(at..at.saturating_add(PIECE))).map(|piece| key('c', piece)).collect()
}

/// The keys that a query asks for.
#[must_use]
pub fn wanted(query: &Query) -> Wanted {
    let mut wanted = Wanted::default();
    let parts = &query.parts;
    wanted.exact.extend([key('f', &parts.full), key('s', &parts.core), key('s', &parts.stem())]);
    if parts.chinese {
        let stem = sounds(&parts.stem());
        wanted.sounds.extend([key('p', &blurred(&stem.concat())), key('p', &blurred(&sounds(&parts.core).concat()))]);
        wanted.pieces = pairs(&stem, true);
    } else {
        for typed in &query.typed {
            wanted.sounds.push(key('p', &blurred(typed)));
            wanted.pieces.extend(syllables_of(typed).map(|units| pairs(&units, true)).unwrap_or_default());
        }
        wanted.sounds.extend(query.short.iter().map(|short| key('i', short)));
        wanted.pieces.extend(of_words(parts));
    }
    for keys in [&mut wanted.exact, &mut wanted.sounds, &mut wanted.pieces] {
        keys.retain(|key| key.len() > 1);
        let mut seen = BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        keys.truncate(24);
    }
    wanted
}

static SYLLABLES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    ('\u{4E00}'..='\u{9FA5}').filter_map(|c| c.to_pinyin()).map(|sound| sound.plain()).filter(|sound| sound.is_ascii()).collect()
});

/// Letters that run together as syllables, the longest first; none where they are none.
fn syllables_of(typed: &str) -> Option<Vec<String>> {
    // From the back: the syllables of what follows each place, where there are any.
    let mut ways: Vec<Option<Vec<String>>> = vec![None; typed.len()];
    ways.push(Some(Vec::new()));
    for start in (0..typed.len().min(64)).rev() {
        let found = (1..=6).rev().find_map(|length| {
            let syllable = typed.get(start..start.saturating_add(length))?;
            let rest = ways.get(start.saturating_add(length))?.as_ref().filter(|_| SYLLABLES.contains(syllable))?;
            Some(std::iter::once(syllable.to_owned()).chain(rest.iter().cloned()).collect::<Vec<_>>())
        });
        if let Some(way) = ways.get_mut(start) {
            *way = found;
        }
    }
    ways.into_iter().next().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::rules::query;

    #[test]
    fn what_is_asked_shares_keys_with_what_is_kept() {
        let kept: BTreeSet<String> = of_name("珠海优晶电子科技有限公司").into_iter().collect();
        for (asked, kind) in [
            ("珠海優晶電子科技有限公司", "f"),
            ("优晶", "s"),
            ("youjing", "p"),
            ("yōujīng diànzǐ kējì", "p"),
            ("优精电子科技", "p"),
            ("yjdzkj", "i"),
            ("yjdzkjyxgs", "i"),
            ("优电子科技", "g"),
            ("优品电子科技", "g"),
            ("晶电", "g"),
            ("zhuhaiyoujing", "p"),
            ("youjingdian", "g"),
        ] {
            let wanted = wanted(&query(asked));
            let all = wanted.exact.iter().chain(&wanted.sounds).chain(&wanted.pieces);
            assert!(all.into_iter().any(|key| key.starts_with(kind) && kept.contains(key)), "{asked}: {wanted:?} in {kept:?}");
        }
        assert!(kept.len() <= 14, "{kept:?}");
    }

    #[test]
    fn a_part_of_a_code_shares_a_piece() {
        let code = "914404001000000590";
        let kept = of_code(code);
        assert_eq!(kept.len(), 4);
        for start in 8..=13 {
            let part = &code[start..start + 5];
            assert!(part_of_code(part).iter().any(|piece| kept.contains(piece)), "{part}");
        }
    }

    #[test]
    fn letters_that_run_together() {
        for (typed, expected) in
            [("gelidianqi", Some("ge li dian qi")), ("xian", Some("xian")), ("fangan", Some("fang an")), ("gldq", None), ("", Some(""))]
        {
            assert_eq!(syllables_of(typed).map(|units| units.join(" ")).as_deref(), expected, "{typed}");
        }
    }
}
