//! A conversion between test methods as it is sent and kept; pure. Not here: converting, `indicator::rules`.

use model::{fault::FieldFault, instant::Instant, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    indicator::rules::{Amount, TestMethod, property},
    unit::rules::Unit,
};

/// The longest source.
const SOURCE_MAX: usize = 200;

/// What is known of two test methods: a value by the one is a factor times that by the other and an offset, both counted in `unit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodConversion {
    /// Of which property.
    pub property: String,
    /// The method by which a value was found.
    pub from: TestMethod,
    /// The method that it is converted to.
    pub to: TestMethod,
    /// Above zero.
    pub factor: Amount,
    /// In the unit.
    pub offset: Amount,
    /// In which unit both are counted, a UCUM code.
    pub unit: String,
}

/// A conversion as it is sent: a value by the method `to` is the factor times the value by the method `from`, and the offset.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMethodConversion {
    /// Of which property.
    #[schema(example = "formaldehyde")]
    property: String,
    /// The method by which a value was found.
    from: TestMethod,
    /// The method that it is converted to.
    to: TestMethod,
    /// Above zero, exact.
    #[schema(example = "1.2")]
    factor: String,
    /// Counted in the unit; 0 where nothing is said.
    #[serde(default)]
    #[schema(example = "0")]
    offset: Option<String>,
    /// In which unit both values are counted, a UCUM code.
    #[schema(example = "mg/kg")]
    unit: String,
    /// Where the conversion was established.
    #[schema(example = "示例：比对试验报告 2026-01")]
    source: String,
}

/// A conversion that is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// `mcv_…`.
    pub id: String,
    /// What it says.
    pub conversion: MethodConversion,
    /// Where it was established.
    pub source: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When and why it was withdrawn.
    #[serde(default)]
    pub withdrawn: Option<Withdrawn>,
    /// Counted from 1.
    pub version: i64,
}

/// When and why a conversion was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MethodConversionWithdrawn)]
pub struct Withdrawn {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// Why.
    pub reason: String,
}

impl NewMethodConversion {
    /// The conversion and its source.
    ///
    /// # Errors
    /// Everything that is wrong with it, by its field.
    pub fn read(&self) -> Result<(MethodConversion, String), Vec<FieldFault>> {
        let mut bad = Vec::new();
        let (from, to) = (self.from.read("/from", &mut bad), self.to.read("/to", &mut bad));
        let mut wrong = |at: &str, fault| bad.push(FieldFault::of(at, fault));
        let property = property(&self.property).map_err(|fault| wrong("/property", fault)).ok();
        let factor = Amount::parse(&self.factor).map_err(|fault| wrong("/factor", fault)).ok();
        let offset = self.offset.as_deref().map_or(Ok(Amount::ZERO), Amount::parse).map_err(|fault| wrong("/offset", fault)).ok();
        let unit = Unit::parse(&self.unit).map_err(|fault| wrong("/unit", fault)).ok();
        let source = line(&self.source, SOURCE_MAX).map_err(|fault| wrong("/source", fault)).ok();
        if factor.is_some_and(|factor| !factor.is_positive()) {
            bad.push(FieldFault::rule("/factor", "factor_not_positive", "换算系数须大于零。", "A factor is above zero."));
        }
        if from.is_some() && from == to {
            bad.push(FieldFault::rule("/to", "method_same", "两个试验方法相同。", "Both methods are the same."));
        }
        let (true, Some(_)) = (bad.is_empty(), unit) else { return Err(bad) };
        let read = || {
            let conversion =
                MethodConversion { property: property?, from: from?, to: to?, factor: factor?, offset: offset?, unit: self.unit.clone() };
            Some((conversion, source?))
        };
        read().ok_or(bad)
    }
}
