//! Counters and wake-ups that replicas share: Redis where it is configured, this process's memory where it is not. Not here: anything that
//! must survive; a database holds that. A dead Redis never fails a request, each replica then counts for itself.

mod link;

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
};

use model::instant::Instant;
use tokio::sync::watch;

use crate::{
    config::Config,
    error::{Error, Result},
};
pub use link::Link;

/// What may be shared between replicas.
#[derive(Clone, Debug)]
pub enum Kv {
    /// This process alone.
    Memory(Arc<Memory>),
    /// All processes that use the same Redis.
    Redis(Arc<Link>),
}

/// What came of taking one from a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether there was one left.
    pub allowed: bool,
    /// How many are left in this window.
    pub remaining: u64,
    /// Seconds until the next window, at least 1.
    pub reset_s: u64,
}

/// A fixed window: which one, and how long it still lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    index: i64,
    length_ms: u64,
    reset_s: u64,
}

impl Window {
    fn at(now: Instant, length_ms: u64) -> Self {
        let length = i64::try_from(length_ms.max(1)).unwrap_or(i64::MAX);
        let millis = now.micros().div_euclid(1000);
        let left = u64::try_from(length.saturating_sub(millis.rem_euclid(length))).unwrap_or(0);
        Self { index: millis.div_euclid(length), length_ms: length_ms.max(1), reset_s: left.div_ceil(1000).max(1) }
    }

    fn taken(self, count: u64, limit: u64) -> Taken {
        Taken { allowed: count <= limit, remaining: limit.saturating_sub(count), reset_s: self.reset_s }
    }
}

impl Kv {
    /// Memory, or the configured Redis. The connection is made in the background; where no runtime runs yet, at the first use.
    pub fn open(config: &Config) -> Result<Self> {
        match &config.redis_url {
            None => Ok(Self::memory()),
            Some(url) => Ok(Self::Redis(Link::open(url.expose()).map_err(Error::internal)?)),
        }
    }

    /// Memory of this process.
    #[must_use]
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// Takes one from the counter of this key in the window of `window_ms` in which `now` lies; exact across all processes that share a
    /// Redis and agree on the time.
    pub async fn take(&self, key: &str, limit: u64, window_ms: u64, now: Instant) -> Taken {
        match self {
            Self::Memory(memory) => memory.take(key, limit, window_ms, now),
            Self::Redis(link) => {
                let window = Window::at(now, window_ms);
                match link.count(key, window).await {
                    Some(count) => window.taken(count, limit),
                    None => link.local.take(key, limit, window_ms, now),
                }
            }
        }
    }

    /// Wakes whoever waits for this name in other processes; never blocks, and may be called from any thread.
    pub fn wake(&self, name: &str) {
        if let Self::Redis(link) = self {
            link.wake(name);
        }
    }

    /// Changes whenever another process wakes this name, and after a lost connection, when a call may have been missed. None in memory,
    /// where nobody else is to be heard.
    #[must_use]
    pub fn on_wake(&self, name: &str) -> Option<watch::Receiver<u64>> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(link) => Some(link.on_wake(name)),
        }
    }
}

const SHARDS: usize = 16;
const KEYS_PER_SHARD: usize = 100_000 / SHARDS;
const SWEEP_EVERY: u32 = 4096;

/// Counters in memory: sharded, bounded, without waiting.
#[derive(Debug)]
pub struct Memory {
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    counters: HashMap<String, Counter>,
    takes: u32,
}

#[derive(Debug)]
struct Counter {
    index: i64,
    length_ms: u64,
    count: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl Memory {
    /// Takes one from the counter of this key, as [`Kv::take`] does, for this process alone.
    pub fn take(&self, key: &str, limit: u64, window_ms: u64, now: Instant) -> Taken {
        let window = Window::at(now, window_ms);
        let place = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or(0) % SHARDS;
        let Some(shard) = self.shards.get(place) else {
            return window.taken(1, limit);
        };
        let count = shard.lock().unwrap_or_else(PoisonError::into_inner).count(key, window, now);
        window.taken(count, limit)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap().counters.len()).sum()
    }
}

impl Shard {
    fn count(&mut self, key: &str, window: Window, now: Instant) -> u64 {
        self.takes = self.takes.wrapping_add(1);
        if self.takes.is_multiple_of(SWEEP_EVERY) {
            self.sweep(now);
        }
        if let Some(counter) = self.counters.get_mut(key) {
            if counter.index != window.index || counter.length_ms != window.length_ms {
                *counter = Counter { index: window.index, length_ms: window.length_ms, count: 0 };
            }
            counter.count = counter.count.saturating_add(1);
            return counter.count;
        }
        if self.counters.len() >= KEYS_PER_SHARD {
            self.make_room(now);
        }
        self.counters.insert(key.to_owned(), Counter { index: window.index, length_ms: window.length_ms, count: 1 });
        1
    }

    fn sweep(&mut self, now: Instant) {
        self.counters.retain(|_, counter| Window::at(now, counter.length_ms).index == counter.index);
    }

    /// Drops what is over, then what was seen only once, then everything: bounded memory comes before an exact limit.
    fn make_room(&mut self, now: Instant) {
        self.sweep(now);
        if self.counters.len() >= KEYS_PER_SHARD {
            self.counters.retain(|_, counter| counter.count > 1);
        }
        if self.counters.len() >= KEYS_PER_SHARD {
            self.counters.clear();
        }
    }
}

#[cfg(test)]
mod shared_tests;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::from_micros(millis * 1000)
    }

    #[test]
    fn a_window_lets_through_exactly_its_limit_and_then_starts_anew() {
        let memory = Memory::default();
        let taken: Vec<Taken> = (0..4).map(|_| memory.take("a", 3, 60_000, at(120_500))).collect();
        assert_eq!(taken.iter().map(|t| t.allowed).collect::<Vec<_>>(), [true, true, true, false]);
        assert_eq!(taken.iter().map(|t| t.remaining).collect::<Vec<_>>(), [2, 1, 0, 0]);
        assert_eq!(taken[0].reset_s, 60);
        assert!(memory.take("b", 3, 60_000, at(120_500)).allowed);
        assert!(!memory.take("a", 3, 60_000, at(179_999)).allowed);
        assert_eq!(memory.take("a", 3, 60_000, at(179_999)).reset_s, 1);
        assert!(memory.take("a", 3, 60_000, at(180_000)).allowed);
        assert!(!memory.take("never", 0, 60_000, at(0)).allowed);
    }

    #[test]
    fn memory_is_bounded_even_when_nothing_expires() {
        let memory = Memory::default();
        for number in 0..150_000 {
            memory.take(&format!("client-{number}"), 3, 60_000, at(1));
        }
        assert!(memory.len() <= 100_000);
    }

    #[test]
    fn windows_that_are_over_are_dropped() {
        let memory = Memory::default();
        for number in 0..50_000 {
            memory.take(&format!("client-{number}"), 3, 1000, at(1));
        }
        for _ in 0..SHARDS * 10_000 {
            memory.take("x", 3, 1000, at(5000));
        }
        let before = memory.len();
        for number in 0..100_000 {
            memory.take(&format!("later-{number}"), 3, 1000, at(5000));
        }
        assert!(before < 50_000 && memory.len() <= 100_000);
    }

    #[test]
    fn a_hundred_threads_get_exactly_the_limit() {
        let memory = Memory::default();
        let allowed = std::thread::scope(|scope| {
            let run = || (0..100).filter(|_| memory.take("k", 1234, 60_000, at(7)).allowed).count();
            let threads: Vec<_> = (0..100).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(allowed, 1234);
    }

    #[test]
    fn nobody_else_is_heard_in_memory() {
        let kv = Kv::open(&Config::default()).unwrap();
        kv.wake("feed");
        assert!(kv.on_wake("feed").is_none());
    }
}
