//! What an assessment body is, and which fields of products it covers. Not here: where it is kept, `store.rs`.

use std::collections::BTreeSet;

use model::{fault::FieldFault, instant::Instant, uscc::Uscc};
use serde::{Deserialize, Serialize};

use crate::classification::rules::is_ics;

/// How many fields a body names at most.
pub const FIELDS_MAX: usize = 50;

/// A third-party assessment body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessor {
    /// `asr_…`.
    pub id: String,
    /// The organisation.
    pub organisation: Uscc,
    /// Its name.
    pub name: String,
    /// The fields of products, classes of the International Classification for Standards, in order.
    pub fields: Vec<String>,
    /// Under which number it is accredited, and by whom.
    pub accreditation: Option<String>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl Assessor {
    /// Whether it assesses products of a class.
    #[must_use]
    pub fn covers(&self, ics: &str) -> bool {
        self.fields.iter().any(|field| is_within(ics, field))
    }
}

/// Whether a class is another one or lies below it.
#[must_use]
pub fn is_within(ics: &str, field: &str) -> bool {
    ics.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The fault of a class that there is not.
#[must_use]
pub fn ics_unknown(pointer: impl Into<String>) -> FieldFault {
    FieldFault::rule(pointer, "ics_unknown", "国际标准分类法没有该类目。", "The ICS has no such class.")
}

/// The fields as they are kept: each once, in order.
#[must_use]
pub fn fields(said: &[String], faults: &mut Vec<FieldFault>) -> Vec<String> {
    if said.is_empty() || said.len() > FIELDS_MAX {
        faults.push(FieldFault::rule("/fields", "field_count", "应有一至五十个领域。", "A body names one to fifty fields."));
    }
    let mut once = BTreeSet::new();
    for (place, field) in said.iter().enumerate() {
        if is_ics(field) {
            once.insert(field.clone());
        } else {
            faults.push(ics_unknown(format!("/fields/{place}")));
        }
    }
    once.into_iter().collect()
}
