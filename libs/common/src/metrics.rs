//! The numbers that a process tells about itself. Not here: the address at which they are read; that is `http::health`.

use std::sync::OnceLock;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, Result, TextEncoder,
    core::Collector,
};

/// All numbers of a process; clones share them.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    follower_position: IntGaugeVec,
    follower_lag: IntGaugeVec,
    follower_age_ms: IntGaugeVec,
    parked: IntGaugeVec,
    group_size: HistogramVec,
    token_cache: IntCounterVec,
    refusals: IntCounterVec,
    redis_up: IntGauge,
    unnoted: IntCounterVec,
    deliveries: IntCounterVec,
    waiting: IntGaugeVec,
    reconsidered: IntCounterVec,
}

impl Metrics {
    /// The numbers of this process.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the names are literals, and every test run makes them")]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Metrics> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new().expect("the names of the metrics are valid and differ"))
    }

    /// Numbers of their own, for a test.
    pub fn new() -> Result<Self> {
        let registry = Registry::new();
        let seconds = HistogramOpts::new("touchstone_request_seconds", "Time from the head of a request to its answer.")
            .buckets(vec![0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]);
        let group = HistogramOpts::new("touchstone_writer_group_size", "Writes that share one commit.")
            .buckets(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]);
        Ok(Self {
            requests: counters(&registry, "touchstone_requests_total", "Requests answered.", &["service", "method", "route", "status"])?,
            seconds: kept(&registry, HistogramVec::new(seconds, &["service", "method", "route"])?)?,
            follower_position: gauges(&registry, "touchstone_follower_position", "Feed position that a follower has applied.")?,
            follower_lag: gauges(&registry, "touchstone_follower_lag", "Positions between a follower and the head of the feed.")?,
            follower_age_ms: gauges(&registry, "touchstone_follower_age_ms", "Age of what a follower knows.")?,
            parked: gauges(&registry, "touchstone_parked_events", "Events that could not be applied and wait for a person.")?,
            group_size: kept(&registry, HistogramVec::new(group, &["service"])?)?,
            token_cache: counters(
                &registry,
                "touchstone_token_cache_total",
                "Tokens looked up in the cache of verified tokens.",
                &["result"],
            )?,
            refusals: counters(
                &registry,
                "touchstone_rate_limit_refusals_total",
                "Requests refused because a client asked too often.",
                &["service"],
            )?,
            unnoted: counters(
                &registry,
                "touchstone_notes_overflow_total",
                "Notes for a log that went to standard error because memory was full.",
                &["service"],
            )?,
            deliveries: counters(
                &registry,
                "touchstone_delivery_attempts_total",
                "Attempts to deliver a message to an endpoint of a client.",
                &["service", "result"],
            )?,
            waiting: kept(
                &registry,
                IntGaugeVec::new(Opts::new("touchstone_deliveries_waiting", "Messages that wait for their endpoint."), &["service"])?,
            )?,
            reconsidered: counters(
                &registry,
                "touchstone_reconsidered_total",
                "Kept answers that were computed anew because something changed.",
                &["service", "result"],
            )?,
            redis_up: kept(&registry, IntGauge::new("touchstone_redis_up", "1 while Redis answers, 0 while limits are kept locally.")?)?,
            registry,
        })
    }

    /// Notes an answered request; `route` is the pattern of the path, never the path itself.
    pub fn request(&self, service: &str, method: &str, route: &str, status: u16, seconds: f64) {
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.with_label_values(&[service, method, route, class]).inc();
        self.seconds.with_label_values(&[service, method, route]).observe(seconds);
    }

    /// Notes how far a follower has come: the position it has applied, the head of the feed, and how old its knowledge is.
    pub fn follower(&self, service: &str, source: &str, position: i64, head: i64, age_ms: i64) {
        self.follower_position.with_label_values(&[service, source]).set(position);
        self.follower_lag.with_label_values(&[service, source]).set(head.saturating_sub(position).max(0));
        self.follower_age_ms.with_label_values(&[service, source]).set(age_ms);
    }

    /// Notes that so many more events of a source wait for a person, or fewer where it is negative.
    pub fn parked(&self, service: &str, source: &str, more: i64) {
        self.parked.with_label_values(&[service, source]).add(more);
    }

    /// The histogram of writes per commit of a service; keep it, looking it up costs.
    #[must_use]
    pub fn writer_group(&self, service: &str) -> Histogram {
        self.group_size.with_label_values(&[service])
    }

    /// Notes whether a token was found in the cache.
    pub fn token_cache(&self, hit: bool) {
        self.token_cache.with_label_values(&[if hit { "hit" } else { "miss" }]).inc();
    }

    /// Notes a request that was refused because its client asked too often.
    pub fn rate_limited(&self, service: &str) {
        self.refusals.with_label_values(&[service]).inc();
    }

    /// Counts what a log of a service had no room for.
    pub fn note_overflowed(&self, service: &str) {
        self.unnoted.with_label_values(&[service]).inc();
    }

    /// Counts an attempt to deliver a message.
    pub fn delivery(&self, service: &str, taken: bool) {
        self.deliveries.with_label_values(&[service, if taken { "delivered" } else { "failed" }]).inc();
    }

    /// Notes how many messages wait for their endpoint.
    pub fn deliveries_waiting(&self, service: &str, count: i64) {
        self.waiting.with_label_values(&[service]).set(count);
    }

    /// Counts an answer that was computed anew, and how it compared.
    pub fn reconsidered(&self, service: &str, result: &str) {
        self.reconsidered.with_label_values(&[service, result]).inc();
    }

    /// Notes whether Redis answers.
    pub fn redis_up(&self, up: bool) {
        self.redis_up.set(i64::from(up));
    }

    /// All numbers in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            tracing::error!(cause = %error, "metrics cannot be shown");
        }
        String::from_utf8(text).unwrap_or_default()
    }
}

fn kept<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
    kept(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn gauges(registry: &Registry, name: &str, help: &str) -> Result<IntGaugeVec> {
    kept(registry, IntGaugeVec::new(Opts::new(name, help), &["service", "source"])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_shown() {
        let metrics = Metrics::new().unwrap();
        metrics.request("credit", "GET", "/credit/v1/facts/{id}", 404, 0.002);
        metrics.follower("procurement", "credit", 40, 42, 120);
        metrics.parked("procurement", "credit", 1);
        metrics.writer_group("credit").observe(3.0);
        metrics.token_cache(true);
        metrics.rate_limited("gateway");
        let text = metrics.render();
        for line in [
            "touchstone_requests_total{method=\"GET\",route=\"/credit/v1/facts/{id}\",service=\"credit\",status=\"4xx\"} 1",
            "touchstone_follower_lag{service=\"procurement\",source=\"credit\"} 2",
            "touchstone_token_cache_total{result=\"hit\"} 1",
            "touchstone_redis_up 0",
        ] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
    }

    #[test]
    fn the_global_numbers_can_be_made() {
        assert!(Metrics::global().render().contains("touchstone_redis_up"));
    }
}
