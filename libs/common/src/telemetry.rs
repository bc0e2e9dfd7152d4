//! Logs as JSON on standard error, traces to a collector where one is set, and the trace in which the current work runs. Not here:
//! the middleware that begins a trace; that is `http::trace`.

mod line;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::Level;
use tracing_subscriber::{EnvFilter, Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Config;

/// The target of the spans that are exported; others stay in the process.
pub const TRACE_TARGET: &str = "touchstone::trace";
const EXPORT_TIMEOUT: Duration = Duration::from_secs(3);
const QUIET: &str = "hyper=off,reqwest=off,opentelemetry=off,opentelemetry_sdk=off,opentelemetry-otlp=off,h2=off,rustls=off";

static EXPORTING: AtomicBool = AtomicBool::new(false);

tokio::task_local! {
    static CURRENT: Trace;
}

/// The trace in which a piece of work runs, as W3C Trace Context names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// 32 lower-case hexadecimal digits.
    pub trace_id: String,
    /// 16 lower-case hexadecimal digits: the span of this process.
    pub span_id: String,
    /// Whether the trace is recorded.
    pub sampled: bool,
}

impl Trace {
    /// The trace of the current task, if it runs in one.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs the work within this trace: log lines carry it, calls to peers pass it on.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The `traceparent` header for a call to somebody else.
    #[must_use]
    pub fn header(&self) -> String {
        format!("00-{}-{}-{}", self.trace_id, self.span_id, if self.sampled { "01" } else { "00" })
    }
}

/// Whether a request is traced, decided before a span is made because making one costs more than most requests: what the caller decided
/// stands, else `ratio_ppm` of a million are, by the number drawn in `0..1_000_000`.
#[must_use]
pub fn sampled(traceparent_flag: Option<bool>, ratio_ppm: u32, drawn: u64) -> bool {
    traceparent_flag.unwrap_or_else(|| drawn < u64::from(ratio_ppm))
}

/// Whether traces are exported at all.
#[must_use]
pub fn exporting() -> bool {
    EXPORTING.load(Ordering::Relaxed)
}

/// Sends what is left to the collector when it is dropped; keep it until the end of `main`.
#[derive(Debug)]
#[must_use = "telemetry ends when the guard is dropped"]
pub struct Guard(Option<SdkTracerProvider>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take() {
            EXPORTING.store(false, Ordering::Relaxed);
            // Its blocking client must not be waited for on an async worker; a dead collector costs its timeout at most.
            let ending = std::thread::spawn(move || provider.shutdown_with_timeout(EXPORT_TIMEOUT));
            let _ = ending.join();
        }
    }
}

/// Starts logs and, where a collector is configured, traces. A second call in the same process changes nothing.
pub fn init(config: &Config, service: &str) -> Guard {
    let provider = config.otlp_endpoint.as_deref().and_then(|endpoint| match provider(endpoint, service) {
        Ok(provider) => Some(provider),
        Err(error) => {
            say(&error.to_string());
            None
        }
    });
    let logs = tracing_subscriber::fmt::layer().event_format(line::Line::new(service)).with_writer(std::io::stderr).with_ansi(false);
    let logs = logs.with_filter(filter(&config.log));
    let spans = provider.as_ref().map(|provider| {
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("touchstone")).with_location(false).with_threads(false);
        layer.with_filter(Targets::new().with_target(TRACE_TARGET, Level::INFO))
    });
    match tracing_subscriber::registry().with(logs).with(spans).try_init() {
        Ok(()) => {
            EXPORTING.store(provider.is_some(), Ordering::Relaxed);
            Guard(provider)
        }
        Err(_) => Guard(None),
    }
}

/// What is logged; the crates of the exporter never are, or each export would cause the next.
fn filter(log: &str) -> EnvFilter {
    EnvFilter::builder().parse_lossy(format!("{log},{QUIET}"))
}

fn provider(endpoint: &str, service: &str) -> Result<SdkTracerProvider, Box<dyn std::error::Error + Send + Sync>> {
    let url = format!("{endpoint}/v1/traces");
    let service = format!("touchstone-{service}");
    // The blocking client refuses to be made on an async worker.
    let made = std::thread::spawn(move || {
        let exporter =
            SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).with_endpoint(url).with_timeout(EXPORT_TIMEOUT);
        let exporter = exporter.build()?;
        let resource = Resource::builder_empty().with_attribute(KeyValue::new("service.name", service)).build();
        Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
    });
    made.join().unwrap_or_else(|_| Err("the exporter cannot be made".into()))
}

/// Says on standard error what cannot be logged yet.
fn say(problem: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{}", serde_json::json!({"level": "ERROR", "message": "no traces are exported", "cause": problem}));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_decides_else_the_ratio() {
        assert!(sampled(Some(true), 0, 999_999));
        assert!(!sampled(Some(false), 1_000_000, 0));
        assert!(sampled(None, 10_000, 9_999));
        assert!(!sampled(None, 10_000, 10_000));
        assert!(!sampled(None, 0, 0));
    }

    #[tokio::test]
    async fn a_dead_or_silent_collector_hurts_nobody() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        for endpoint in ["http://127.0.0.1:9".to_owned(), format!("http://{}", silent.local_addr().unwrap())] {
            let started = std::time::Instant::now();
            let provider = provider(&endpoint, "test").unwrap();
            opentelemetry::trace::Tracer::start(&provider.tracer("test"), "request");
            drop(Guard(Some(provider)));
            assert!(started.elapsed() < Duration::from_secs(8), "{endpoint}");
        }
    }

    /// Takes one export and answers it.
    fn collect(listener: &std::net::TcpListener) -> Vec<u8> {
        use std::io::{Read, Write};
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let (mut got, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = socket.read(&mut buffer) {
            got.extend_from_slice(&buffer[..read]);
        }
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        got
    }

    #[actix_web::test]
    async fn a_sampled_request_reaches_the_collector_under_the_callers_trace() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let collector = std::thread::spawn(move || collect(&listener));
        let config = Config { otlp_endpoint: Some(endpoint), trace_ratio_ppm: 0, ..Config::default() };
        let guard = init(&config, "test");
        let _second = init(&config, "test");
        assert!(exporting());
        let edge = crate::http::trace::Edge::new(&config, crate::metrics::Metrics::new().unwrap());
        let app = actix_web::App::new().wrap(edge).route("/x/{id}", actix_web::web::get().to(actix_web::HttpResponse::Ok));
        let app = actix_web::test::init_service(app).await;
        for (id, flag) in [("aa", "01"), ("bb", "00")] {
            let parent = format!("00-{}-b7ad6b7169203331-{flag}", id.repeat(16));
            let request = actix_web::test::TestRequest::get().uri("/x/1?secret=2").insert_header(("traceparent", parent));
            let answer = actix_web::test::call_service(&app, request.to_request()).await;
            let told = answer.headers().get("traceparent").unwrap().to_str().unwrap();
            assert!(told.starts_with(&format!("00-{}", id.repeat(16))) && told.ends_with(flag) && !told.contains("b7ad6b7169203331"));
        }
        drop(guard);
        assert!(!exporting());
        let got = collector.join().unwrap();
        let holds = |wanted: &[u8]| got.windows(wanted.len()).any(|window| window == wanted);
        assert!(holds(b"POST /v1/traces") && holds(&[0xaa; 16]) && holds(b"touchstone-test") && holds(b"GET /x/{id}"));
        assert!(!holds(&[0xbb; 16]) && !holds(b"secret"));
    }

    #[tokio::test]
    async fn work_knows_its_trace() {
        assert_eq!(Trace::current(), None);
        let trace = Trace { trace_id: "0af7651916cd43dd8448eb211c80319c".into(), span_id: "b7ad6b7169203331".into(), sampled: true };
        let header = trace.scope(async { Trace::current().unwrap().header() }).await;
        assert_eq!(header, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }
}
