//! Which operations are look-ups, what of a purpose is kept, and how long an entry stays. Not here: reading the document, `http.rs`.

use chrono::Months;
use model::{fault::Fault, instant::Day, normalise::line, policy::Policy};
use serde::{Deserialize, Serialize};

/// The rules as shipped.
const KEEPING: &str = include_str!("../../policy/query_log.json");
/// A purpose is cut to so many characters.
pub const PURPOSE_MAX: usize = 200;

/// How the log is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keeping {
    /// Entries stay so many years.
    pub kept_years: u32,
    /// Operations that read one thing and are no look-up of an enterprise.
    pub not_noted: Vec<String>,
    /// Readers of these roles are not told to the enterprise.
    pub not_shown_to_enterprise: Vec<String>,
}

/// The shipped policy by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Keeping>, Fault> {
    Policy::from_json(KEEPING)
}

/// What an operation names in its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The enterprise itself, `{uscc}`.
    Enterprise,
    /// Something about an enterprise, `{id}`.
    Thing,
    /// Nobody: the body names them, and the handler tells whom it read.
    Told,
}

/// What the document says of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// `GET`, …
    pub method: &'a str,
    /// `/credit/v1/…`.
    pub path: &'a str,
    /// The operation id.
    pub id: &'a str,
    /// The scopes it asks for; `None` is public.
    pub scopes: Option<&'a [String]>,
}

/// Whether an operation is a look-up, and how it names the enterprise. By default everything is that reads and names one thing, or reads what a body
/// names.
#[must_use]
pub fn named(operation: Operation<'_>, not_noted: &[String]) -> Option<Named> {
    // What is public needs no token, so nobody is known who could be noted.
    let scopes = operation.scopes?;
    let reads = operation.method == "GET" || scopes.iter().all(|scope| scope.ends_with(":read"));
    if !reads || not_noted.iter().any(|id| id == operation.id) {
        return None;
    }
    match operation.path {
        path if path.contains("{uscc}") => Some(Named::Enterprise),
        path if path.contains("{id}") => Some(Named::Thing),
        _ => (operation.method != "GET").then_some(Named::Told),
    }
}

/// What is kept of the purpose that a reader states: one line without anything invisible, cut where it is too long.
#[must_use]
pub fn purpose(header: &[u8]) -> Option<String> {
    let text: String = String::from_utf8_lossy(header).chars().filter(|c| !c.is_control()).take(PURPOSE_MAX).collect();
    line(&text, PURPOSE_MAX).ok()
}

/// The first day whose entries are still kept.
#[must_use]
pub fn kept_from(keeping: &Keeping, today: Day) -> Day {
    today.checked_sub_months(Months::new(keeping.kept_years.saturating_mul(12))).unwrap_or(today)
}
