//! Taking a document over: the tender that it makes, put as if it had been written, and the document beside it. Not here: how a document is read.

use common::{
    db::Tx,
    error::{Error, Result},
};

use super::{
    rules::beside,
    store::{self, Record},
};
use crate::{
    Procurement,
    buyer::actions::Author,
    espd::rules::Asked,
    tender::{
        actions::{Expected, put},
        rules::{Amendment, NewTender, read},
        store::Stored,
    },
};

/// Puts the tender that was read from a document, and keeps the document.
///
/// # Errors
/// What is wrong with the tender, and as `tender::actions::put`.
pub fn import(
    tx: &mut Tx<'_>,
    app: &Procurement,
    (tender, record): (&NewTender, &Record),
    expected: &Expected,
    author: &Author,
) -> Result<(Stored, bool)> {
    let mut tender = tender.clone();
    tender.source = Some(record.line.digest.clone());
    let current = crate::tender::store::find(tx.conn, &record.id)?;
    // A document tells its amendments from the first on; before publication there is nothing to amend.
    if current.as_ref().is_none_or(|stored| stored.published_at.is_none()) {
        tender.amendment = None;
    }
    if let Some(stored) = &current {
        tender = beside(tender, serde_json::from_str(&stored.body).map_err(Error::internal)?, record.line.form);
    }
    let read = read(&tender)?;
    let put = put(tx, app, &record.id, &read, expected, author)?;
    store::keep(tx.conn, record)?;
    Ok(put)
}

/// A tender with what an ESPD request asks: in the place of what an earlier one asked, beside what was written by hand.
#[must_use]
pub fn with_asked(mut tender: NewTender, asked: &Asked, rationale: Option<String>) -> NewTender {
    tender.requirements.retain(|requirement| requirement.espd.is_none());
    tender.requirements.extend(asked.requirements.iter().cloned());
    let fresh: Vec<_> = asked.criteria.iter().filter(|criterion| !tender.criteria.contains(criterion)).cloned().collect();
    tender.criteria.extend(fresh);
    tender.amendment = rationale.map(|rationale| Amendment { rationale, affects_bids: None });
    tender
}
