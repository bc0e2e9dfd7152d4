//! The only place that throws dice: ids, tokens, sampling. Not here: what an id looks like; that is `model::id`.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use model::{id::Id, instant::Instant};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Where a part takes chance from: the machine, or a seed that replays a run.
#[derive(Clone, Debug, Default)]
pub struct Chance {
    source: Source,
    last: Arc<Mutex<Last>>,
}

#[derive(Clone, Default)]
enum Source {
    #[default]
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::System) { "System" } else { "Seeded" })
    }
}

/// The last id that was made: the next one of the same millisecond counts on from it.
#[derive(Debug, Default)]
struct Last {
    millis: u64,
    tail: [u8; 10],
}

impl Chance {
    /// Chance of this machine, fit for keys and tokens.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Chance that comes out the same for the same seed; for tests and replays only.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { source: Source::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))), last: Arc::default() }
    }

    /// Fills the bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.source {
            Source::System => rand::rng().fill_bytes(bytes),
            Source::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
        }
    }

    /// A new id of this kind; ids of one millisecond rise in the order in which they were made.
    #[must_use]
    pub fn id(&self, prefix: &str, at: Instant) -> String {
        let millis = u64::try_from(at.micros().div_euclid(1000)).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.millis == millis && last.tail != [0; 10] {
            count_on(&mut last.tail);
        } else {
            last.millis = millis;
            self.fill(&mut last.tail);
            // Room to count on without an overflow.
            if let Some(first) = last.tail.first_mut() {
                *first &= 0x7f;
            }
        }
        Id::make(prefix, millis, last.tail)
    }

    /// A secret of so many random bytes, in base64url without padding.
    #[must_use]
    pub fn token(&self, bytes: usize) -> String {
        let mut buffer = vec![0; bytes];
        self.fill(&mut buffer);
        URL_SAFE_NO_PAD.encode(buffer)
    }

    /// An even number in `0..bound`; 0 where the bound is 0.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The numbers above the last whole multiple would favour the small ones.
        let zone = u64::MAX - (u64::MAX % bound);
        loop {
            let mut bytes = [0; 8];
            self.fill(&mut bytes);
            let drawn = u64::from_le_bytes(bytes);
            if drawn < zone {
                return drawn % bound;
            }
        }
    }
}

fn count_on(tail: &mut [u8; 10]) {
    for byte in tail.iter_mut().rev() {
        let (next, carry) = byte.overflowing_add(1);
        *byte = next;
        if !carry {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_another_does_not() {
        let draw = |seed| Chance::seeded(seed).token(32);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(Chance::system().token(32), Chance::system().token(32));
    }

    #[test]
    fn ids_of_one_millisecond_rise_and_differ() {
        let chance = Chance::seeded(1);
        let at = Instant::from_micros(1_780_000_000_000_000);
        let ids: Vec<String> = (0..1000).map(|_| chance.id("fct", at)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.starts_with("fct_")));
    }

    #[test]
    fn below_stays_below_and_reaches_everything() {
        let chance = Chance::seeded(3);
        let mut seen = [false; 7];
        for _ in 0..500 {
            seen[usize::try_from(chance.below(7)).unwrap()] = true;
        }
        assert_eq!(seen, [true; 7]);
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.below(1), 0);
    }

    #[test]
    fn tokens_are_base64url() {
        assert_eq!(Chance::system().token(32).len(), 43);
    }

    #[test]
    fn counting_on_carries() {
        let mut tail = [0, 0, 0, 0, 0, 0, 0, 0, 1, 255];
        count_on(&mut tail);
        assert_eq!(tail, [0, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
    }
}
