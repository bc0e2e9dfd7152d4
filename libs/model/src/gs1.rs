//! Numbers of GS1 (GTIN, GLN, SSCC) and the check digit of GB/T 17710. What a number stands for is not here.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::check::Check;
use crate::fault::Fault;
use crate::normalise::compact;

/// The check digit over digits: from the right the weights 3, 1, 3, 1.. (GS1 General Specifications).
fn check_digit(body: &str) -> Option<u32> {
    let sum =
        body.chars().rev().zip([3, 1].into_iter().cycle()).try_fold(0_u32, |sum, (digit, weight)| Some(sum + digit.to_digit(10)? * weight));
    sum.map(|sum| (10 - sum % 10) % 10)
}

/// Whether the last digit is the check digit over the others.
fn ends_with_check(digits: &str) -> bool {
    let (Some(last), body) = (digits.chars().last(), digits.get(..digits.len().saturating_sub(1)).unwrap_or_default()) else {
        return false;
    };
    last.is_ascii_digit() && check_digit(body) == last.to_digit(10)
}

/// Compacts and refuses all but digits.
fn digits(text: &str) -> Result<String, Fault> {
    let compacted = compact(text);
    if compacted.chars().all(|c| c.is_ascii_digit()) {
        return Ok(compacted);
    }
    Err(Fault::new("digits_only", "只能使用数字。", "Only digits are allowed."))
}

/// The check digit of ISO 7064 MOD 11,10 (GB/T 17710) over a body of digits.
///
/// # Errors
/// `digits_only`, also for an empty body.
pub fn mod_11_10_check(body: &str) -> Result<u8, Fault> {
    let refused = || Fault::new("digits_only", "只能使用数字。", "Only digits are allowed.");
    if body.is_empty() {
        return Err(refused());
    }
    let mut product = 10_u32;
    for character in body.chars() {
        let sum = (product + character.to_digit(10).ok_or_else(refused)?) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    u8::try_from((11 - product) % 10).map_err(|_error| refused())
}

/// A trade item number, kept with 14 digits so that one item has one spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(String);

impl Gtin {
    /// Reads a number of 8, 12, 13 or 14 digits and fills it with zeros to 14.
    ///
    /// # Errors
    /// `digits_only`, `gtin_length` or `gtin_check_digit`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = digits(text)?;
        if !matches!(digits.len(), 8 | 12..=14) {
            return Err(Fault::new("gtin_length", "GTIN 应为 8、12、13 或 14 位数字。", "A GTIN has 8, 12, 13 or 14 digits."));
        }
        if !ends_with_check(&digits) {
            return Err(Fault::new("gtin_check_digit", "GTIN 校验码错误。", "The check digit of the GTIN is wrong."));
        }
        Ok(Self(format!("{digits:0>14}")))
    }

    /// The first of the 14 digits: 0 a single item, 1 to 8 a packaging level, 9 a variable measure.
    #[must_use]
    pub fn indicator(&self) -> u8 {
        self.0.bytes().next().map_or(0, |b| b.saturating_sub(b'0'))
    }
}

/// A location or party number, 13 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gln(String);

impl Gln {
    /// Reads a number of 13 digits.
    ///
    /// # Errors
    /// `digits_only`, `gln_length` or `gln_check_digit`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = digits(text)?;
        if digits.len() != 13 {
            return Err(Fault::new("gln_length", "GLN 应为 13 位数字。", "A GLN has 13 digits."));
        }
        if !ends_with_check(&digits) {
            return Err(Fault::new("gln_check_digit", "GLN 校验码错误。", "The check digit of the GLN is wrong."));
        }
        Ok(Self(digits))
    }
}

/// A number of a logistic unit, 18 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sscc(String);

impl Sscc {
    /// Reads a number of 18 digits.
    ///
    /// # Errors
    /// `digits_only`, `sscc_length` or `sscc_check_digit`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = digits(text)?;
        if digits.len() != 18 {
            return Err(Fault::new("sscc_length", "SSCC 应为 18 位数字。", "An SSCC has 18 digits."));
        }
        if !ends_with_check(&digits) {
            return Err(Fault::new("sscc_check_digit", "SSCC 校验码错误。", "The check digit of the SSCC is wrong."));
        }
        Ok(Self(digits))
    }
}

/// What the three numbers share: they are texts of digits.
macro_rules! digits_as_text {
    ($($number:ident),+) => {$(
        impl $number {
            /// The stored form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Says of any text whether it is such a number, and if not, why.
            #[must_use]
            pub fn check(text: &str) -> Check {
                Check::from_parsed(compact(text), Self::parse(text).map(|number| (number.0, Vec::new())))
            }
        }

        impl AsRef<str> for $number {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $number {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $number {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $number {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )+};
}

digits_as_text!(Gtin, Gln, Sscc);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_gs1() {
        for (input, stored) in [
            ("6291041500213", "06291041500213"),
            ("6901234567892", "06901234567892"),
            ("96385074", "00000096385074"),
            ("036000291452", "00036000291452"),
            ("16901234567899", "16901234567899"),
            ("012345678905", "00012345678905"),
            ("６９０-1234 56789-2", "06901234567892"),
        ] {
            assert_eq!(Gtin::parse(input).unwrap().as_str(), stored, "{input}");
        }
        assert_eq!(Gtin::parse("16901234567899").unwrap().indicator(), 1);
        assert_eq!(Gln::parse("6901234500004").unwrap().to_string(), "6901234500004");
        assert_eq!(Sscc::parse("106141412345678908").unwrap().to_string(), "106141412345678908");
        assert_eq!(Gtin::parse("96385074").unwrap(), Gtin::parse("0000096385074").unwrap());
    }

    #[test]
    fn wrong_numbers_say_why() {
        for (input, code) in [
            ("", "gtin_length"),
            ("123456789", "gtin_length"),
            ("6901234567893", "gtin_check_digit"),
            ("690123456789X", "digits_only"),
            ("٦901234567892", "digits_only"),
        ] {
            assert_eq!(Gtin::parse(input).unwrap_err().code, code, "{input}");
            assert_eq!(Gtin::check(input).reason.unwrap().code, code);
        }
        assert_eq!(Gln::parse("690123450000").unwrap_err().code, "gln_length");
        assert_eq!(Gln::parse("6901234500005").unwrap_err().code, "gln_check_digit");
        assert_eq!(Sscc::parse("10614141234567890").unwrap_err().code, "sscc_length");
        assert_eq!(Sscc::parse("106141412345678909").unwrap_err().code, "sscc_check_digit");
    }

    #[test]
    fn the_vector_of_iso_7064() {
        assert_eq!(mod_11_10_check("0794").unwrap(), 5);
        assert_eq!(mod_11_10_check("").unwrap_err().code, "digits_only");
        assert_eq!(mod_11_10_check("07A4").unwrap_err().code, "digits_only");
    }

    proptest! {
        #[test]
        fn a_computed_digit_is_accepted_and_any_other_refused(body in "[0-9]{13}", other in 0_u32..10) {
            let right = check_digit(&body).unwrap();
            let stored = Gtin::parse(&format!("{body}{right}")).unwrap();
            prop_assert_eq!(Gtin::parse(stored.as_str()).unwrap(), stored);
            prop_assert_eq!(Gtin::parse(&format!("{body}{other}")).is_ok(), other == right);
        }

        #[test]
        fn no_text_makes_a_parser_panic(text in any::<String>()) {
            let _ = (Gtin::parse(&text), Gln::parse(&text), Sscc::parse(&text), mod_11_10_check(&text));
        }
    }
}
