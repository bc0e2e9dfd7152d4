//! Putting the drafters of an edition. Not here: what is wrong with a list, `rules.rs`.

use common::{db::Tx, error::Result, http::precondition::IfMatch};

use super::{rules::Drafter, store};
use crate::{author::actions::Author, edition::actions::found, said::actions::next_version};

/// Puts them: authorities of any edition, an association of its own.
///
/// # Errors
/// `not_found`, `not_your_organisation`, 412, 428.
pub fn put(tx: &mut Tx<'_>, edition: &str, drafters: &[Drafter], tag: Option<&IfMatch>, author: &Author) -> Result<i64> {
    let stored = found(tx.conn, edition)?;
    author.owns(stored.entry.association.as_deref().unwrap_or_default())?;
    let version = next_version(store::find(tx.conn, &stored.id)?.map(|(_, version)| version), tag)?;
    store::save(tx, &stored.id, drafters, version, author.organisation.as_str())?;
    Ok(version)
}
