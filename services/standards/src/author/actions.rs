//! The author of a write: the client, its organisation and what it may do. Not here: what an act needs beside that.

use common::{
    error::{Code, Error, Result},
    token::{Caller, Role},
};
use model::{text::Text, uscc::Uscc};

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
    /// The author of a request, whatever its role.
    ///
    /// # Errors
    /// 401 when the token's organisation is no valid code.
    pub fn of(caller: &Caller) -> Result<Self> {
        Ok(Self { client: caller.client().to_owned(), organisation: caller.organisation()?, role: caller.role() })
    }

    /// The author of a request that only some roles may make; authorities always may.
    ///
    /// # Errors
    /// `not_your_organisation` for every other role.
    pub fn with_role(caller: &Caller, roles: &[Role]) -> Result<Self> {
        if caller.role() == Role::Authority || roles.contains(&caller.role()) {
            return Self::of(caller);
        }
        let detail = Text::new("该角色不能办理此事。", "This is not for clients of that role.");
        Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
    }

    /// Refuses to act for another organisation; authorities act for all.
    ///
    /// # Errors
    /// `not_your_organisation`.
    pub fn owns(&self, organisation: &str) -> Result<()> {
        if self.role == Role::Authority || self.organisation.as_str() == organisation {
            return Ok(());
        }
        let detail = Text::new("只能代表本单位办理。", "A caller acts only for its own organisation.");
        Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
    }
}
