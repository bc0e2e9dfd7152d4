//! Use cases of the register: record an entry, and tell the followers. Not here: what an entry must be like, `rules.rs`; who may say what of it,
//! `register_right`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::{IfMatch, mismatch, required},
    token::Role,
};
use contracts::event::tell;
use model::{text::Text, uscc::Uscc};

use super::{
    rules::{Enterprise, FormerName, Proposed},
    store,
};
use crate::{
    Credit,
    fact::{self, actions::Actor},
    register_right::rules::refused,
    score,
};

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

/// Who says it.
#[derive(Clone, Debug)]
pub struct Author {
    /// The client.
    pub client: String,
    /// Its organisation.
    pub organisation: Uscc,
    /// Its role.
    pub role: Role,
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

/// What stands afterwards.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it was recorded.
    pub recorded: Recorded,
    /// The entry.
    pub entry: Enterprise,
    /// Its version.
    pub version: i64,
    /// The name that went among the former ones by itself.
    pub given_up: Option<FormerName>,
}

/// Records an entry: its version, its names, the event, and the score timeline where it moves.
///
/// # Errors
/// `merged`, 412 or 428 when the expectation is not met, `not_your_field` for what the author may not say.
pub fn record(tx: &mut Tx<'_>, app: &Credit, proposed: &Proposed, expectation: &Expectation, author: &Author) -> Result<Outcome> {
    let stands = store::find(tx.conn, &proposed.entry.uscc)?;
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
    let today = tx.now().day();
    let before = stands.as_ref().map(|stored| &stored.enterprise);
    let (entry, given_up) = proposed.onto(before, today)?;
    let rights = app.register_rights.at(today).ok_or_else(|| Error::internal("no policy says who may write the register today"))?;
    let faults = refused(&rights.value, author.role.as_str(), before, &entry);
    if !faults.is_empty() {
        let detail = Text::new("无权登记这些内容。", "This caller may not say this of a register entry.");
        return Err(Error::forbidden(Code::NOT_YOUR_FIELD, detail).with_errors(faults));
    }
    if let Some(stored) = stands.as_ref().filter(|stored| stored.enterprise == entry) {
        return Ok(Outcome { recorded: Recorded::Unchanged, version: stored.version, entry, given_up });
    }
    let version = stands.as_ref().map_or(1, |stored| stored.version.saturating_add(1));
    store::save(tx.conn, &entry, before, version, tx.now(), &author.client)?;
    // Also where only a name has changed: the event holds none, and who keeps a copy reads the entry again.
    tell(tx, &entry.told(), &author.client)?;
    match before {
        Some(_) => {
            let actor = Actor { client: author.client.clone(), organisation: author.organisation.clone(), role: author.role };
            fact::actions::refresh(tx, app, &entry.uscc, &actor)?;
        }
        // There are no facts about whom nobody knew.
        None => score::actions::refresh_by(tx, &app.models, &entry, &[], &author.client)?,
    }
    let recorded = if stands.is_some() { Recorded::Replaced } else { Recorded::Created };
    Ok(Outcome { recorded, entry, version, given_up })
}
