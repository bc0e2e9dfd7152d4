//! Amounts of money: whole minor units and a currency (domain 0.2). Exchange rates and rounding of products are not here.

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::fault::Fault;

/// The current codes of ISO 4217 that have a minor unit: code, numeric code, digits, name, sorted by code.
static TABLE: LazyLock<Vec<(Currency, &'static str, &'static str)>> = LazyLock::new(|| {
    let rows = include_str!("../data/currencies.csv").lines().skip(1).filter_map(|line| {
        let mut fields = line.splitn(4, ',');
        let (code, numeric, digits) = (fields.next()?, fields.next()?, fields.next()?.parse().ok()?);
        Some((Currency { code, digits }, numeric, fields.next()?))
    });
    rows.collect()
});

/// A current currency of ISO 4217 with a minor unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u8,
}

impl Currency {
    /// The Chinese yuan.
    pub const CNY: Self = Self { code: "CNY", digits: 2 };

    /// Reads an alphabetic code, upper-case.
    ///
    /// # Errors
    /// `currency_unknown`: not a code, withdrawn, or without a minor unit (gold, test codes).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::row(text).map(|(currency, _, _)| *currency).ok_or_else(|| {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(10).collect();
            Fault::new("currency_unknown", format!("未知币种“{shown}”。"), format!("\"{shown}\" is not a current ISO 4217 code."))
        })
    }

    /// The row of a code.
    fn row(code: &str) -> Option<&'static (Self, &'static str, &'static str)> {
        let index = TABLE.binary_search_by(|(currency, _, _)| currency.code.cmp(code)).ok()?;
        TABLE.get(index)
    }

    /// The three letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals the currency has.
    #[must_use]
    pub const fn minor_digits(self) -> u8 {
        self.digits
    }

    /// The three-digit code of ISO 4217.
    #[must_use]
    pub fn numeric(self) -> &'static str {
        Self::row(self.code).map_or("", |(_, numeric, _)| numeric)
    }

    /// The English name in ISO 4217.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::row(self.code).map_or("", |(_, _, name)| name)
    }

    /// How many minor units make one major unit.
    fn unit(self) -> u64 {
        10_u64.saturating_pow(u32::from(self.digits))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// An amount in one currency. There is no `Ord`: amounts of unlike currencies have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// From whole minor units (fen for CNY).
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads a decimal with at most as many decimals as the currency has: no exponent, no `+`, no grouping, no
    /// superfluous zero in front, no negative zero.
    ///
    /// # Errors
    /// `money_invalid` or `money_overflow`.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, Fault> {
        let digits = usize::from(currency.digits);
        let invalid = || {
            let shown: String = amount.chars().filter(|c| !c.is_control()).take(40).collect();
            Fault::new(
                "money_invalid",
                format!("“{shown}”不是最多 {digits} 位小数的金额。"),
                format!("\"{shown}\" is not a decimal amount with at most {digits} decimals."),
            )
        };
        let (negative, unsigned) = amount.strip_prefix('-').map_or((false, amount), |rest| (true, rest));
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let fraction_fits = fraction.is_none_or(|f| numeric(f) && f.len() <= digits);
        if !numeric(whole) || !fraction_fits || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(invalid());
        }
        let all = format!("{whole}{:0<digits$}", fraction.unwrap_or_default());
        let signed = if negative { format!("-{all}") } else { all };
        let minor: i64 = signed.parse().map_err(|_error| overflow())?;
        if negative && minor == 0 { Err(invalid()) } else { Ok(Self { minor, currency }) }
    }

    /// Like [`Money::parse`], but an amount below zero is refused.
    ///
    /// # Errors
    /// `money_invalid`, `money_overflow` or `money_negative`.
    pub fn parse_non_negative(amount: &str, currency: Currency) -> Result<Self, Fault> {
        let money = Self::parse(amount, currency)?;
        if money.is_negative() {
            return Err(Fault::new("money_negative", "金额不得为负。", "The amount must not be negative."));
        }
        Ok(money)
    }

    /// The whole minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Whether the amount is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// The decimal text with all decimals of the currency, as on the wire.
    #[must_use]
    pub fn amount(self) -> String {
        let (unit, size) = (self.currency.unit(), self.minor.unsigned_abs());
        let sign = if self.minor < 0 { "-" } else { "" };
        let whole = size.checked_div(unit).unwrap_or(size);
        if self.currency.digits == 0 {
            return format!("{sign}{whole}");
        }
        let width = usize::from(self.currency.digits);
        format!("{sign}{whole}.{:0width$}", size.checked_rem(unit).unwrap_or(0))
    }

    /// The sum.
    ///
    /// # Errors
    /// `currency_mismatch` or `money_overflow`.
    pub fn checked_add(self, other: Self) -> Result<Self, Fault> {
        self.alike(other)?;
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or_else(overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// `currency_mismatch` or `money_overflow`.
    pub fn checked_sub(self, other: Self) -> Result<Self, Fault> {
        self.alike(other)?;
        self.minor.checked_sub(other.minor).map(|minor| Self { minor, ..self }).ok_or_else(overflow)
    }

    /// The order of two amounts of one currency.
    ///
    /// # Errors
    /// `currency_mismatch`.
    pub fn checked_cmp(self, other: Self) -> Result<Ordering, Fault> {
        self.alike(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn alike(self, other: Self) -> Result<(), Fault> {
        if self.currency == other.currency {
            return Ok(());
        }
        let (left, right) = (self.currency, other.currency);
        Err(Fault::new(
            "currency_mismatch",
            format!("币种不一致：{left} 与 {right}。"),
            format!("The currencies {left} and {right} differ."),
        ))
    }
}

fn overflow() -> Fault {
    Fault::new("money_overflow", "金额超出可表示的范围。", "The amount is larger than can be kept.")
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

/// The form on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { amount: self.amount(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Self::parse(&wire.amount, wire.currency).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
