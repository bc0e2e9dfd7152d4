//! Writing an event in the transaction of its effect. Not here: reading, `read.rs`.

use diesel::{ExpressionMethods, RunQueryDsl};
use serde::Serialize;

use crate::{
    db::{Tx, outbox},
    error::{Error, Result},
};

/// What an event needs besides its payload.
#[derive(Clone, Copy, Debug)]
pub struct Emit<'a> {
    /// The CloudEvents type.
    pub kind: &'a str,
    /// `public`, `partner` or `internal`.
    pub audience: &'a str,
    /// The Unified Social Credit Code it is about.
    pub subject: &'a str,
    /// The client who caused it.
    pub actor: &'a str,
}

/// Records an event; gives its position in the feed.
///
/// # Errors
/// When the payload is no JSON or the database fails.
pub fn emit(tx: &mut Tx<'_>, emit: Emit<'_>, payload: &impl Serialize) -> Result<i64> {
    let data = serde_json::to_string(payload).map_err(Error::internal)?;
    let position = tx.next_position();
    diesel::insert_into(outbox::table)
        .values((
            outbox::position.eq(position),
            outbox::id.eq(tx.id("evt")),
            outbox::kind.eq(emit.kind),
            outbox::subject.eq(emit.subject),
            outbox::audience.eq(emit.audience),
            outbox::recorded_at.eq(tx.now().naive_utc()),
            outbox::actor.eq(emit.actor),
            outbox::data.eq(data),
        ))
        .execute(tx.conn)?;
    Ok(position)
}
