//! What the use cases of every kind of proceeding begin with. Not here: what each kind then does, `objection` and `repair`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::credit::Fact;
use model::{text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::Proceeding,
    store::{self, Stored},
};
use crate::{
    enterprise,
    fact::{self, actions::Actor},
};

/// The fact about which an actor begins a proceeding.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `illegal_transition` when the fact stands no more.
pub fn contested(tx: &mut Tx<'_>, id: &str, actor: &Actor) -> Result<Fact> {
    let stored = fact::store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("fact", id))?;
    speaks_for(tx, actor, &stored.fact.enterprise)?;
    if stored.superseded_at.is_some() {
        let detail = Text::new("该事实已被更正或撤销。", "This fact was superseded or annulled already.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("superseded_by", json!(stored.superseded_by)));
    }
    Ok(stored.fact)
}

/// The proceeding with which a step goes on; `withdrawn_by` is who takes it back, and must speak for the enterprise.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`.
pub fn resumed<P: Proceeding>(tx: &mut Tx<'_>, id: &str, version: i64, withdrawn_by: Option<&Actor>) -> Result<P> {
    let Stored::<P> { proceeding, version: stands } = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found(P::KIND, id))?;
    if let Some(actor) = withdrawn_by {
        speaks_for(tx, actor, proceeding.head().enterprise)?;
    }
    if stands == version { Ok(proceeding) } else { Err(mismatch(stands)) }
}

/// An enterprise speaks for itself and, after a merger, for what it took over.
fn speaks_for(tx: &mut Tx<'_>, actor: &Actor, enterprise: &Uscc) -> Result<()> {
    let survivor = enterprise::store::survivor_of(tx.conn, enterprise)?;
    actor.speaks_for(&survivor)
}

/// The version of a fact that stands now; none where it was annulled.
///
/// # Errors
/// When the database fails.
pub fn current(tx: &mut Tx<'_>, id: &str) -> Result<Option<Fact>> {
    let mut id = id.to_owned();
    loop {
        let Some(stored) = fact::store::find(tx.conn, &id)? else { return Ok(None) };
        match (stored.superseded_at, stored.superseded_by) {
            (None, _) => return Ok(Some(stored.fact)),
            (Some(_), Some(next)) => id = next,
            (Some(_), None) => return Ok(None),
        }
    }
}
