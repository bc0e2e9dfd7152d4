//! What an assessment body is, and which fields of products it covers. Not here: where it is kept, `store.rs`.

use std::collections::BTreeSet;

use model::{fault::FieldFault, instant::Instant, uscc::Uscc};
use serde::{Deserialize, Serialize};

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

/// Whether a text is a class of the International Classification for Standards: `97`, `97.190` or `97.190.10`.
#[must_use]
pub fn is_ics(text: &str) -> bool {
    let widths: Vec<usize> = text.split('.').map(str::len).collect();
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && matches!(widths.as_slice(), [2] | [2, 3] | [2, 3, 2])
}

/// The fault of a class that is none.
#[must_use]
pub fn ics_invalid(pointer: impl Into<String>) -> FieldFault {
    let en = "A class of the ICS is two digits, and three and two more after points: 97, 97.190, 97.190.10.";
    FieldFault::rule(pointer, "ics_invalid", "ICS 分类号应为 97、97.190 或 97.190.10 的形式。", en)
}

/// The fields as they are kept: each once, in order.
#[must_use]
pub fn fields(said: &[String], faults: &mut Vec<FieldFault>) -> Vec<String> {
    if said.is_empty() || said.len() > FIELDS_MAX {
        faults.push(FieldFault::rule("/fields", "field_count", "应有一至五十个领域。", "A body names one to fifty fields."));
    }
    for (place, _) in said.iter().enumerate().filter(|(_, field)| !is_ics(field)) {
        faults.push(ics_invalid(format!("/fields/{place}")));
    }
    let once: BTreeSet<String> = said.iter().cloned().collect();
    once.into_iter().collect()
}
