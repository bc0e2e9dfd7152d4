//! What the edge keeps of a request while it is served. Not here: the answer.

use actix_web::{
    dev::ServiceRequest,
    http::{
        Method, Uri, Version,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use model::text::Lang;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{
    chance::Chance,
    telemetry::{TRACE_TARGET, Trace, exporting, sampled},
};

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the answer needs to know of the request; the request itself is gone by then.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) trace_id: String,
    pub(super) traceparent: String,
    pub(super) request_id: Option<HeaderValue>,
    pub(super) has_body: bool,
    uri: Uri,
    language: Option<HeaderValue>,
}

impl Asked {
    pub(super) fn of(request: &ServiceRequest, ratio_ppm: u32, chance: &Chance) -> (Self, Trace, Option<Span>) {
        let headers = request.headers();
        let (trace, span) = begin(request, ratio_ppm, chance);
        let asked = Self {
            method: request.method().clone(),
            trace_id: trace.trace_id.clone(),
            traceparent: trace.header(),
            request_id: headers.get(REQUEST_ID).filter(|id| is_request_id(id)).cloned(),
            has_body: has_body(headers) && request.version() < Version::HTTP_2,
            uri: request.uri().clone(),
            language: headers.get(header::ACCEPT_LANGUAGE).cloned(),
        };
        (asked, trace, span)
    }

    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(super) fn lang(&self) -> Lang {
        let wanted = self.language.as_ref().and_then(|value| value.to_str().ok());
        wanted.map_or(Lang::En, Lang::from_accept_language)
    }
}

/// The trace of a request: the caller's if he sent a valid one, else a new one; and a span where it is recorded.
fn begin(request: &ServiceRequest, ratio_ppm: u32, chance: &Chance) -> (Trace, Option<Span>) {
    let parent = parent(request.headers());
    let mut random = [0; 32];
    chance.fill(&mut random);
    let (ids, rest) = random.split_at(16);
    let (span_bytes, draw) = rest.split_at(8);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    let drawn = u64::try_from(number(draw) % 1_000_000).unwrap_or(0);
    let sampled = sampled(parent.as_ref().map(|parent| parent.sampled), ratio_ppm, drawn);
    let trace_id = parent.as_ref().map_or_else(|| format!("{:032x}", number(ids).max(1)), |parent| parent.trace_id.clone());
    let mut trace = Trace { trace_id, span_id: format!("{:016x}", number(span_bytes).max(1)), sampled };
    if !sampled || !exporting() {
        return (trace, None);
    }
    let span = tracing::info_span!(
        target: TRACE_TARGET, parent: None, "request", otel.kind = "server", http.request.method = request.method().as_str(),
        url.path = request.path(), http.route = Empty, http.response.status_code = Empty, otel.status_code = Empty
    );
    if let Some(remote) = parent.as_ref().and_then(remote) {
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(remote));
    }
    let context = span.context();
    let made = context.span().span_context().clone();
    if made.is_valid() {
        trace.trace_id = made.trace_id().to_string();
        trace.span_id = made.span_id().to_string();
    }
    (trace, Some(span))
}

fn remote(parent: &Trace) -> Option<SpanContext> {
    let (trace, span) = (TraceId::from_hex(&parent.trace_id).ok()?, SpanId::from_hex(&parent.span_id).ok()?);
    Some(SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::default()))
}

fn parent(headers: &HeaderMap) -> Option<Trace> {
    let mut values = headers.get_all(TRACEPARENT);
    let only = values.next().filter(|_| values.next().is_none())?;
    parse(only.to_str().ok()?)
}

/// Reads `traceparent` strictly (W3C Trace Context, 3.2); whatever is not valid is none.
fn parse(text: &str) -> Option<Trace> {
    let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let mut parts = text.split('-');
    let (version, trace_id, span_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let shape = hex(version, 2) && hex(trace_id, 32) && hex(span_id, 16) && hex(flags, 2) && version != "ff";
    // Later versions may add parts; version 00 has none.
    if !shape || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let zero = |part: &str| part.bytes().all(|digit| digit == b'0');
    if zero(trace_id) || zero(span_id) {
        return None;
    }
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
    Some(Trace { trace_id: trace_id.to_owned(), span_id: span_id.to_owned(), sampled })
}

fn is_request_id(id: &HeaderValue) -> bool {
    (1..=128).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING) || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_valid_traceparent_is_taken() {
        let trace = parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
        assert!(trace.sampled && trace.trace_id == "0af7651916cd43dd8448eb211c80319c" && trace.span_id == "b7ad6b7169203331");
        assert!(!parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02").unwrap().sampled);
        assert!(parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more").is_some());
        for bad in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn request_ids_are_visible_and_short() {
        assert!(is_request_id(&HeaderValue::from_static("a-1.B")));
        for bad in ["", "a b", "ä"] {
            assert!(!is_request_id(&HeaderValue::from_bytes(bad.as_bytes()).unwrap()), "{bad}");
        }
        assert!(!is_request_id(&HeaderValue::from_str(&"x".repeat(129)).unwrap()));
    }
}
