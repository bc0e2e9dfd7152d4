//! Use cases of mappings: record a version, find one by its name. Not here: what a mapping may say, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::{IfMatch, mismatch, required},
};
use model::{instant::Day, text::Text, uscc::Uscc};

use super::{
    rules::{Mapping, shipped},
    store::{self, Stored},
};

/// Records a mapping as its next version; the same again changes nothing.
///
/// # Errors
/// 412 or 428 when the expectation about the version is not met.
pub fn record(
    tx: &mut Tx<'_>,
    organisation: &Uscc,
    name: &str,
    mapping: &Mapping,
    expected: (Option<&IfMatch>, bool),
    by: &str,
) -> Result<(Stored, bool)> {
    let stands = store::find(tx.conn, organisation, name)?;
    match (&stands, expected) {
        (Some(stored), (_, true)) => return Err(mismatch(stored.version)),
        (Some(stored), (Some(tag), false)) => tag.check(stored.version)?,
        (Some(_), (None, false)) => return Err(required()),
        (None, (Some(_), _)) => {
            let detail = Text::new("没有可匹配的版本。", "There is no version to match.");
            return Err(Error::conflict(Code::ETAG_MISMATCH, detail));
        }
        (None, (None, _)) => {}
    }
    if let Some(stored) = stands.as_ref().filter(|stored| stored.mapping == *mapping) {
        return Ok((stored.clone(), false));
    }
    let version = stands.as_ref().map_or(1, |stored| stored.version.saturating_add(1));
    let stored = Stored { name: name.to_owned(), version, mapping: mapping.clone(), recorded_at: Some(tx.now()) };
    store::insert(tx.conn, organisation, &stored, tx.now(), by)?;
    Ok((stored, stands.is_none()))
}

/// A mapping by its name: an own one, or one that is shipped.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, organisation: &Uscc, name: &str, today: Day) -> Result<Option<Stored>> {
    let built_in = shipped(today)?.into_iter().find(|(shipped, _)| *shipped == name);
    if let Some((_, mapping)) = built_in {
        return Ok(Some(Stored { name: name.to_owned(), version: 0, mapping, recorded_at: None }));
    }
    store::find(conn, organisation, name)
}
