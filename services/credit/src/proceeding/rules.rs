//! What a kind of proceeding tells of itself. Not here: its states and steps, `objection` and `repair`.

use model::uscc::Uscc;
use serde::{Serialize, de::DeserializeOwned};

/// A proceeding about one fact.
pub trait Proceeding: Clone + Serialize + DeserializeOwned {
    /// The word of its kind, in the database and where there is none.
    const KIND: &'static str;

    /// Its own id.
    fn id(&self) -> &str;

    /// The fact as it stood when the proceeding began.
    fn fact(&self) -> &str;

    /// Whose.
    fn enterprise(&self) -> &Uscc;

    /// The word of its state.
    fn state(&self) -> &'static str;
}
