//! Decimal numbers as standards print them, UCUM units, and whether two numbers in two units are the same; pure. Not here: the requirements that use
//! them, `indicator::rules`.

use std::{cmp::Ordering, collections::BTreeSet, fmt, str::FromStr};

use model::fault::Fault;
use octofhir_ucum::{Case, Number, UnitExpr, analyse, get_canonical_units, lookup_unit};
use serde::{Deserialize, Serialize};

/// Digits of an amount, before and after the point together.
const DIGITS_MAX: usize = 18;
/// A unit factor of more digits is taken as rounded: 18 and 10 digits multiplied fit the 28 that the units library keeps.
const FACTOR_DIGITS_MAX: u32 = 10;
/// What the units library keeps of a number.
const KEPT_DIGITS: i64 = 28;
/// The longest unit code.
const CODE_MAX: usize = 64;

/// An exact decimal number of at most 18 digits; text on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount {
    digits: i64,
    /// How many of the digits stand behind the point; the last one is not 0.
    scale: u32,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };
    /// One.
    pub const ONE: Self = Self { digits: 1, scale: 0 };

    /// Reads `-12.5`: no exponent, no plus, no grouping, no leading zeros.
    ///
    /// # Errors
    /// `amount_invalid`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).ok_or_else(|| {
            let en = "Must be a decimal number of at most 18 digits, such as 0.05.";
            Fault::new("amount_invalid", "应为最多 18 位的十进制数，例如 0.05。", en)
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (is_negative, bare) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, rest) = bare.split_once('.').map_or((bare, None), |(whole, rest)| (whole, Some(rest)));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) || rest.is_some_and(|rest| !all_digits(rest)) {
            return None;
        }
        let rest = rest.unwrap_or_default().trim_end_matches('0');
        if whole.len().checked_add(rest.len())? > DIGITS_MAX {
            return None;
        }
        let digits = i64::from_str(&format!("{whole}{rest}")).ok()?;
        Some(Self { digits: if is_negative { digits.checked_neg()? } else { digits }, scale: u32::try_from(rest.len()).ok()? })
    }

    /// Whether it is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.digits > 0
    }

    /// The digits as they count with so many places behind the point.
    fn scaled(self, scale: u32) -> i128 {
        i128::from(self.digits).saturating_mul(10_i128.saturating_pow(scale.saturating_sub(self.scale)))
    }

    fn number(self) -> Option<Number> {
        Number::parse(&self.to_string())
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.scaled(scale).cmp(&other.scaled(scale))
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let unit = 10_u64.saturating_pow(self.scale);
        let (whole, rest) = (self.digits.unsigned_abs().checked_div(unit), self.digits.unsigned_abs().checked_rem(unit));
        let (whole, rest) = (whole.unwrap_or_default(), rest.unwrap_or_default());
        match usize::try_from(self.scale) {
            Ok(width) if width > 0 => write!(f, "{sign}{whole}.{rest:0width$}"),
            _ => write!(f, "{sign}{whole}"),
        }
    }
}

impl TryFrom<String> for Amount {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

/// A number in base units, and whether nothing of it was rounded.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    value: Number,
    is_exact: bool,
}

/// How many digits a number has.
fn length(number: Number) -> u32 {
    number.to_integer_and_exponent().0.unsigned_abs().checked_ilog10().map_or(1, |log| log.saturating_add(1))
}

impl Measured {
    fn exactly(value: Number) -> Self {
        Self { value, is_exact: true }
    }

    /// A factor as the library gives it: one of many digits was rounded.
    fn factor(value: Number) -> Self {
        Self { value, is_exact: length(value) <= FACTOR_DIGITS_MAX }
    }

    /// The product; nothing where it is beyond all numbers.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let fits = i64::from(length(self.value)).saturating_add(i64::from(length(other.value))) <= KEPT_DIGITS;
        Some(Self { value: self.value.checked_mul(other.value)?, is_exact: self.is_exact && other.is_exact && fits })
    }

    /// The sum; nothing where it is beyond all numbers.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        // The first and the last place of a number.
        let places = |number: Number| {
            let last = i64::from(number.to_integer_and_exponent().1);
            (last.saturating_add(i64::from(length(number))), last)
        };
        let ((first, last), (other_first, other_last)) = (places(self.value), places(other.value));
        let span = first.max(other_first).saturating_sub(last.min(other_last)).saturating_add(1);
        let fits = self.value.is_zero() || other.value.is_zero() || span <= KEPT_DIGITS;
        Some(Self { value: self.value.checked_add(other.value)?, is_exact: self.is_exact && other.is_exact && fits })
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { value: -self.value, ..self }
    }

    /// How it stands to another: exactly, or within 1e-12 of the greater one where a conversion was rounded.
    #[must_use]
    pub fn order(self, other: Self) -> Ordering {
        let order = self.value.cmp(&other.value);
        if self.is_exact && other.is_exact {
            return order;
        }
        let gap = self.value.checked_sub(other.value).map(Number::abs);
        let near = self.value.abs().max(other.value.abs()).checked_mul(Number::power_of_ten(-12));
        if gap.zip(near).is_some_and(|(gap, near)| gap <= near) { Ordering::Equal } else { order }
    }
}

/// Why numbers in two units cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// They measure different things.
    Dimension,
    /// Their annotations differ: `%{dry}` and `%{wet}`.
    Annotation,
    /// Both are ratios, of different things: `mg/kg` and `mL/L`.
    Ratio,
}

/// A unit of measure.
#[derive(Clone, Debug)]
pub struct Unit {
    base: String,
    factor: Number,
    offset: Number,
    annotations: BTreeSet<String>,
    ratio_of: BTreeSet<String>,
}

impl Unit {
    /// Reads a UCUM code, case sensitive. Logarithmic units (`[pH]`, `dB[SPL]`) are kept on their own scale.
    ///
    /// # Errors
    /// `unit_unknown`.
    pub fn parse(code: &str) -> Result<Self, Fault> {
        Self::read(code).ok_or_else(|| {
            let shown: String = code.chars().take(CODE_MAX).collect();
            let en = format!("{shown} is no UCUM unit; write mg/kg, %, Cel, kPa, or 1 for a pure number.");
            Fault::new("unit_unknown", format!("{shown} 不是 UCUM 单位，请写 mg/kg、%、Cel、kPa，纯数写 1。"), en)
        })
    }

    fn read(code: &str) -> Option<Self> {
        if code.is_empty() || code.len() > CODE_MAX {
            return None;
        }
        let analysis = analyse(code).ok()?;
        let mut unit = match get_canonical_units(code) {
            Ok(canonical) => Self::on(canonical.unit, canonical.factor, canonical.offset),
            Err(_) => {
                let base = format!("{:?}({} {})", analysis.special?, analysis.factor, analysis.dimension);
                Self::on(base, analysis.scale, Number::ZERO)
            }
        };
        if unit.factor.is_zero() || unit.factor.is_negative() {
            return None;
        }
        unit.note(&analysis.parsed_ast);
        if unit.base != "1" {
            unit.ratio_of.clear();
        }
        Some(unit)
    }

    fn on(base: String, factor: Number, offset: Number) -> Self {
        Self { base, factor, offset, annotations: BTreeSet::new(), ratio_of: BTreeSet::new() }
    }

    /// Notes what a unit is made of: its annotations, and the things that stand in it.
    fn note(&mut self, expression: &UnitExpr) {
        match expression {
            UnitExpr::Symbol(symbol) => {
                if let Some((_, atom)) = lookup_unit(symbol, Case::Sensitive) {
                    if !atom.dim.is_dimensionless() {
                        // A litre is a length to the third power here, as a cubic metre is.
                        let kinds = atom.dim.0.iter().enumerate().filter(|(_, exponent)| **exponent != 0);
                        self.ratio_of.insert(kinds.map(|(kind, _)| kind.to_string()).collect::<Vec<_>>().join(" "));
                    } else if atom.property == "amount of substance" {
                        self.ratio_of.insert(atom.property.to_owned());
                    }
                }
            }
            UnitExpr::Numeric(_) => {}
            UnitExpr::Annotation(text) => {
                self.annotations.insert(text.clone());
            }
            UnitExpr::Annotated(inner, text) => {
                self.annotations.insert(text.clone());
                self.note(inner);
            }
            UnitExpr::Power(inner, _) | UnitExpr::Reciprocal(inner) => self.note(inner),
            UnitExpr::Product(terms) => terms.iter().for_each(|term| self.note(term)),
            UnitExpr::Quotient(one, other) => {
                self.note(one);
                self.note(other);
            }
        }
    }

    /// Why numbers in this unit cannot be compared with those in another, where they cannot.
    #[must_use]
    pub fn apart(&self, other: &Self) -> Option<Apart> {
        if self.base != other.base {
            return Some(Apart::Dimension);
        }
        if self.annotations != other.annotations {
            return Some(Apart::Annotation);
        }
        let says = !self.ratio_of.is_empty() && !other.ratio_of.is_empty();
        (says && self.ratio_of != other.ratio_of).then_some(Apart::Ratio)
    }

    /// Both as they are best compared: two units of one size as the number itself, so that nothing is rounded.
    #[must_use]
    pub fn aligned(self, other: Self) -> (Self, Self) {
        if self.factor != other.factor || self.offset != other.offset {
            return (self, other);
        }
        let plain = |unit: Self| Self { factor: Number::ONE, offset: Number::ZERO, ..unit };
        (plain(self), plain(other))
    }

    /// An amount in this unit, in base units.
    #[must_use]
    pub fn measure(&self, amount: Amount) -> Option<Measured> {
        self.difference(amount)?.plus(self.origin())
    }

    /// A difference in this unit, in base units: five degrees more are five kelvins.
    #[must_use]
    pub fn difference(&self, amount: Amount) -> Option<Measured> {
        Measured::exactly(amount.number()?).times(Measured::factor(self.factor))
    }

    /// Where the zero of this unit lies, in base units.
    #[must_use]
    pub fn origin(&self) -> Measured {
        Measured::factor(self.offset)
    }
}

/// A pure number.
#[must_use]
pub fn pure(amount: Amount) -> Option<Measured> {
    amount.number().map(Measured::exactly)
}
