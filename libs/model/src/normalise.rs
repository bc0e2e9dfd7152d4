//! How text from outside is brought into one form before anything is compared or stored. What a code means is not here.

use crate::fault::Fault;

/// Folds one full-width character (U+FF01..U+FF5E and the ideographic space) to its half-width form.
#[must_use]
pub fn half_width(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => u32::from(character).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(character),
        _ => character,
    }
}

/// Whether a character is used as a hyphen or dash; the box-drawing line is met in Chinese documents.
#[must_use]
pub fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2500}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// The form in which codes are compared: half-width, without spaces and dashes, upper-case.
///
/// Only ASCII letters change case: the dotless i or the long s must not turn into a letter of a code.
#[must_use]
pub fn compact(text: &str) -> String {
    text.chars().map(half_width).filter(|c| !c.is_whitespace() && !is_dash(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// One line of text written by people: trimmed, not empty, at most `max_chars` characters, nothing invisible in it.
///
/// # Errors
/// `text_empty`, `text_too_long`, `control_character` (controls, line separators, direction overrides) or
/// `character_not_allowed` (private use, noncharacters, zero width, traces of broken decoding).
pub fn line(text: &str, max_chars: usize) -> Result<String, Fault> {
    // Only plain blanks are trimmed: a separator such as U+2028 is refused wherever it stands.
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n', '\u{A0}', '\u{3000}']);
    if trimmed.is_empty() {
        return Err(Fault::new("text_empty", "文本为空。", "The text is empty."));
    }
    if let Some(found) = trimmed.chars().find(|c| is_control(*c)) {
        let point = u32::from(found);
        return Err(Fault::new(
            "control_character",
            format!("文本含控制字符 U+{point:04X}。"),
            format!("The text holds the control character U+{point:04X}."),
        ));
    }
    if let Some(found) = trimmed.chars().find(|c| is_refused(*c)) {
        let point = u32::from(found);
        return Err(Fault::new(
            "character_not_allowed",
            format!("文本含不允许的字符 U+{point:04X}。"),
            format!("The text holds U+{point:04X}, which is not allowed."),
        ));
    }
    let length = trimmed.chars().count();
    if length > max_chars {
        return Err(Fault::new(
            "text_too_long",
            format!("文本为 {length} 个字符，最多 {max_chars} 个。"),
            format!("The text has {length} characters, at most {max_chars} are allowed."),
        ));
    }
    Ok(trimmed.to_owned())
}

/// Controls of C0 and C1, line and paragraph separators, and everything that turns the direction of writing.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
}

/// Characters without a shape or without a meaning that two systems share. U+FFFD is what a lone surrogate becomes.
fn is_refused(c: char) -> bool {
    let point = u32::from(c);
    let nonchar = point & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}');
    let private = matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}');
    let invisible = matches!(
        c,
        '\u{AD}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}' | '\u{E0000}'..='\u{E0FFF}'
    );
    nonchar || private || invisible
}

/// The key under which a name is searched: full-width folded, lower-case, letters and digits only.
///
/// No `%`, `_` or `\` survives, so the key is safe inside a `LIKE` pattern.
#[must_use]
pub fn search_key(text: &str) -> String {
    text.chars().map(half_width).flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn compact_folds_width_spaces_dashes_and_case() {
        for (input, expected) in [
            ("９１１１０１０８－５５１３８５０８２ｑ", "91110108551385082Q"),
            (" 91 110000\u{3000}600037341l\u{A0}", "91110000600037341L"),
            ("5493—00–84−uk", "54930084UK"),
            ("ıſK", "ıſK"),
        ] {
            assert_eq!(compact(input), expected, "{input}");
        }
    }

    #[test]
    fn a_line_is_trimmed_and_bounded() {
        assert_eq!(line(" \u{3000}儿童滑板车 Ⅱ型\n", 20).unwrap(), "儿童滑板车 Ⅱ型");
        assert_eq!(line("四个汉字", 4).unwrap(), "四个汉字");
        assert_eq!(line("四个汉字", 3).unwrap_err().code, "text_too_long");
        assert_eq!(line(" \t\u{3000}", 3).unwrap_err().code, "text_empty");
        assert_eq!(line("👨\u{200D}👩\u{200D}👧", 9).unwrap(), "👨\u{200D}👩\u{200D}👧");
    }

    #[test]
    fn a_line_refuses_what_cannot_be_seen() {
        for bad in [
            '\0', '\u{1}', '\n', '\t', '\u{7F}', '\u{85}', '\u{9F}', '\u{2028}', '\u{2029}', '\u{202A}', '\u{202E}', '\u{2066}',
            '\u{2069}', '\u{200F}',
        ] {
            assert_eq!(line(&format!("a{bad}b"), 9).unwrap_err().code, "control_character", "{bad:?}");
        }
        for bad in [
            '\u{200B}',
            '\u{FEFF}',
            '\u{E000}',
            '\u{F8FF}',
            '\u{FDD0}',
            '\u{FFFE}',
            '\u{FFFF}',
            '\u{1FFFE}',
            '\u{10FFFF}',
            '\u{FFFD}',
            '\u{E0041}',
        ] {
            assert_eq!(line(&format!("a{bad}b"), 9).unwrap_err().code, "character_not_allowed", "{bad:?}");
        }
        for bad in ["\0", "\u{2028}", "a\0", "\u{2029}a"] {
            assert_eq!(line(bad, 9).unwrap_err().code, "control_character", "{bad:?}");
        }
    }

    #[test]
    fn a_search_key_keeps_letters_and_digits() {
        for (input, expected) in [
            ("格力 电器（珠海）股份有限公司", "格力电器珠海股份有限公司"),
            ("Ｇree Electric, Inc.", "greeelectricinc"),
            ("100%_\\'\"", "100"),
            ("İ", "i"),
        ] {
            assert_eq!(search_key(input), expected, "{input}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(compact(&compact(&text)), compact(&text));
            prop_assert_eq!(search_key(&search_key(&text)), search_key(&text));
            if let Ok(once) = line(&text, 1000) {
                prop_assert_eq!(line(&once, 1000).unwrap(), once);
            }
        }
    }
}
