//! What comes with a step of a life cycle, and who takes it. Not here: taking it, `common::http::step`.

use common::{
    error::Result,
    http::step::{self, Place},
    token::Role,
};
use model::instant::Day;

use super::actions::Author;
use crate::Standards;

/// What comes with a step beside its body.
pub(crate) type Sent<P> = step::Sent<P, Standards>;

/// A step that can be taken, and by whom.
pub(crate) type Judged = step::Judged<Standards, Author>;

/// Judges what does not need the body; only these roles, and authorities, may take the step.
///
/// # Errors
/// `not_your_organisation`, 401 when the token's organisation is no valid code, 400 for a header that cannot be read, 428 without `If-Match`.
pub(crate) fn judged<P: Place>(sent: Sent<P>, sha256: &[u8; 32], roles: &[Role]) -> Result<Judged> {
    sent.judged(sha256, |caller, _| Author::with_role(caller, roles))
}

/// The day on which a step comes in.
pub(crate) fn today(judged: &Judged) -> Day {
    judged.app.clock.now().day()
}
