//! The load generator: so many requests in flight, one connection each, as fast as they are answered or at a rate. Not here: the requests.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::{
    http::{Ask, connect, drain},
    process::cpu_seconds,
};

/// Makes the request for a random number.
pub(crate) type Make = Arc<dyn Fn(u64) -> Ask + Send + Sync>;

/// How requests are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// To whom.
    pub(crate) to: SocketAddr,
    /// So many at once.
    pub(crate) in_flight: u64,
    /// For so long.
    pub(crate) seconds: f64,
    /// So many a second; as fast as they are answered where nothing is said.
    pub(crate) rate: Option<f64>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Answers 2xx.
    pub(crate) answered: u64,
    /// All other answers, and requests without one.
    pub(crate) refused: u64,
    /// How long it took.
    pub(crate) seconds: f64,
    /// CPU seconds of the load generator itself.
    pub(crate) own_cpu: f64,
    /// Bytes of the bodies.
    pub(crate) bytes: usize,
    micros: Vec<u64>,
}

impl Outcome {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answered as f64 / self.seconds
    }

    /// The time within which this share of the requests was answered, in milliseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        percentile(&self.micros, share) / 1000.0
    }

    fn add(&mut self, other: Self) {
        self.answered += other.answered;
        self.refused += other.refused;
        self.bytes += other.bytes;
        self.micros.extend(other.micros);
    }
}

/// The value below which this share of the values lies; the values are sorted here.
pub(crate) fn percentile(values: &[u64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() as f64 * share).ceil().max(1.0) as usize - 1;
    sorted.get(place.min(sorted.len().saturating_sub(1))).map_or(f64::NAN, |value| *value as f64)
}

/// Pseudo-random numbers (SplitMix64): every run asks the same.
pub(crate) fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Load {
    /// Sends requests until the time is over.
    pub(crate) async fn run(self, make: &Make) -> Outcome {
        let cpu = cpu_seconds(std::process::id());
        let start = Instant::now() + Duration::from_millis(20);
        let ticks = Arc::new(AtomicU64::new(0));
        let tasks: Vec<_> =
            (0..self.in_flight).map(|seed| tokio::spawn(self.one(seed, start, Arc::clone(&ticks), Arc::clone(make)))).collect();
        let mut outcome = Outcome::default();
        for task in tasks {
            outcome.add(task.await.unwrap());
        }
        outcome.seconds = start.elapsed().as_secs_f64();
        outcome.own_cpu = cpu_seconds(std::process::id()) - cpu;
        outcome
    }

    async fn one(self, mut seed: u64, start: Instant, ticks: Arc<AtomicU64>, make: Make) -> Outcome {
        let mut outcome = Outcome::default();
        let mut line = connect(self.to).await.unwrap();
        let end = start + Duration::from_secs_f64(self.seconds);
        sleep_until(start).await;
        loop {
            let mut begun = Instant::now();
            if let Some(rate) = self.rate {
                let due = start + Duration::from_secs_f64(ticks.fetch_add(1, Ordering::Relaxed) as f64 / rate);
                if due >= end {
                    return outcome;
                }
                if due > begun {
                    // The timer of the generator is coarse (1 ms); its own delay is not the server's.
                    sleep_until(due).await;
                    begun = Instant::now();
                } else {
                    // Every line was busy when this request was due: its wait counts.
                    begun = due;
                }
            }
            if begun >= end {
                return outcome;
            }
            let answered = match line.send_request(make(random(&mut seed))).await {
                Ok(answer) => {
                    let good = answer.status().is_success();
                    drain(answer).await.map(|length| (good, length)).ok()
                }
                Err(_closed) => None,
            };
            match answered {
                Some((true, length)) => {
                    outcome.answered += 1;
                    outcome.bytes += length;
                    outcome.micros.push(begun.elapsed().as_micros() as u64);
                }
                Some((false, _)) => outcome.refused += 1,
                None => {
                    outcome.refused += 1;
                    match connect(self.to).await {
                        Ok(again) => line = again,
                        Err(_gone) => return outcome,
                    }
                }
            }
        }
    }
}
