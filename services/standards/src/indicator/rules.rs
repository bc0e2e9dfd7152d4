//! What a clause requires of a product, and which of two requirements is stricter; pure. Not here: units and numbers, `unit::rules`; the clauses of an
//! edition and what is mandatory, `clause`.

use std::cmp::Ordering;

use model::{
    fault::{Fault, FieldFault},
    normalise::line,
    standard_no::StandardNo,
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::unit::rules::Amount;
use crate::{
    method_conversion::rules::MethodConversion,
    unit::rules::{Apart, Measured, Unit, pure},
};

/// The longest title of an indicator: a name, never the sentence of the standard.
pub const TITLE_MAX: usize = 120;
/// The longest number of a clause.
pub const NUMBER_MAX: usize = 40;
const PROPERTY_MAX: usize = 64;

/// In which direction a requirement is strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequirementDirection)]
pub enum Direction {
    /// At most: lower is stricter.
    Max,
    /// At least: higher is stricter.
    Min,
    /// Between two numbers: narrower is stricter.
    Range,
}

/// What a requirement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequirementKind)]
pub enum IndicatorKind {
    /// 功能指标.
    Functional,
    /// 性能指标.
    Performance,
    /// 安全指标.
    Safety,
    /// Any other.
    Other,
}

/// By which method a value is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestMethod {
    /// The number of the method's standard.
    #[schema(example = "GB/T 99901-2020")]
    pub standard: String,
    /// The clause in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "5.2")]
    pub clause: Option<String>,
}

/// A technical requirement: what, in which direction, how much, found how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RequirementIndicator)]
pub struct Indicator {
    /// The own word of what is measured; the same word is the same thing in every document.
    #[schema(example = "formaldehyde")]
    pub property: String,
    /// A short name; at most 120 characters and not the text of the standard.
    #[schema(example = "甲醛释放量")]
    pub title: String,
    /// In which direction it is strict.
    pub direction: Direction,
    /// The least that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub lower: Option<Amount>,
    /// The most that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "0.05")]
    pub upper: Option<Amount>,
    /// The unit, a UCUM code; `1` for a pure number.
    #[schema(example = "mg/kg")]
    pub unit: String,
    /// By which method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<TestMethod>,
    /// What it is for.
    pub kind: IndicatorKind,
}

/// A technical requirement as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRequirementIndicator)]
pub struct NewIndicator {
    /// The own word of what is measured, of small letters, digits and `_`; the same word is the same thing in every document.
    #[schema(example = "formaldehyde")]
    property: String,
    /// A short name; at most 120 characters and not the text of the standard.
    #[schema(example = "甲醛释放量")]
    title: String,
    /// In which direction it is strict.
    direction: Direction,
    /// The least that is allowed, a decimal number of at most 18 digits; with `min` and `range`.
    #[serde(default)]
    #[schema(example = json!(null))]
    lower: Option<String>,
    /// The most that is allowed; with `max` and `range`.
    #[serde(default)]
    #[schema(example = "0.05")]
    upper: Option<String>,
    /// The unit, a UCUM code; `1` for a pure number.
    #[schema(example = "mg/kg")]
    unit: String,
    /// By which method.
    #[serde(default)]
    test_method: Option<TestMethod>,
    /// What it is for.
    kind: IndicatorKind,
}

fn kept<T>(read: Result<T, Fault>, at: String, bad: &mut Vec<FieldFault>) -> Option<T> {
    read.map_err(|fault| bad.push(FieldFault::of(at, fault))).ok()
}

impl TestMethod {
    /// The method with its number in the one spelling; what is wrong goes to `bad`, under the pointer `at`.
    pub fn read(&self, at: &str, bad: &mut Vec<FieldFault>) -> Option<Self> {
        let standard = kept(StandardNo::parse(&self.standard), format!("{at}/standard"), bad);
        let clause = self.clause.as_deref().map(|text| kept(line(text, NUMBER_MAX), format!("{at}/clause"), bad));
        Some(Self { standard: standard?.to_string(), clause: clause.map_or(Some(None), |read| read.map(Some))? })
    }
}

/// An own word of a property.
///
/// # Errors
/// `property_invalid`.
pub fn property(text: &str) -> Result<String, Fault> {
    let is_word = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= PROPERTY_MAX
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_word {
        return Ok(text.to_owned());
    }
    let en = "Must be a word of at most 64 small letters, digits and _, beginning with a letter.";
    Err(Fault::new("property_invalid", "应为最多 64 个小写字母、数字和 _ 组成的词，以字母开头。", en))
}

impl NewIndicator {
    /// The requirement; everything that is wrong goes to `bad`, under the pointer `at`.
    pub fn read(&self, at: &str, bad: &mut Vec<FieldFault>) -> Option<Indicator> {
        let before = bad.len();
        let property = kept(property(&self.property), format!("{at}/property"), bad);
        let title = kept(line(&self.title, TITLE_MAX), format!("{at}/title"), bad);
        let mut amount =
            |name: &str, text: &Option<String>| text.as_deref().and_then(|text| kept(Amount::parse(text), format!("{at}/{name}"), bad));
        let (lower, upper) = (amount("lower", &self.lower), amount("upper", &self.upper));
        let test_method = self.test_method.as_ref().and_then(|method| method.read(&format!("{at}/test_method"), bad));
        kept(Unit::parse(&self.unit), format!("{at}/unit"), bad);
        self.bounds(at, lower.zip(upper), bad);
        if bad.len() > before {
            return None;
        }
        let (direction, unit, kind) = (self.direction, self.unit.clone(), self.kind);
        Some(Indicator { property: property?, title: title?, direction, lower, upper, unit, test_method, kind })
    }

    /// Which bounds a direction has.
    fn bounds(&self, at: &str, both: Option<(Amount, Amount)>, bad: &mut Vec<FieldFault>) {
        let wanted = |name: &str, direction: Direction| match name {
            "lower" => direction != Direction::Max,
            _ => direction != Direction::Min,
        };
        for (name, is_there) in [("lower", self.lower.is_some()), ("upper", self.upper.is_some())] {
            let (zh, en) = match (wanted(name, self.direction), is_there) {
                (true, false) => ("该方向须写明此限值。", "This direction needs this bound."),
                (false, true) => ("该方向没有此限值。", "This direction has no such bound."),
                _ => continue,
            };
            bad.push(FieldFault::rule(format!("{at}/{name}"), "indicator_bound", zh, en));
        }
        if both.is_some_and(|(lower, upper)| lower > upper) {
            bad.push(FieldFault::rule(
                format!("{at}/upper"),
                "indicator_bound",
                "上限低于下限。",
                "The upper bound is below the lower one.",
            ));
        }
    }
}

/// Why two requirements cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncomparableReason)]
pub enum Reason {
    /// They are about different things.
    Property,
    /// Their units measure different things.
    Unit,
    /// Their units carry different annotations.
    UnitAnnotation,
    /// Their units are ratios of different things.
    UnitRatio,
    /// Their test methods differ, and no conversion is recorded.
    TestMethod,
    /// Only one of them names a test method.
    TestMethodMissing,
    /// One limits from above, the other from below.
    Direction,
    /// Each allows what the other forbids.
    Range,
}

impl Reason {
    /// The sentence for people.
    #[must_use]
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Property => ("指标不同。", "They are about different properties."),
            Self::Unit => ("计量单位的量纲不同，无法换算。", "The units measure different things and cannot be converted."),
            Self::UnitAnnotation => {
                ("计量单位的注释不同，可能指不同的对象。", "The annotations of the units differ, so they may mean different things.")
            }
            Self::UnitRatio => {
                ("两个比值的构成不同，例如质量比与体积比。", "The units are ratios of different things, such as mass and volume.")
            }
            Self::TestMethod => {
                ("试验方法不同，且没有登记的换算关系。", "The test methods differ, and no conversion between them is recorded.")
            }
            Self::TestMethodMissing => ("只有一方写明了试验方法。", "Only one of them names a test method."),
            Self::Direction => ("一个限制上限，另一个限制下限。", "One is a limit from above and the other one from below."),
            Self::Range => ("双方允许的范围互不包含。", "Each allows values that the other forbids."),
        };
        Text::new(zh, en)
    }
}

/// How our requirement stands to theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that passes ours passes theirs, and not the other way round.
    Stricter,
    /// The same passes both.
    Equal,
    /// All that passes theirs passes ours, and not the other way round.
    Looser,
    /// Nothing can be said.
    NotComparable(Reason),
}

impl Verdict {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stricter => "stricter",
            Self::Equal => "equal",
            Self::Looser => "looser",
            Self::NotComparable(_) => "not_comparable",
        }
    }

    /// Why nothing can be said.
    #[must_use]
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::NotComparable(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Which side a recorded conversion of test methods applies to.
enum Bridge<'a> {
    Same,
    Ours(&'a MethodConversion),
    Theirs(&'a MethodConversion),
}

/// How values by the two methods meet.
fn bridge<'a>(ours: &Indicator, theirs: &Indicator, known: &'a [MethodConversion]) -> Result<Bridge<'a>, Reason> {
    let (own, other) = match (&ours.test_method, &theirs.test_method) {
        (own, other) if own == other => return Ok(Bridge::Same),
        (Some(own), Some(other)) => (own, other),
        _ => return Err(Reason::TestMethodMissing),
    };
    let joins = |conversion: &&MethodConversion| {
        let ends = (&conversion.from, &conversion.to);
        conversion.property == ours.property && (ends == (own, other) || ends == (other, own))
    };
    // Where both ways are recorded, always the same one: whoever asks, the answer is one.
    let found = known.iter().filter(joins).min_by_key(|conversion| &conversion.from).ok_or(Reason::TestMethod)?;
    Ok(if found.from == *own { Bridge::Ours(found) } else { Bridge::Theirs(found) })
}

/// The bounds of a requirement in base units.
struct Bounds {
    lower: Option<Measured>,
    upper: Option<Measured>,
}

impl Bounds {
    fn of(indicator: &Indicator, unit: &Unit) -> Option<Self> {
        let measure = |amount: Option<Amount>| amount.map_or(Some(None), |amount| unit.measure(amount).map(Some));
        Some(Self { lower: measure(indicator.lower)?, upper: measure(indicator.upper)? })
    }

    /// As they are by the method that a conversion leads to.
    fn by(self, conversion: &MethodConversion) -> Option<Self> {
        let unit = Unit::parse(&conversion.unit).ok()?;
        let (factor, offset) = (pure(conversion.factor)?, unit.difference(conversion.offset)?);
        let convert = |value: Option<Measured>| match value {
            None => Some(None),
            Some(value) => value.plus(unit.origin().negated())?.times(factor)?.plus(offset)?.plus(unit.origin()).map(Some),
        };
        Some(Self { lower: convert(self.lower)?, upper: convert(self.upper)? })
    }

    /// How these stand to others: what passes is a set of numbers, and the smaller set is the stricter one.
    fn against(&self, other: &Self) -> Option<Ordering> {
        let side = |own: Option<Measured>, other: Option<Measured>| match (own, other) {
            (None, None) => Ordering::Equal,
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (Some(own), Some(other)) => own.order(other),
        };
        let lower = side(self.lower, other.lower);
        let upper = match (self.upper, other.upper) {
            (Some(own), Some(other)) => other.order(own),
            (own, other) => side(own, other),
        };
        match (lower, upper) {
            (one, other) if one == other => Some(one),
            (Ordering::Equal, one) | (one, Ordering::Equal) => Some(one),
            _ => None,
        }
    }
}

fn units_of(ours: &Indicator, theirs: &Indicator) -> Result<(Unit, Unit), Reason> {
    let read = |code: &str| Unit::parse(code).map_err(|_unknown| Reason::Unit);
    let (own, other) = (read(&ours.unit)?, read(&theirs.unit)?);
    match own.apart(&other) {
        None => Ok((own, other)),
        Some(Apart::Dimension) => Err(Reason::Unit),
        Some(Apart::Annotation) => Err(Reason::UnitAnnotation),
        Some(Apart::Ratio) => Err(Reason::UnitRatio),
    }
}

fn judged(ours: &Indicator, theirs: &Indicator, known: &[MethodConversion]) -> Result<Verdict, Reason> {
    if ours.property != theirs.property {
        return Err(Reason::Property);
    }
    let (own_unit, other_unit) = units_of(ours, theirs)?;
    let bridge = bridge(ours, theirs, known)?;
    let (own_unit, other_unit) = if matches!(bridge, Bridge::Same) { own_unit.aligned(other_unit) } else { (own_unit, other_unit) };
    let (own, other) = Bounds::of(ours, &own_unit).zip(Bounds::of(theirs, &other_unit)).ok_or(Reason::Unit)?;
    let fits = |conversion: &MethodConversion| Unit::parse(&conversion.unit).is_ok_and(|unit| unit.apart(&own_unit).is_none());
    let (own, other) = match bridge {
        Bridge::Same => (own, other),
        Bridge::Ours(conversion) | Bridge::Theirs(conversion) if !fits(conversion) => return Err(Reason::TestMethod),
        Bridge::Ours(conversion) => (own.by(conversion).ok_or(Reason::Unit)?, other),
        Bridge::Theirs(conversion) => (own, other.by(conversion).ok_or(Reason::Unit)?),
    };
    match own.against(&other) {
        Some(Ordering::Greater) => Ok(Verdict::Stricter),
        Some(Ordering::Equal) => Ok(Verdict::Equal),
        Some(Ordering::Less) => Ok(Verdict::Looser),
        None if ours.direction == theirs.direction => Err(Reason::Range),
        None => Err(Reason::Direction),
    }
}

/// How our requirement stands to theirs, by all that is known of their test methods.
#[must_use]
pub fn compare(ours: &Indicator, theirs: &Indicator, conversions: &[MethodConversion]) -> Verdict {
    judged(ours, theirs, conversions).unwrap_or_else(Verdict::NotComparable)
}
