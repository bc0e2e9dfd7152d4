//! One log event as one line of JSON. Not here: what is logged and where to; that is the parent.

use std::fmt;

use serde_json::{Map, Value, json};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::CURRENT;
use crate::clock::Clock;

/// The form of a log line: time, level, service, target, message, the event's own fields, and the trace it belongs to.
#[derive(Debug)]
pub(super) struct Line {
    clock: Clock,
    service: String,
}

impl Line {
    pub(super) fn new(service: &str) -> Self {
        Self { clock: Clock::system(), service: service.to_owned() }
    }

    fn of(&self, event: &Event<'_>) -> Value {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = Map::new();
        line.insert("time".to_owned(), json!(self.clock.now()));
        line.insert("level".to_owned(), json!(event.metadata().level().as_str()));
        line.insert("service".to_owned(), json!(self.service));
        line.insert("target".to_owned(), json!(event.metadata().target()));
        if !fields.0.contains_key("trace_id") {
            let _ = CURRENT.try_with(|trace| line.insert("trace_id".to_owned(), json!(trace.trace_id)));
        }
        line.extend(fields.0);
        Value::Object(line)
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        writeln!(writer, "{}", self.of(event))
    }
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, json!(value));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::telemetry::Trace;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_line_carries_fields_and_the_trace() {
        let sink = Sink::default();
        let writer = sink.clone();
        let layer = tracing_subscriber::fmt::layer().event_format(Line::new("credit")).with_writer(move || writer.clone());
        let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        let trace = Trace { trace_id: "a".repeat(32), span_id: "b".repeat(16), sampled: false };
        trace.scope(async { tracing::warn!(count = 3, cause = "x\ny", "too {}", "many") }).await;
        tracing::warn!(trace_id = "given", "outside");
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["message"], "too many");
        assert_eq!((&lines[0]["count"], &lines[0]["cause"]), (&json!(3), &json!("x\ny")));
        assert_eq!((&lines[0]["trace_id"], &lines[0]["level"]), (&json!("a".repeat(32)), &json!("WARN")));
        assert_eq!(lines[1]["trace_id"], "given");
        assert_eq!(lines[0]["service"], "credit");
    }
}
