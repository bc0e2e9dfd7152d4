//! Takes a name apart by the words of `policy/names.json` and the places of GB/T 2260. Not here: how much a part weighs, `matching`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use model::{division, fault::Fault};
use serde::Deserialize;

use crate::script::rules::{folded, is_chinese, simplified, syllables, words};

const SHIPPED: &str = include_str!("../../policy/names.json");

/// The words of names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "evidence")]
    _evidence: String,
    forms: Vec<String>,
    branches: Vec<String>,
    trades: Vec<String>,
    countries: Vec<String>,
    readings: BTreeMap<String, String>,
    forms_latin: Vec<String>,
    generic_latin: Vec<String>,
}

/// The words in the order in which they are tried, and the places.
#[derive(Debug, Default)]
struct Lexicon {
    words: Words,
    readings: Vec<(String, Vec<String>)>,
    forms_latin: Vec<Vec<String>>,
    /// The digits of the divisions that a place name stands for.
    places: BTreeMap<String, Vec<String>>,
}

// Words that cannot be read leave names whole; a test reads them.
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| lexicon().unwrap_or_default());

static FORM_SOUNDS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| LEXICON.words.forms.iter().map(|form| sounds(form)).collect());
static PLACE_SOUNDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| LEXICON.places.keys().map(|place| sounds(place).concat()).collect());

/// The lexicon as shipped.
fn lexicon() -> Result<Lexicon, Fault> {
    let unreadable = |error: serde_json::Error| {
        Fault::new("policy_invalid", "名称词表无法读取。", format!("The words of names cannot be read: {error}."))
    };
    let mut words: Words = serde_json::from_str(SHIPPED).map_err(unreadable)?;
    let longest = |list: &mut Vec<String>| list.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    for list in [&mut words.forms, &mut words.branches, &mut words.trades] {
        longest(list);
    }
    let readings = words.readings.iter().map(|(word, sounds)| (word.clone(), sounds.split(' ').map(str::to_owned).collect())).collect();
    let mut forms_latin: Vec<Vec<String>> = words.forms_latin.iter().map(|form| form.split(' ').map(str::to_owned).collect()).collect();
    forms_latin.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let places = places(&words.countries);
    Ok(Lexicon { words, readings, forms_latin, places })
}

/// Endings of place names. Only provinces and cities are also known without theirs: the short names of many counties are ordinary words.
const ENDINGS: [&str; 8] = ["特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "省", "市"];

fn places(countries: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |name: &str, code: &str| {
        if name.chars().count() >= 2 {
            places.entry(name.to_owned()).or_default().push(code.trim_end_matches("00").to_owned());
        }
    };
    for country in countries {
        add(country, "");
    }
    for entry in division::entries().filter(|entry| entry.code != "100000") {
        add(entry.name, entry.code);
        if entry.code.ends_with("00")
            && let Some(short) = ENDINGS.iter().find_map(|ending| entry.name.strip_suffix(ending))
        {
            add(short, entry.code);
        }
    }
    places
}

/// A name taken apart; every part is folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The whole.
    pub full: String,
    /// Whether it is written in Chinese.
    pub chinese: bool,
    /// The places it begins with or names in brackets.
    pub places: Vec<String>,
    /// What tells it apart.
    pub core: String,
    /// The words of its trade, in their order.
    pub trades: Vec<String>,
    /// Its legal form; empty where none is said.
    pub form: String,
    /// What kind of branch it is; empty where it is none.
    pub branch: String,
    /// The words of a name in another alphabet, without its legal form.
    pub words: Vec<String>,
    /// The places, as the first digits of their divisions.
    divisions: Vec<String>,
}

impl Parts {
    /// Core and trade together.
    #[must_use]
    pub fn stem(&self) -> String {
        format!("{}{}", self.core, self.trades.concat())
    }

    /// Whether what should tell it apart is only the word of a trade.
    #[must_use]
    pub fn ordinary(&self) -> bool {
        LEXICON.words.trades.contains(&self.core)
    }

    /// Whether a place of one lies in a place of the other.
    #[must_use]
    pub fn near(&self, other: &Self) -> bool {
        let inside = |one: &String| other.divisions.iter().any(|two| one.starts_with(two.as_str()) || two.starts_with(one.as_str()));
        self.divisions.iter().any(inside)
    }

    /// The words that tell a name in another alphabet apart; all of them where every word is ordinary.
    #[must_use]
    pub fn telling(&self) -> Vec<&str> {
        let generic = |word: &&str| LEXICON.words.generic_latin.iter().any(|known| known == word);
        let telling: Vec<&str> = self.words.iter().map(String::as_str).filter(|word| !generic(word)).collect();
        if telling.is_empty() { self.words.iter().map(String::as_str).collect() } else { telling }
    }
}

/// How a folded text sounds.
#[must_use]
pub fn sounds(folded: &str) -> Vec<String> {
    syllables(folded, &LEXICON.readings)
}

/// The sounds of the legal forms, which whoever types a name by its sound may type too.
pub fn form_sounds() -> &'static [Vec<String>] {
    &FORM_SOUNDS
}

/// What is left of a name typed by its sound when a place at its beginning is taken away; one place may begin like another.
#[must_use]
pub fn place_sounds(typed: &str) -> Vec<String> {
    let ends = (4..typed.len().min(24)).rev();
    let places =
        ends.filter_map(|end| typed.split_at_checked(end)).filter(|(place, left)| left.len() >= 4 && PLACE_SOUNDS.contains(*place));
    places.map(|(_, left)| left.to_owned()).take(4).collect()
}

/// Takes a name apart.
#[must_use]
pub fn parts(name: &str) -> Parts {
    if name.chars().any(is_chinese) { chinese(name) } else { latin(name) }
}

fn latin(name: &str) -> Parts {
    let all = words(name);
    let mut rest: &[String] = &all;
    let mut form = Vec::new();
    // A form may stand at either end, and more than one after another (`Co., Ltd.`).
    while let Some(found) =
        LEXICON.forms_latin.iter().find(|form| rest.len() > form.len() && (rest.ends_with(form) || rest.starts_with(form)))
    {
        rest = if rest.ends_with(found) {
            rest.get(..rest.len().saturating_sub(found.len())).unwrap_or_default()
        } else {
            rest.get(found.len()..).unwrap_or_default()
        };
        form.extend(found.iter().map(|word| abbreviated(word)));
    }
    form.sort_unstable();
    Parts { full: all.concat(), core: rest.concat(), form: form.concat(), words: rest.to_vec(), ..Parts::default() }
}

/// Words of legal forms that mean the same.
fn abbreviated(word: &str) -> &str {
    match word {
        "limited" => "ltd",
        "company" => "co",
        "corporation" => "corp",
        "incorporated" => "inc",
        "aktiengesellschaft" | "aktiengeselschaft" | "akg" => "ag",
        other => other,
    }
}

fn chinese(name: &str) -> Parts {
    let name = simplified(name);
    let mut parts = Parts { full: folded(&name), chinese: true, ..Parts::default() };
    let mut rest = without_bracketed_place(&name, &mut parts);
    while let Some((place, after)) = leading_place(&rest) {
        note_place(&mut parts, &place);
        rest = after;
    }
    if let Some((branch, before)) = ending(&rest, &LEXICON.words.branches, 2) {
        parts.branch = branch;
        // Where the branch is: `…有限公司深圳分公司`.
        if let Some((place, before)) = trailing_place(&before) {
            note_place(&mut parts, &place);
            rest = before;
        } else {
            rest = before;
        }
    }
    if let Some((form, before)) = ending(&rest, &LEXICON.words.forms, 2) {
        (parts.form, rest) = (form, before);
        // `集团(股份)有限公司` and the like: what is left of a form belongs to it.
        while let Some((more, before)) = ending(&rest, &LEXICON.words.forms, 2).filter(|(more, _)| more.chars().count() == 2) {
            (parts.form, rest) = (format!("{more}{}", parts.form), before);
        }
    }
    while let Some((trade, before)) = ending(&rest, &LEXICON.words.trades, 2) {
        parts.trades.insert(0, trade);
        rest = before;
    }
    parts.core = rest;
    parts
}

/// Takes away a word at the end, if at least so many characters are left.
fn ending(text: &str, words: &[String], left: usize) -> Option<(String, String)> {
    words.iter().find_map(|word| {
        let before = text.strip_suffix(word.as_str())?;
        (before.chars().count() >= left).then(|| (word.clone(), before.to_owned()))
    })
}

fn note_place(parts: &mut Parts, place: &str) {
    let codes = LEXICON.places.get(place).cloned().unwrap_or_default();
    parts.divisions.extend(codes.into_iter().filter(|code| !code.is_empty()));
    parts.places.push(place.to_owned());
}

/// The longest place at the beginning, if at least two characters are left after it.
fn leading_place(text: &str) -> Option<(String, String)> {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(2).take(14).collect();
    ends.into_iter().rev().find_map(|end| {
        let (place, after) = text.split_at_checked(end)?;
        let left = after.chars().count();
        // A place and nothing but a legal form is the name itself.
        let bare = LEXICON.words.forms.iter().any(|form| form == after);
        (left >= 2 && !bare && LEXICON.places.contains_key(place)).then(|| (place.to_owned(), after.to_owned()))
    })
}

fn trailing_place(text: &str) -> Option<(String, String)> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(2).collect();
    starts.into_iter().find_map(|start| {
        let (before, place) = text.split_at_checked(start)?;
        LEXICON.places.contains_key(place).then(|| (place.to_owned(), before.to_owned()))
    })
}

/// The folded name without a place in brackets, which is noted; other brackets go, what is in them stays.
fn without_bracketed_place(name: &str, parts: &mut Parts) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once(['(', '（', '[', '【']) {
        kept.push_str(before);
        let Some((inside, behind)) = after.split_once([')', '）', ']', '】']) else {
            rest = after;
            break;
        };
        let inside = folded(inside);
        if LEXICON.places.contains_key(&inside) {
            note_place(parts, &inside);
        } else {
            kept.push_str(&inside);
        }
        rest = behind;
    }
    kept.push_str(rest);
    folded(&kept)
}

/// Whether the words as shipped can be read, and how many places they know.
///
/// # Errors
/// `policy_invalid`.
pub fn check() -> Result<usize, Fault> {
    lexicon().map(|lexicon| lexicon.places.len())
}
