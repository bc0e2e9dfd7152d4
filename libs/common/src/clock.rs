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
    /// The time of this machine and so many microseconds more: a rehearsal of another day.
    Ahead(i64),
    /// A hand that stands still until it is moved; microseconds since 1970, shared by all clones.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self::System
    }

    /// The clock of this machine, put forward by so many seconds, or back where they are less than zero.
    #[must_use]
    pub const fn ahead(seconds: i64) -> Self {
        if seconds == 0 { Self::System } else { Self::Ahead(seconds.saturating_mul(1_000_000)) }
    }

    /// A clock that stands at this instant until it is moved.
    #[must_use]
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.micros())))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant::from_micros(machine()),
            Self::Ahead(micros) => Instant::from_micros(machine().saturating_add(*micros)),
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

#[expect(clippy::disallowed_methods, reason = "the only place that asks the machine for the time")]
fn machine() -> i64 {
    chrono::Utc::now().timestamp_micros()
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
    fn a_clock_put_forward_runs_with_the_machine() {
        assert!(matches!(Clock::ahead(0), Clock::System));
        let (behind, clock, ahead) = (Clock::ahead(-60), Clock::system(), Clock::ahead(86_400));
        let (past, now, future) = (behind.now(), clock.now(), ahead.now());
        assert!((59_000..=60_000).contains(&now.since_millis(past)));
        assert!((86_400_000..86_401_000).contains(&future.since_millis(now)));
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
