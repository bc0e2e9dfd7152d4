//! The life of a version: draft, then published for ever. Not here: whether the model in it is sound, `model_check`.

use model::instant::Day;

/// Where a version stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It may still be changed.
    Draft,
    /// It was published and never changes.
    Published,
}

impl State {
    /// The word on the wire and in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such version.
    Missing,
    /// It was published.
    Frozen,
    /// A draft of that version stands already.
    Exists,
    /// Versions are counted without gaps: this is the next one.
    NotNext(u32),
    /// It would take effect before the day on which it is published.
    InPast,
}

/// Whether a draft of `version` may be added beside those that stand, of which `highest` is the last.
///
/// # Errors
/// `Frozen`, `Exists` or `NotNext`.
pub const fn create(stands: Option<State>, version: u32, highest: u32) -> Result<State, Refusal> {
    match stands {
        Some(State::Published) => Err(Refusal::Frozen),
        Some(State::Draft) => Err(Refusal::Exists),
        None if version == highest.saturating_add(1) => Ok(State::Draft),
        None => Err(Refusal::NotNext(highest.saturating_add(1))),
    }
}

/// Whether a version may be changed.
///
/// # Errors
/// `Missing` or `Frozen`.
pub const fn change(stands: Option<State>) -> Result<State, Refusal> {
    match stands {
        None => Err(Refusal::Missing),
        Some(State::Published) => Err(Refusal::Frozen),
        Some(State::Draft) => Ok(State::Draft),
    }
}

/// Whether a version may be published today: a score that was given is not given otherwise afterwards, so nothing takes effect in the past.
///
/// # Errors
/// `Missing`, `Frozen` or `InPast`.
pub fn publish(stands: Option<State>, effective_from: Day, today: Day) -> Result<State, Refusal> {
    match change(stands)? {
        State::Draft if effective_from >= today => Ok(State::Published),
        _ => Err(Refusal::InPast),
    }
}
