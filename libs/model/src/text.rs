//! Text for people in both languages of the platform, and the choice between them. No catalogue of messages is here:
//! each message stands where it is made.

use serde::{Deserialize, Serialize};

/// The languages in which the platform speaks to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English, the default.
    En,
}

impl Lang {
    /// Chooses the language from an `Accept-Language` header (RFC 9110, 12.5.4): the highest weight wins, the earlier
    /// one at equal weight. What names neither language gives English.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for range in header.split(',') {
            let mut pieces = range.split(';').map(str::trim);
            let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
            let primary = tag.split('-').next().unwrap_or_default();
            let lang = match primary {
                "zh" => Self::Zh,
                "en" | "*" => Self::En,
                _ => continue,
            };
            let weight = pieces.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q="))).map_or(Some(1000), weight);
            if let Some(weight) = weight.filter(|w| *w > 0)
                && best.is_none_or(|(held, _)| weight > held)
            {
                best = Some((weight, lang));
            }
        }
        best.map_or(Self::En, |(_, lang)| lang)
    }
}

/// Reads a quality value `0`..`1` with at most three decimals as thousandths.
fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// One text in Chinese and in English.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The Chinese text.
    pub zh: String,
    /// The English text.
    pub en: String,
}

impl Text {
    /// Makes a text; Chinese first, as in the field order.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    #[must_use]
    pub fn pick(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_weight_wins_and_english_is_the_default() {
        for (header, expected) in [
            ("", Lang::En),
            ("zh", Lang::Zh),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en;q=0.5, zh-Hans-CN;q=0.7", Lang::Zh),
            ("fr, zh;q=0.1", Lang::Zh),
            ("en, zh", Lang::En),
            ("zh;q=0", Lang::En),
            ("zh;q=0.0001", Lang::En),
            ("zh;q=nonsense, *", Lang::En),
            ("ZH-tw", Lang::Zh),
            ("zhx", Lang::En),
            (";;;,,,", Lang::En),
        ] {
            assert_eq!(Lang::from_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn a_text_is_picked_by_language() {
        let text = Text::new("召回", "recall");
        assert_eq!((text.pick(Lang::Zh), text.pick(Lang::En)), ("召回", "recall"));
    }
}
