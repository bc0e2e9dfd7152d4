//! Words and numbers of an import. Not here: what its rows become.

use serde::Serialize;
use utoipa::ToSchema;

use crate::mapping::rules::{Mapping, Others, columns, folded};
use model::fault::FieldFault;
use serde_json::{Map, Value};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// CSV with a header line.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// The first sheet of a workbook.
    Xlsx,
}

impl Form {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Csv, "csv", "text/csv"),
        (Self::Ndjson, "ndjson", "application/x-ndjson"),
        (Self::Xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ];

    /// The form of a media type.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, _, media)| *media == media_type).map(|(form, ..)| form)
    }

    /// The form of a word in the database.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, named, _)| *named == word).map(|(form, ..)| form)
    }

    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum State {
    /// It has arrived whole.
    Queued,
    /// It is being read.
    Running,
    /// Every row was recorded or refused.
    Done,
    /// It could not be read as a whole; rows read before stay recorded.
    Failed,
}

impl State {
    /// Every state, in order.
    pub const ALL: [(&'static str, Self); 4] =
        [("queued", Self::Queued), ("running", Self::Running), ("done", Self::Done), ("failed", Self::Failed)];

    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(named, _)| *named == word).map(|(_, state)| state)
    }
}

/// Thousandths of a whole, 999 at most: only the end is the end.
#[must_use]
pub fn progress(read: u64, whole: u64) -> i32 {
    let thousandths = read.saturating_mul(1_000).checked_div(whole).unwrap_or(0);
    i32::try_from(thousandths.min(999)).unwrap_or(999)
}

/// The columns that the lines of an NDJSON file have by a mapping.
#[must_use]
pub fn columns_of(mapping: &Mapping) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, column) in columns(mapping) {
        if !found.iter().any(|known| folded(known) == folded(column)) {
            found.push(column.to_owned());
        }
    }
    found
}

/// The cells of an NDJSON line in the order of these columns.
///
/// # Errors
/// Every value that is neither text, number nor boolean, and every name that the mapping does not know, unless it ignores them.
pub fn cells_of(object: &Map<String, Value>, header: &[String], others: Others) -> Result<Vec<String>, Vec<FieldFault>> {
    let (mut cells, mut faults) = (vec![String::new(); header.len()], Vec::new());
    for (name, value) in object {
        let place = header.iter().position(|column| folded(column) == folded(name));
        let pointer = || format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let text = match (place, value) {
            (None, _) if others == Others::Refuse => {
                faults.push(FieldFault::shape(pointer(), "unknown_field", "映射中没有这一列。", "The mapping knows no such column."));
                continue;
            }
            (None, _) | (_, Value::Null) => continue,
            (_, Value::String(text)) => text.clone(),
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::Bool(flag)) => flag.to_string(),
            (_, Value::Array(_) | Value::Object(_)) => {
                faults.push(FieldFault::shape(
                    pointer(),
                    "wrong_type",
                    "应为文本、数字或布尔值。",
                    "Must be text, a number or true or false.",
                ));
                continue;
            }
        };
        if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
            *cell = text;
        }
    }
    if faults.is_empty() { Ok(cells) } else { Err(faults) }
}
