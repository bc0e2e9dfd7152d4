//! Who takes a step of a challenge, an award or a contract. Not here: what comes with a step beside that, `common::http::step`; what a step does.

use common::{
    error::Result,
    http::step::{self, Place},
};
use model::instant::Day;

use crate::{Procurement, buyer::actions::Author, challenge::http::author};

/// What comes with a step beside its body.
pub(crate) type Sent<P> = step::Sent<P, Procurement>;

/// A step that can be taken, and by whom.
pub(crate) type Judged = step::Judged<Procurement, Author>;

/// Judges what does not need the body.
///
/// # Errors
/// 401 when the token's organisation is no valid code, 400 for a header that cannot be read, 428 without `If-Match`.
pub(crate) fn judged<P: Place>(sent: Sent<P>, sha256: &[u8; 32]) -> Result<Judged> {
    sent.judged(sha256, |caller, _| author(caller))
}

/// The same for a step that only a buyer or an authority takes.
///
/// # Errors
/// As `judged`, and `not_your_organisation` for every other role.
pub(crate) fn judged_of_buyer<P: Place>(sent: Sent<P>, sha256: &[u8; 32]) -> Result<Judged> {
    sent.judged(sha256, |caller, _| Author::of(caller))
}

/// The day on which a step comes in.
pub(crate) fn today(judged: &Judged) -> Day {
    judged.app.clock.now().day()
}
