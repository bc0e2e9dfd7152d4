//! Use cases of the register: record an entry, and tell the followers. Not here: what an entry must be like, `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::{IfMatch, mismatch, required},
};
use contracts::event::tell;
use model::text::Text;

use super::{rules::Enterprise, store};
use crate::score;

/// What the caller said about the state it expects.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// `If-None-Match: *`: there is none yet.
    Absent,
    /// `If-Match`: this version.
    Version(IfMatch),
    /// Nothing: fine for a new entry, 428 for one that exists.
    Unsaid,
    /// The source is authoritative and simply says what is, as an import does.
    Any,
}

/// How an entry was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// There was none.
    Created,
    /// It replaced an earlier version.
    Replaced,
    /// It said what stood already.
    Unchanged,
}

/// Records an entry: its version, its names, the event, and the score timeline where it moves.
///
/// # Errors
/// 412 or 428 when the expectation is not met.
pub fn record(tx: &mut Tx<'_>, models: &score::Models, entry: &Enterprise, expectation: &Expectation, by: &str) -> Result<(Recorded, i64)> {
    let stands = store::find(tx.conn, &entry.uscc)?;
    match (&stands, expectation) {
        (Some(stored), Expectation::Absent) => return Err(mismatch(stored.version)),
        (Some(stored), Expectation::Version(tag)) => tag.check(stored.version)?,
        (Some(_), Expectation::Unsaid) => return Err(required()),
        (None, Expectation::Version(_)) => {
            let detail = Text::new("没有可匹配的版本。", "There is no version to match.");
            return Err(Error::conflict(Code::ETAG_MISMATCH, detail));
        }
        _ => {}
    }
    if let Some(stored) = &stands
        && stored.enterprise == *entry
    {
        return Ok((Recorded::Unchanged, stored.version));
    }
    let version = stands.as_ref().map_or(1, |stored| stored.version.saturating_add(1));
    store::save(tx.conn, entry, version, tx.now(), by)?;
    let told = entry.told();
    if stands.as_ref().is_none_or(|stored| stored.enterprise.told() != told) {
        tell(tx, &told, by)?;
    }
    score::actions::refresh(tx, models, entry, by)?;
    Ok((if stands.is_some() { Recorded::Replaced } else { Recorded::Created }, version))
}
