//! The only place that asks what time it is. Not here: calendars, days and deadlines; those stand in `model`.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use model::instant::Instant;

/// Where a part takes the time from: the machine, or a hand that a test turns.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The time of this machine.
    #[default]
    System,
    /// A hand that stands still until it is moved; microseconds since 1970, shared by all clones.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self::System
    }

    /// A clock that stands at this instant until it is moved.
    #[must_use]
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.micros())))
    }

    /// What time it is.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the only place that asks the machine for the time")]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant::from_micros(chrono::Utc::now().timestamp_micros()),
            Self::Fixed(hand) => Instant::from_micros(hand.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock to this instant; the system's clock stays what it is.
    pub fn set(&self, at: Instant) {
        if let Self::Fixed(hand) = self {
            hand.store(at.micros(), Ordering::SeqCst);
        }
    }

    /// Moves a fixed clock on by so many milliseconds; the system's clock stays what it is.
    pub fn advance_millis(&self, millis: i64) {
        if let Self::Fixed(hand) = self {
            hand.fetch_add(millis.saturating_mul(1000), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_it_is_moved() {
        let clock = Clock::fixed(Instant::from_micros(1_000_000));
        let twin = clock.clone();
        assert_eq!(clock.now().micros(), 1_000_000);
        clock.advance_millis(250);
        assert_eq!(twin.now().micros(), 1_250_000);
        twin.set(Instant::from_micros(5));
        assert_eq!(clock.now().micros(), 5);
    }

    #[test]
    fn the_system_clock_runs_and_cannot_be_moved() {
        let clock = Clock::system();
        let before = clock.now();
        clock.set(Instant::from_micros(0));
        assert!(clock.now().micros() >= before.micros());
        assert!(before.micros() > 1_700_000_000_000_000);
    }
}
