//! Putting the drafters of an edition, and who may speak of it. Not here: what is wrong with a list, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::Result,
    http::precondition::IfMatch,
};
use model::standard_no::Level;

use super::{rules::Drafter, store};
use crate::{
    association,
    author::actions::Author,
    edition::{actions::found, rules::Entry},
    said::actions::next_version,
};

/// The association whose group standard an edition is: the one that is named with it, or else the one that has the code in its number.
///
/// # Errors
/// When the database fails.
pub fn issuer(conn: &mut Conn, entry: &Entry) -> Result<Option<String>> {
    if entry.association.is_some() || entry.number.level() != Level::Group {
        return Ok(entry.association.clone());
    }
    Ok(association::store::find(conn, entry.number.body())?.map(|stored| stored.association.uscc.to_string()))
}

/// Refuses whoever is neither an authority nor the association that issued the edition.
///
/// # Errors
/// `not_your_organisation`.
pub fn only_issuer(conn: &mut Conn, entry: &Entry, author: &Author) -> Result<()> {
    let issuer = issuer(conn, entry)?;
    author.owns(issuer.as_deref().unwrap_or_default())
}

/// Puts them: authorities of any edition, an association of its own.
///
/// # Errors
/// `not_found`, `not_your_organisation`, 412, 428.
pub fn put(tx: &mut Tx<'_>, edition: &str, drafters: &[Drafter], tag: Option<&IfMatch>, author: &Author) -> Result<i64> {
    let stored = found(tx.conn, edition)?;
    only_issuer(tx.conn, &stored.entry, author)?;
    let version = next_version(store::find(tx.conn, &stored.id)?.map(|(_, version)| version), tag)?;
    store::save(tx, &stored.id, drafters, version, author.organisation.as_str())?;
    Ok(version)
}
