//! The version that a write expects to find. Not here: reading the header, `common::http::precondition`.

use common::{
    error::Result,
    http::precondition::{IfMatch, mismatch, required},
};

/// The version that a write makes of what stands, or of nothing.
///
/// # Errors
/// 428 where something stands and no version is named, 412 where it is another one.
pub fn next_version(stands: Option<i64>, tag: Option<&IfMatch>) -> Result<i64> {
    match (stands, tag) {
        (Some(version), Some(tag)) => tag.check(version).map(|()| version.saturating_add(1)),
        (Some(_), None) => Err(required()),
        (None, Some(_)) => Err(mismatch(0)),
        (None, None) => Ok(1),
    }
}
