//! Compares a query with a name. Not here: the reasons as text, `match_reason`; two enterprises that differ in one telling character never reach [`ACCEPTED`].

use crate::{
    match_reason::rules::How,
    name_part::rules::{Parts, form_sounds, parts, place_sounds, sounds},
    script::rules::{blurred, folded, initials, typed},
};

/// From here on a name is the one that was meant, as far as a name alone can tell.
pub const ACCEPTED: u16 = 850;
/// The best that is left where something telling differs.
const TELLING: u16 = 840;

/// How alike they are and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// 0 to 1000.
    pub score: u16,
    /// Why, the weightiest first.
    pub how: Vec<How>,
}

/// What is asked for, taken apart once.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its parts.
    pub parts: Parts,
    /// How its stem sounds.
    sounds: Vec<String>,
    /// The same letters as the sound of a name, with and without place and legal form, where it is typed in letters.
    pub typed: Vec<String>,
    /// The same as initials, without the legal form.
    pub short: Vec<String>,
}

/// Reads what is asked for.
#[must_use]
pub fn query(text: &str) -> Query {
    let parts = parts(text);
    let sounds = sounds(&parts.stem());
    let (mut heard, mut short) = (Vec::new(), Vec::new());
    if let Some(letters) = typed(text) {
        short.push(letters.clone());
        heard.push(letters.clone());
        for form in form_sounds().iter() {
            heard.extend(letters.strip_suffix(form.concat().as_str()).filter(|left| left.len() >= 2).map(str::to_owned));
            short.extend(letters.strip_suffix(initials(form).as_str()).filter(|left| left.len() >= 3).map(str::to_owned));
        }
        let without_place: Vec<String> = heard.iter().flat_map(|letters| place_sounds(letters)).collect();
        heard.extend(without_place);
        for list in [&mut heard, &mut short] {
            list.sort();
            list.dedup();
        }
    }
    Query { parts, sounds, typed: heard, short }
}

/// How alike a query and a name are; none where they have nothing in common.
#[must_use]
pub fn compare(query: &Query, name: &str) -> Option<Likeness> {
    compare_parts(query, &parts(name))
}

/// The same with a name that is taken apart already.
#[must_use]
pub fn compare_parts(query: &Query, name: &Parts) -> Option<Likeness> {
    if query.parts.full == name.full && !name.full.is_empty() {
        return Some(Likeness { score: 1000, how: vec![How::SameName] });
    }
    match (query.parts.chinese, name.chinese) {
        (true, true) => chinese(query, name),
        (false, true) => sounded(query, name),
        (false, false) => latin(&query.parts, name),
        (true, false) => None,
    }
}

/// How alike two cores or stems are.
fn likeness(one: &str, other: &str, one_sounds: &[String]) -> Option<(u16, How)> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    if one == other {
        return Some((1000, How::SameCore));
    }
    if one_sounds == sounds(other).as_slice() {
        return Some((780, How::SameSound));
    }
    let long = |text: &str| text.chars().count() >= 2;
    if long(one) && other.starts_with(one) {
        return Some((770, How::Begins));
    }
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // Of two characters one is half of the name: too little to go by.
    let enough = a.len().min(b.len()) >= 2 && a.len().max(b.len()) >= 3;
    match edit(&a, &b).filter(|_| enough) {
        Some(Edit::Missing) => return Some((750, How::OneMissing)),
        Some(Edit::Extra) => return Some((740, How::OneExtra)),
        Some(Edit::Swapped) => return Some((760, How::TwoSwapped)),
        Some(Edit::Differs) => return Some((700, How::OneDiffers)),
        None => {}
    }
    if long(one) && other.contains(one) {
        return Some((720, How::PartOfName));
    }
    if long(other) && one.contains(other) {
        return Some((650, How::NameWithin));
    }
    // Two slips: one of the same sound, and one more.
    let (c, d) = (one_sounds, sounds(other));
    (c.len().min(d.len()) >= 4 && edit(c, &d).is_some()).then_some((600, How::NearSound))
}

fn chinese(query: &Query, name: &Parts) -> Option<Likeness> {
    let asked = &query.parts;
    let (asked_stem, stem) = (asked.stem(), name.stem());
    // `电器（深圳）` asks for the place: the word of a trade tells nobody apart.
    if asked.ordinary() && !asked.places.is_empty() && !asked.near(name) {
        return None;
    }
    let core_sounds = sounds(&asked.core);
    let core = likeness(&asked.core, &name.core, &core_sounds).map(|(score, how)| (score, how, trades(asked, name)));
    // What one takes for a trade may be part of what tells the other apart, so the stems are compared as well.
    let whole = likeness(&asked_stem, &stem, &query.sounds).map(|(score, how)| (score, how, (1000, None)));
    let rank = |found: &(u16, How, (u16, Option<How>))| (u32::from(found.0) * 7).saturating_add(u32::from(found.2.0));
    let (score, how, (trade, trade_how)) = [core, whole].into_iter().flatten().max_by_key(rank)?;
    let mut reasons = vec![how];
    let mut telling = how != How::SameCore;
    reasons.extend(trade_how);
    telling |= trade_how == Some(How::TradeDiffers);
    let place = match (asked.places.is_empty(), name.places.is_empty()) {
        (true, true) => 1000,
        (true, false) | (false, true) => {
            reasons.push(How::PlaceUnsaid);
            850
        }
        (false, false) if asked.near(name) => 1000,
        (false, false) => {
            reasons.push(How::PlaceDiffers);
            telling = true;
            300
        }
    };
    let form = if asked.form == name.form {
        1000
    } else if asked.form.is_empty() || name.form.is_empty() {
        reasons.push(How::FormUnsaid);
        900
    } else {
        reasons.push(How::FormDiffers);
        600
    };
    if asked.branch != name.branch {
        reasons.push(How::BranchDiffers);
        telling = true;
    }
    let sum = u32::from(score) * 700 + u32::from(trade) * 150 + place * 100 + form * 50;
    let score = u16::try_from(sum / 1000).unwrap_or(1000);
    // Only the very same name is worth everything.
    Some(Likeness { score: score.min(if telling { TELLING } else { 990 }), how: reasons })
}

fn trades(asked: &Parts, name: &Parts) -> (u16, Option<How>) {
    let (one, other) = (asked.trades.concat(), name.trades.concat());
    if one == other {
        (1000, None)
    } else if one.is_empty() || other.is_empty() {
        (800, Some(How::TradeUnsaid))
    } else if one.contains(&other) || other.contains(&one) {
        (700, Some(How::TradeShorter))
    } else {
        (200, Some(How::TradeDiffers))
    }
}

/// What was typed in letters, as the sound or the initials of a Chinese name.
fn sounded(query: &Query, name: &Parts) -> Option<Likeness> {
    let trade: Vec<String> = sounds(&name.trades.concat());
    let core = sounds(&name.core);
    let stem: Vec<String> = core.iter().chain(&trade).cloned().collect();
    let full = sounds(&name.full);
    let placed: Vec<String> = sounds(&name.places.concat()).into_iter().chain(stem.iter().cloned()).collect();
    let same = |sounds: &[String]| query.typed.iter().any(|typed| *typed == sounds.concat());
    let near = |sounds: &[String]| query.typed.iter().any(|typed| blurred(typed) == blurred(&sounds.concat()));
    let short = |sounds: &[String]| sounds.len() >= 2 && query.short.iter().any(|typed| *typed == initials(sounds));
    let begins = || query.typed.iter().any(|typed| typed.len() >= 4 && stem.concat().starts_with(typed.as_str()));
    let slip = || {
        let whole: Vec<char> = stem.concat().chars().collect();
        query.typed.iter().any(|typed| typed.len() >= 6 && edit(&typed.chars().collect::<Vec<_>>(), &whole).is_some())
    };
    let inside = || query.typed.iter().any(|typed| typed.len() >= 4 && full.concat().contains(typed.as_str()));
    let (score, how) = if same(&stem) || same(&full) || same(&placed) {
        // So many syllables are hardly the same by chance.
        (if stem.len() >= 4 { 900 } else { 830 }, vec![How::Pinyin])
    } else if same(&core) {
        (820, vec![How::Pinyin, How::TradeUnsaid])
    } else if near(&stem) || near(&full) || near(&placed) || near(&core) {
        (780, vec![How::NearSound])
    } else if short(&stem) || short(&placed) || short(&full) {
        (770, vec![How::Initials])
    } else if short(&core) {
        (740, vec![How::Initials, How::TradeUnsaid])
    } else if begins() {
        (730, vec![How::Pinyin, How::Begins])
    } else if slip() {
        (720, vec![How::Pinyin, How::OneDiffers])
    } else if inside() {
        (650, vec![How::Pinyin, How::PartOfName])
    } else {
        return None;
    };
    Some(Likeness { score, how })
}

fn latin(asked: &Parts, name: &Parts) -> Option<Likeness> {
    let unsaid = asked.form.is_empty() || name.form.is_empty();
    if asked.core == name.core {
        let (score, how) = if asked.form == name.form {
            (990, vec![How::SameCore])
        } else if unsaid {
            (950, vec![How::SameCore, How::FormUnsaid])
        } else {
            // Another legal form is another legal entity.
            (TELLING, vec![How::SameCore, How::FormDiffers])
        };
        return Some(Likeness { score, how });
    }
    let (one, other) = (asked.telling(), name.telling());
    let mut left: Vec<&str> = other.clone();
    let (mut same, mut slips, mut begun, mut lost) = (0_usize, 0_usize, 0_usize, 0_usize);
    for word in &one {
        let letters: Vec<char> = word.chars().collect();
        let near = |known: &&str| letters.len() >= 5 && edit(&letters, &known.chars().collect::<Vec<_>>()).is_some();
        let place = left.iter().position(|known| known == word).map(|at| (at, &mut same));
        let place = place.or_else(|| left.iter().position(near).map(|at| (at, &mut slips)));
        let place =
            place.or_else(|| left.iter().position(|known| letters.len() >= 3 && known.starts_with(word)).map(|at| (at, &mut begun)));
        match place {
            Some((at, count)) => {
                *count = count.saturating_add(1);
                left.swap_remove(at);
            }
            None => lost = lost.saturating_add(1),
        }
    }
    let found = same.saturating_add(slips).saturating_add(begun);
    let (score, how) = match (lost, left.len(), slips, begun) {
        _ if found == 0 => return None,
        // `Systems` and `Industries` are ordinary words, and still tell two enterprises of one group apart.
        (0, 0, 0, 0) if both_say_more(asked, name) => (800, vec![How::SameWords, How::WordDiffers]),
        (0, 0, 0, 0) if one == other => (880, vec![How::SameWords]),
        (0, 0, 0, 0) => (840, vec![How::SameWords, How::OtherOrder]),
        (0, 0, 1, 0) if same >= 1 || asked.core.chars().count() >= 8 => (860, vec![How::WordDiffers]),
        (0, 0, _, 0) => (800, vec![How::WordDiffers]),
        (0, _, 0, 0) => (760, vec![How::SameWords, How::PartOfName]),
        (0, ..) => (700, vec![How::Begins, How::PartOfName]),
        (1, 1, 0, 0) if same >= 2 => (700, vec![How::SameWords, How::WordDiffers]),
        _ if same.saturating_mul(2) >= one.len().min(other.len()) => (600, vec![How::SameWords, How::WordDiffers]),
        _ => return None,
    };
    Some(Likeness { score, how })
}

fn both_say_more(one: &Parts, other: &Parts) -> bool {
    let more = |one: &Parts, other: &Parts| one.words.iter().any(|word| !other.words.contains(word));
    more(one, other) && more(other, one)
}

/// The one slip between two sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    /// The first lacks one.
    Missing,
    /// The first has one more.
    Extra,
    /// One differs.
    Differs,
    /// Two neighbours changed places.
    Swapped,
}

fn edit<T: PartialEq>(one: &[T], other: &[T]) -> Option<Edit> {
    let head = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(head..)?, other.get(head..)?);
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(..one.len().checked_sub(tail)?)?, other.get(..other.len().checked_sub(tail)?)?);
    match (one, other) {
        ([], [_]) => Some(Edit::Missing),
        ([_], []) => Some(Edit::Extra),
        ([_], [_]) => Some(Edit::Differs),
        ([a, b], [c, d]) if a == d && b == c => Some(Edit::Swapped),
        _ => None,
    }
}

/// Whether two names are one and the same as registered: only script, width, case and punctuation may differ.
#[must_use]
pub fn same_registered_name(one: &str, other: &str) -> bool {
    let one = folded(one);
    !one.is_empty() && one == folded(other)
}
