//! Ratios of counts, kept as numerator and denominator and divided only at the edge (domain 0.2). No floats are here.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A ratio of two counts; with denominator 0 there is no data, which is neither 0 % nor 100 %.
///
/// Equality compares the fields: 1/2 and 2/4 were counted differently. Use [`Ratio::compare`] for the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// How many have the property.
    pub num: u64,
    /// Out of how many.
    pub den: u64,
}

impl Ratio {
    /// Makes a ratio.
    #[must_use]
    pub const fn new(num: u64, den: u64) -> Self {
        Self { num, den }
    }

    /// Whether there is anything to divide by.
    #[must_use]
    pub const fn has_data(self) -> bool {
        self.den != 0
    }

    /// The value times `scale`, rounded half up; nothing without data or beyond `u64`.
    fn scaled(self, scale: u128) -> Option<u128> {
        let (num, den) = (u128::from(self.num), u128::from(self.den));
        num.checked_mul(scale)?.checked_mul(2)?.checked_add(den)?.checked_div(den.checked_mul(2)?)
    }

    /// Thousandths, rounded half up; `None` without data.
    #[must_use]
    pub fn value_permille_half_up(self) -> Option<u64> {
        self.scaled(1000).and_then(|value| u64::try_from(value).ok())
    }

    /// The percentage without sign, rounded half up to 0..=9 decimals; `None` without data.
    #[must_use]
    pub fn percent(self, decimals: u32) -> Option<String> {
        let decimals = decimals.min(9);
        let unit = 10_u128.checked_pow(decimals)?;
        let value = self.scaled(unit.checked_mul(100)?)?;
        if decimals == 0 {
            return Some(value.to_string());
        }
        let (whole, rest) = (value.checked_div(unit)?, value.checked_rem(unit)?);
        let width = usize::try_from(decimals).ok()?;
        Some(format!("{whole}.{rest:0width$}"))
    }

    /// Compares the exact values by cross-multiplication; `None` if one of them has no data.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        if !self.has_data() || !other.has_data() {
            return None;
        }
        let left = u128::from(self.num).checked_mul(u128::from(other.den))?;
        let right = u128::from(other.num).checked_mul(u128::from(self.den))?;
        Some(left.cmp(&right))
    }

    /// Whether the value reaches a threshold; false without data, because nothing was shown.
    #[must_use]
    pub fn at_least(self, threshold: Self) -> bool {
        self.compare(threshold).is_some_and(Ordering::is_ge)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounding_is_half_up_and_no_data_is_no_number() {
        for (num, den, permille, percent1) in [
            (1, 2, Some(500), Some("50.0")),
            (1, 3, Some(333), Some("33.3")),
            (2, 3, Some(667), Some("66.7")),
            (1, 2000, Some(1), Some("0.1")),
            (1, 2001, Some(0), Some("0.0")),
            (3, 2, Some(1500), Some("150.0")),
            (0, 5, Some(0), Some("0.0")),
            (0, 0, None, None),
            (5, 0, None, None),
        ] {
            let ratio = Ratio::new(num, den);
            assert_eq!(ratio.value_permille_half_up(), permille, "{num}/{den}");
            assert_eq!(ratio.percent(1).as_deref(), percent1, "{num}/{den}");
        }
        assert_eq!(Ratio::new(1, 8).percent(0).unwrap(), "13");
        assert_eq!(Ratio::new(1, 8).percent(2).unwrap(), "12.50");
        assert_eq!(Ratio::new(u64::MAX, 1).percent(9).unwrap(), "1844674407370955161500.000000000");
        assert_eq!(Ratio::new(u64::MAX, 1).value_permille_half_up(), None);
    }

    #[test]
    fn comparison_is_exact() {
        assert_eq!(Ratio::new(1, 2).compare(Ratio::new(2, 4)), Some(Ordering::Equal));
        assert_eq!(Ratio::new(u64::MAX - 1, u64::MAX).compare(Ratio::new(1, 1)), Some(Ordering::Less));
        assert_eq!(Ratio::new(0, 0).compare(Ratio::new(0, 1)), None);
        assert!(Ratio::new(3, 4).at_least(Ratio::new(75, 100)));
        assert!(!Ratio::new(0, 0).at_least(Ratio::new(0, 1)));
    }

    proptest! {
        #[test]
        fn comparison_is_antisymmetric(a in any::<u64>(), b in any::<u64>(), c in any::<u64>(), d in any::<u64>()) {
            let (left, right) = (Ratio::new(a, b), Ratio::new(c, d));
            prop_assert_eq!(left.compare(right), right.compare(left).map(Ordering::reverse));
        }
    }
}
