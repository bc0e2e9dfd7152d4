//! What a kind of proceeding tells of itself. Not here: its states and steps, `objection` and `repair`.

use model::uscc::Uscc;
use serde::{Serialize, de::DeserializeOwned};

/// A proceeding about one fact.
pub trait Proceeding: Clone + Serialize + DeserializeOwned {
    /// The word of its kind, in the database and where there is none.
    const KIND: &'static str;

    /// What every proceeding has.
    fn head(&self) -> Head<'_>;
}

/// What every proceeding has.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Its own id.
    pub id: &'a str,
    /// The fact as it stood when the proceeding began.
    pub fact: &'a str,
    /// Whose.
    pub enterprise: &'a Uscc,
    /// The word of its state.
    pub state: &'static str,
}
