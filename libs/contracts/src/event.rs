//! What every event payload has: its type and who may read it. Not here: the envelope and the feed, `common::feed`.

use common::{
    db::Tx,
    error::Result,
    feed::{Emit, emit},
};
use serde::{Serialize, de::DeserializeOwned};

/// Who may read an event from the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Anyone, without a token.
    Public,
    /// Callers with the scope `{service}:read`.
    Partner,
    /// Services of the platform and authorities.
    Internal,
}

impl Audience {
    /// The word stored beside the event.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Partner => "partner",
            Self::Internal => "internal",
        }
    }
}

/// The payload of one event type.
pub trait Payload: Serialize + DeserializeOwned {
    /// The CloudEvents type, `touchstone.{service}.{noun}.{verb}.v{n}`.
    const TYPE: &'static str;
    /// Who may read it.
    const AUDIENCE: Audience;
    /// The subject of the event: the Unified Social Credit Code it is about.
    fn subject(&self) -> &str;
}

/// Records an event in the transaction of its effect; gives its position in the feed.
///
/// # Errors
/// When the database fails.
pub fn tell<P: Payload>(tx: &mut Tx<'_>, payload: &P, by: &str) -> Result<i64> {
    emit(tx, Emit { kind: P::TYPE, audience: P::AUDIENCE.as_str(), subject: payload.subject(), actor: by }, payload)
}
