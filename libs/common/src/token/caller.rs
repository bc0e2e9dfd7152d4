//! The caller that a handler sees. Not here: how it was verified, `verify.rs`.

use std::{future::Ready, sync::Arc};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use model::{text::Text, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Claims;
use crate::error::{Code, Error, Result};

/// What an organisation is to the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Market supervision.
    Authority,
    /// A trade association.
    Association,
    /// A producer or operator.
    Enterprise,
    /// A procurement system.
    Buyer,
    /// An insurer.
    Insurer,
    /// A laboratory.
    Laboratory,
    /// Read-only.
    Integrator,
    /// A service of the platform itself.
    Service,
}

impl Role {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Association => "association",
            Self::Enterprise => "enterprise",
            Self::Buyer => "buyer",
            Self::Insurer => "insurer",
            Self::Laboratory => "laboratory",
            Self::Integrator => "integrator",
            Self::Service => "service",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        const ALL: [Role; 8] = [
            Role::Authority,
            Role::Association,
            Role::Enterprise,
            Role::Buyer,
            Role::Insurer,
            Role::Laboratory,
            Role::Integrator,
            Role::Service,
        ];
        ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A verified caller.
#[derive(Clone, Debug)]
pub struct Caller {
    claims: Arc<Claims>,
}

impl Caller {
    /// The caller of verified claims.
    #[must_use]
    pub const fn new(claims: Arc<Claims>) -> Self {
        Self { claims }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &str {
        &self.claims.sub
    }

    /// The organisation's role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.claims.role
    }

    /// The organisation.
    ///
    /// # Errors
    /// 401 when the issuer wrote something that is no Unified Social Credit Code.
    pub fn organisation(&self) -> Result<Uscc> {
        Uscc::parse(&self.claims.org).map_err(|fault| {
            Error::unauthenticated(
                Code::TOKEN_INVALID,
                Text::new("令牌中的单位代码无效。", "The organisation in the token is not a valid code."),
            )
            .with_source(fault)
        })
    }

    /// Whether the token has this scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.claims.scope.split(' ').any(|held| held == scope)
    }

    /// Whether this caller may read events of the audience `internal`.
    #[must_use]
    pub fn may_read_internal(&self) -> bool {
        matches!(self.role(), Role::Authority | Role::Service)
    }

    /// Refuses to act for another organisation; authorities act for all.
    ///
    /// # Errors
    /// `not_your_organisation`.
    pub fn owns(&self, organisation: &Uscc) -> Result<()> {
        if self.role() == Role::Authority || self.claims.org == organisation.as_str() {
            return Ok(());
        }
        Err(Error::forbidden(
            Code::NOT_YOUR_ORGANISATION,
            Text::new("只能代表本单位写入。", "A caller writes only for its own organisation."),
        ))
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = req.extensions().get::<Self>().cloned();
        std::future::ready(
            caller.ok_or_else(|| Error::unauthenticated(Code::TOKEN_MISSING, Text::new("需要访问令牌。", "An access token is needed."))),
        )
    }
}
