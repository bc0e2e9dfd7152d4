//! Legal Entity Identifiers, ISO 17442. Whether one was issued or has lapsed is known to the issuers, not here.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::check::Check;
use crate::fault::Fault;
use crate::normalise::compact;

/// A legal entity identifier: 4 characters of issuer, 14 of entity, 2 check digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lei(String);

impl Lei {
    /// Reads an identifier after bringing it into its stored form.
    ///
    /// # Errors
    /// `lei_length`, `lei_alphabet` or `lei_check_digits`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let code = compact(text);
        let length = code.chars().count();
        if length != 20 {
            return Err(Fault::new(
                "lei_length",
                format!("LEI 应为 20 位，实为 {length} 位。"),
                format!("A LEI has 20 characters, not {length}."),
            ));
        }
        let checked = code.get(18..).is_some_and(|check| check.bytes().all(|b| b.is_ascii_digit()));
        let Some(rest) = remainder(&code).filter(|_| checked) else {
            return Err(Fault::new(
                "lei_alphabet",
                "LEI 只能使用数字和大写字母，末两位为数字。",
                "A LEI holds digits and letters A to Z; the last two are digits.",
            ));
        };
        // Check digits run from 02 to 98 when computed; 00, 01 and 99 fulfil the congruence too but are never given.
        if rest != 1 || matches!(code.get(18..), Some("00" | "01" | "99")) {
            return Err(Fault::new(
                "lei_check_digits",
                "LEI 校验码错误（ISO 17442）。",
                "The check digits of the LEI are wrong (ISO 17442).",
            ));
        }
        Ok(Self(code))
    }

    /// Completes 18 characters with their two check digits.
    ///
    /// # Errors
    /// `lei_length` or `lei_alphabet`.
    pub fn with_check(body18: &str) -> Result<Self, Fault> {
        let body = compact(body18);
        let check = remainder(&format!("{body}00")).map_or(0, |rest| 98_u32.saturating_sub(rest));
        let code = format!("{body}{check:02}");
        Self::parse(&code)
    }

    /// The 20 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says of any text whether it is a LEI, and if not, why.
    #[must_use]
    pub fn check(text: &str) -> Check {
        Check::from_parsed(compact(text), Self::parse(text).map(|lei| (lei.0, Vec::new())))
    }
}

/// The number with A..Z read as 10..35, modulo 97 (ISO 7064 MOD 97-10).
fn remainder(code: &str) -> Option<u32> {
    code.chars().try_fold(0_u32, |rest, c| match c {
        '0'..='9' => Some((rest * 10 + c.to_digit(10)?) % 97),
        'A'..='Z' => Some((rest * 100 + c.to_digit(36)?) % 97),
        _ => None,
    })
}

impl AsRef<str> for Lei {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Lei {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Lei {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_iso_17442() {
        for good in ["213800KUD8LAJWSQ9D15", "54930084UKLVMY22DS16", "213800WSGIIZCXF1P572", "5493000IBP32UQZ0KL24"] {
            assert_eq!(Lei::parse(good).unwrap().as_str(), good);
            assert_eq!(Lei::with_check(&good[..18]).unwrap().as_str(), good);
        }
        for (bad, code) in [
            ("213800KUD8LXJWSQ9D15", "lei_check_digits"),
            ("549300084UKLVMY22DS16", "lei_length"),
            ("", "lei_length"),
            ("213800KUD8LAJWSQ9D1é", "lei_alphabet"),
            ("213800KUD8LAJWSQ9DAB", "lei_alphabet"),
        ] {
            assert_eq!(Lei::parse(bad).unwrap_err().code, code, "{bad}");
            assert!(!Lei::check(bad).is_valid());
        }
        assert_eq!(Lei::check("２１３８00-kud8-lajwsq9d 15").normalised, "213800KUD8LAJWSQ9D15");
    }

    proptest! {
        #[test]
        fn a_computed_check_is_accepted_and_one_changed_character_is_not(body in "[0-9A-Z]{18}", place in 0_usize..18, digit in "[0-9]", letter in "[A-Z]") {
            let lei = Lei::with_check(&body).unwrap();
            prop_assert_eq!(Lei::parse(lei.as_str()).unwrap(), lei.clone());
            let mut changed = lei.as_str().to_owned();
            // A letter counts two digits, so ISO 7064 promises to find the change only within one class.
            let other = if changed[place..].starts_with(|c: char| c.is_ascii_digit()) { digit } else { letter };
            changed.replace_range(place..=place, &other);
            prop_assert_eq!(Lei::parse(&changed).is_ok(), changed == lei.as_str());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = (Lei::parse(&text), Lei::with_check(&text));
        }
    }
}
