//! Who calls: access tokens (RFC 9068), their verification, and the caller that a handler sees. Not here: issuing, `gateway`; which scope an
//! operation needs, that stands in its documentation and is enforced by `http::guard`.

mod caller;
mod verify;

use serde::{Deserialize, Serialize};

pub use caller::{Caller, Role};
pub use verify::{KeySource, Verifier, mint};

/// Who the tokens are for.
pub const AUDIENCE: &str = "touchstone";
/// The header's `typ`, RFC 9068 section 2.1.
pub const TOKEN_TYPE: &str = "at+jwt";
/// Tokens live so long, in seconds.
pub const LIFETIME_S: i64 = 15 * 60;

/// The claims of an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The client.
    pub sub: String,
    /// The audience.
    pub aud: String,
    /// Expiry, in seconds since 1970.
    pub exp: i64,
    /// Issued, in seconds since 1970.
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    /// The client again, as RFC 9068 asks.
    pub client_id: String,
    /// The organisation's Unified Social Credit Code.
    pub org: String,
    /// The organisation's role.
    pub role: Role,
    /// Scopes, separated by blanks.
    pub scope: String,
}
