//! Exact decimals and the price score; pure, no floating point. Not here: deductions, ranks.

use model::money::{Currency, Money};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// Points or a percentage: not below zero, at most two decimals, kept as whole hundredths; a decimal text on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, example = "28.42")]
pub struct Hundredths(i64);

impl Hundredths {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// 100, the whole.
    pub const HUNDRED: Self = Self(10_000);

    /// Reads a decimal from 0 to 1000 with at most two decimals: no sign, no exponent, no superfluous zero in front.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
        let is_numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = is_numeric(whole) && whole.len() <= 4 && (whole.len() == 1 || !whole.starts_with('0'));
        if !fits || fraction.is_some_and(|part| !is_numeric(part) || part.len() > 2) {
            return None;
        }
        let hundredths: i64 = format!("{whole}{:0<2}", fraction.unwrap_or_default()).parse().ok()?;
        (hundredths <= 100_000).then_some(Self(hundredths))
    }

    /// From whole hundredths; nothing below zero.
    #[must_use]
    pub fn new(hundredths: i64) -> Self {
        Self(hundredths.max(0))
    }

    /// The whole hundredths.
    #[must_use]
    pub const fn whole(self) -> i64 {
        self.0
    }

    /// The sum.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The decimal text with two decimals.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}.{:02}", self.0.checked_div(100).unwrap_or_default(), self.0.checked_rem(100).unwrap_or_default())
    }
}

impl Serialize for Hundredths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a decimal from 0 to 1000 with at most two decimals"))
    }
}

/// So many parts of a minor unit are told apart: a percentage with two decimals of a whole number of minor units is exact.
const PARTS: i128 = 10_000;

/// An evaluated price, exact: whole ten-thousandths of a minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(i128);

impl Exact {
    /// A price as it was tendered.
    #[must_use]
    pub fn of(price: Money) -> Self {
        Self(i128::from(price.minor()).saturating_mul(PARTS))
    }

    /// A percentage of a price.
    #[must_use]
    pub fn share(price: Money, percent: Hundredths) -> Self {
        Self(i128::from(price.minor()).saturating_mul(i128::from(percent.0)))
    }

    /// The difference, never below zero.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// Rounded half up to whole minor units.
    #[must_use]
    pub fn money(self, currency: Currency) -> Money {
        let rounded = quotient(self.0, PARTS);
        Money::new(i64::try_from(rounded).unwrap_or(i64::MAX), currency)
    }

    /// Exact as a decimal text; with all of its decimals only where it has them.
    #[must_use]
    pub fn text(self, currency: Currency) -> String {
        let whole = Money::new(i64::try_from(self.0.checked_div(PARTS).unwrap_or_default()).unwrap_or(i64::MAX), currency).amount();
        let rest = self.0.checked_rem(PARTS).unwrap_or_default();
        let point = if currency.minor_digits() == 0 { "." } else { "" };
        if rest == 0 { whole } else { format!("{whole}{point}{rest:04}").trim_end_matches('0').to_owned() }
    }
}

/// Rounded half up; both are not below zero and the divisor is above it, else nothing is there to divide.
fn quotient(of: i128, by: i128) -> i128 {
    of.saturating_mul(2).saturating_add(by).checked_div(by.saturating_mul(2)).unwrap_or_default()
}

/// The price score: lowest evaluated price / evaluated price * weight (MOF Order 87 Art 55), rounded once, half up, to two decimals.
#[must_use]
pub fn price_score(lowest: Exact, own: Exact, weight: Hundredths) -> Hundredths {
    let points = quotient(lowest.0.saturating_mul(i128::from(weight.0)), own.0);
    Hundredths(i64::try_from(points).unwrap_or_default().clamp(0, weight.0))
}
