//! Folding of scripts and sounds. Not here: comparing names, `matching`.

use std::sync::LazyLock;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use model::normalise::half_width;
use pinyin::ToPinyin;

// Without the tables a name simply stays in its script; a test reads them.
static SIMPLIFIER: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

/// Whether a character is a Chinese one.
#[must_use]
pub const fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The form in which names are compared: simplified, half-width, lower-case, without accents; letters and digits only.
#[must_use]
pub fn folded(text: &str) -> String {
    simplified(text).chars().flat_map(letter).filter(|c| c.is_alphanumeric()).collect()
}

/// The words of a text in Latin or another alphabet, folded; single letters that follow each other are one word (`A.B.C.` is `abc`).
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let text: String =
        text.replace('&', " and ").chars().filter(|c| !matches!(c, '\'' | '’' | '`')).map(half_width).flat_map(letter).collect();
    let mut words: Vec<(String, bool)> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let single = word.chars().count() == 1;
        match words.last_mut() {
            Some((last, true)) if single => last.push_str(word),
            _ => words.push((word.to_owned(), single)),
        }
    }
    words.into_iter().map(|(word, _)| word).collect()
}

/// The text in simplified characters and half width.
#[must_use]
pub fn simplified(text: &str) -> String {
    let narrow: String = text.chars().map(half_width).collect();
    // Most names are simplified or Latin already: nothing is looked up for what has no Chinese character.
    match narrow.chars().any(is_chinese).then_some(SIMPLIFIER.as_ref()).flatten() {
        Some(simplifier) => simplifier.convert(&narrow),
        None => narrow,
    }
}

/// A letter in lower case without its accent.
fn letter(c: char) -> impl Iterator<Item = char> {
    let plain = c.to_lowercase().map(|c| match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'ǐ' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' | 'ǹ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'ǒ' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ǔ' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    });
    // An accent of its own is no letter.
    plain.filter(|c| !('\u{300}'..='\u{36F}').contains(c))
}

/// The syllables of a folded name: one for each Chinese character, a run of other letters or digits as it is. `readings` tells what a character sounds
/// like inside a word where it has more than one sound.
#[must_use]
pub fn syllables(folded: &str, readings: &[(String, Vec<String>)]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut rest, mut run) = (folded, false);
    while let Some(c) = rest.chars().next() {
        if let Some((word, sounds)) = readings.iter().find(|(word, _)| rest.starts_with(word.as_str())) {
            found.extend(sounds.iter().cloned());
            rest = rest.get(word.len()..).unwrap_or_default();
            run = false;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if is_chinese(c) {
            found.push(c.to_pinyin().map_or_else(|| c.to_string(), |sound| sound.plain().chars().flat_map(letter).map(u).collect()));
            run = false;
        } else if run {
            if let Some(last) = found.last_mut() {
                last.push(c);
            }
        } else {
            found.push(c.to_string());
            run = true;
        }
    }
    found
}

/// `ü` is typed as `v` or `u`.
const fn u(c: char) -> char {
    if c == 'v' { 'u' } else { c }
}

/// What is typed in letters as the sound of a name, without tones and blanks; none where there is a Chinese character.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    if text.chars().any(is_chinese) {
        return None;
    }
    let words = words(text);
    // A digit after a syllable is its tone; a digit that stands alone or before letters is part of a name.
    let toneless = words.iter().map(|word| tones_dropped(word));
    let text: String = toneless.collect::<String>().chars().map(u).collect();
    (!text.is_empty()).then_some(text)
}

fn tones_dropped(word: &str) -> String {
    let toned =
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphabetic() || ('1'..='5').contains(&c));
    if !toned {
        return word.to_owned();
    }
    let mut plain = String::with_capacity(word.len());
    let mut before = None;
    for c in word.chars() {
        if c.is_ascii_alphabetic() || before.is_some_and(|c: char| c.is_ascii_digit()) {
            plain.push(c);
        }
        before = Some(c);
    }
    plain
}

/// Sounds that are mistaken for each other are one: the flat and the curled `z c s`, the front and the back nasal.
#[must_use]
pub fn blurred(sound: &str) -> String {
    sound.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n")
}

/// The first letters of syllables.
#[must_use]
pub fn initials(syllables: &[String]) -> String {
    let run = |sound: &String| sound.len() > 6 || sound.chars().any(|c| !c.is_ascii_lowercase());
    syllables.iter().flat_map(|sound| sound.chars().take(if run(sound) { 16 } else { 1 })).collect()
}
