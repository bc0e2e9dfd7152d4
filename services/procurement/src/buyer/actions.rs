//! The author of a write, and who may see a draft. Not here: what is written, `tender`.

use common::{
    db::Conn,
    error::{Code, Error, Result},
    token::{Caller, Role},
};
use model::{text::Text, uscc::Uscc};

use crate::tender::{
    rules::State,
    store::{self, Stored},
};

/// Who writes.
#[derive(Clone, Debug)]
pub struct Author {
    /// The client of the token.
    pub client: String,
    /// Its organisation.
    pub organisation: Uscc,
    /// What it may do.
    pub role: Role,
}

impl Author {
    /// The author of a request: a buyer or an authority.
    ///
    /// # Errors
    /// `not_your_organisation` for every other role.
    pub fn of(caller: &Caller) -> Result<Self> {
        if !matches!(caller.role(), Role::Buyer | Role::Authority) {
            let detail = Text::new("只有采购人和主管部门可以办理采购项目。", "Only buyers and authorities handle tenders.");
            return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
        }
        Ok(Self { client: caller.client().to_owned(), organisation: caller.organisation()?, role: caller.role() })
    }

    /// Refuses to act on the tender of another organisation; authorities act on all.
    ///
    /// # Errors
    /// `not_found` where the tender is not public, else `not_your_organisation`.
    pub fn owns(&self, stored: &Stored) -> Result<()> {
        if self.role == Role::Authority || self.organisation.as_str() == stored.organisation {
            return Ok(());
        }
        if stored.published_at.is_none() {
            return Err(unknown(&stored.id));
        }
        Err(Error::forbidden(
            Code::NOT_YOUR_ORGANISATION,
            Text::new("该采购项目属于其他单位。", "The tender belongs to another organisation."),
        ))
    }
}

/// There is no such tender, or none that may be seen.
#[must_use]
pub fn unknown(id: &str) -> Error {
    Error::not_found("tender", id)
}

/// The newest version of a tender that may be seen: a draft only by its organisation, authorities and services.
///
/// # Errors
/// `not_found`.
pub fn visible(conn: &mut Conn, id: &str, version: Option<u32>, caller: &Caller) -> Result<Stored> {
    let stored = store::version(conn, id, version)?.ok_or_else(|| unknown(id))?;
    let is_public = stored.published_at.is_some() && stored.state != State::Draft;
    let is_own = caller.may_read_internal() || caller.organisation().is_ok_and(|own| own.as_str() == stored.organisation);
    if is_public || is_own { Ok(stored) } else { Err(unknown(id)) }
}
