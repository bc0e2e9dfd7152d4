//! How the edge leaves its mark on an answer: which problem a foreign error becomes, the common headers, the log line and the numbers.
//! Not here: the shape of a problem document; that is `crate::error`.

use std::time::Duration;

use actix_web::{
    Error as ActixError, HttpMessage, HttpResponse,
    dev::{ResponseHead, ServiceResponse},
    error::JsonPayloadError,
    http::{
        ConnectionType, Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use model::text::Text;
use opentelemetry::trace::TraceContextExt;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{
    Verbatim,
    context::{Asked, REQUEST_ID, TRACEPARENT},
};
use crate::{
    error::{Code, Error, Kind, protocol},
    metrics::Metrics,
    token::Caller,
};

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The error behind a response that is not a problem document yet; none where it stays as it is.
pub(super) fn error_of<B>(held: &HttpResponse<B>) -> Option<Error> {
    let kind = held.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| kind.starts_with(b"application/problem+json")) || held.extensions().contains::<Verbatim>() {
        return None;
    }
    // actix answers 400 to a body of another type.
    let other_type = held.error().is_some_and(|cause| matches!(cause.as_error(), Some(JsonPayloadError::ContentType)));
    Some(of_status(if other_type { 415 } else { held.status().as_u16() }, held.error()))
}

/// The error for a status that was answered by somebody who does not know our codes.
pub(super) fn of_status(status: u16, cause: Option<&ActixError>) -> Error {
    let (code, zh, en) = match status {
        400 if cause.is_some_and(|cause| cause.as_error::<JsonPayloadError>().is_some()) => {
            (Code::MALFORMED_JSON, "请求体不是合法的 JSON。", "The body is not JSON.")
        }
        401 => (Code::TOKEN_MISSING, "需要访问令牌。", "A token is needed."),
        403 => (Code::SCOPE_MISSING, "无权执行此操作。", "This is not allowed for the caller."),
        404 => (Code::NOT_FOUND, "没有这个地址。", "There is nothing at this address."),
        405 => (Code::METHOD_NOT_ALLOWED, "此处不允许该方法,见 Allow。", "The method is not allowed here; see Allow."),
        406 => (Code::NOT_ACCEPTABLE, "没有可接受的格式。", "There is no acceptable form."),
        408 => (Code::REQUEST_TIMEOUT, "请求接收超时。", "The request took too long to arrive."),
        412 => (Code::ETAG_MISMATCH, "读取之后已被更改。", "It has changed since you read it."),
        413 => (Code::BODY_TOO_LARGE, "请求体太大。", "The body is too large."),
        414 => (Code::URI_TOO_LONG, "地址太长。", "The address is too long."),
        415 => (Code::UNSUPPORTED_MEDIA_TYPE, "不支持的内容类型。", "The body has a form that is not read here."),
        422 => (Code::INVALID, "不符合规则。", "A rule is broken."),
        428 => (Code::IF_MATCH_REQUIRED, "此处必须带 If-Match。", "If-Match is required here."),
        429 => (Code::RATE_LIMITED, "请求太频繁。", "Too many requests."),
        431 => (Code::HEADERS_TOO_LARGE, "请求头太大。", "The headers are too large."),
        400..=499 => (Code { status, ..Code::MALFORMED }, "请求无法读取。", "The request cannot be read."),
        502..=504 => {
            let cause = cause.map_or_else(|| format!("status {status}"), ToString::to_string);
            let code = if status == 503 { Code::OVERLOADED } else { Code::UPSTREAM_UNAVAILABLE };
            return Error::unavailable(code, cause);
        }
        _ => return Error::internal(cause.map_or_else(|| format!("status {status} without a cause"), ToString::to_string)),
    };
    let detail = Text::new(zh, en);
    match status {
        401 => Error::unauthenticated(code, detail),
        403 => Error::forbidden(code, detail),
        404 => Error::new(Kind::NotFound, code, detail),
        429 => Error::too_many(1),
        _ => protocol(code, detail),
    }
}

/// Takes over the headers of an error response that its problem document must not lose.
pub(super) fn kept_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if is_kept(name) && !to.contains_key(name) {
            to.insert(name.clone(), value.clone());
        }
    }
}

fn is_kept(name: &HeaderName) -> bool {
    let known = [header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::ALLOW, header::ETAG, header::LOCATION, header::VARY];
    let name_text = name.as_str();
    known.contains(name)
        || name_text.starts_with("ratelimit")
        || name_text.starts_with("access-control-")
        || name_text == "deprecation"
        || name_text == "sunset"
}

/// The headers that every answer carries, and the end of the connection where a refused body was not read (actix/actix-web#3715).
pub(super) fn decorate(head: &mut ResponseHead, asked: &Asked, body_read: bool) {
    let unread = asked.has_body && !body_read && head.status.as_u16() >= 400;
    let not_modified = head.status == StatusCode::NOT_MODIFIED;
    let headers = head.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if !headers.contains_key(header::CACHE_CONTROL) && !not_modified {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    if let Ok(value) = HeaderValue::from_str(&asked.traceparent) {
        headers.insert(TRACEPARENT, value);
    }
    // A new request id is the trace id: one thing less to search for.
    if let Some(value) = asked.request_id.clone().or_else(|| HeaderValue::from_str(&asked.trace_id).ok()) {
        headers.insert(REQUEST_ID, value);
    }
    if unread {
        head.set_connection_type(ConnectionType::Close);
    }
}

/// The access log line and the numbers of one answer; never the query, it may hold data.
pub(super) fn note<B>(
    answer: &Result<ServiceResponse<B>, ActixError>,
    asked: &Asked,
    span: Option<&Span>,
    took: Duration,
    metrics: &Metrics,
) {
    let (status, route, client) = match answer {
        Ok(response) => {
            let client = response.request().extensions().get::<Caller>().map(|caller| caller.client().to_owned());
            (response.status().as_u16(), response.request().match_pattern(), client)
        }
        Err(error) => (error.as_response_error().status_code().as_u16(), None, None),
    };
    let route = route.as_deref().unwrap_or("none");
    let service = route.split('/').nth(1).filter(|first| !first.is_empty()).unwrap_or("none");
    metrics.request(service, method(&asked.method), route, status, took.as_secs_f64());
    if let Some(span) = span {
        // The name of a started span is changed only behind tracing's back.
        span.context().span().update_name(format!("{} {route}", method(&asked.method)));
        span.record("http.route", route);
        span.record("http.response.status_code", status);
        if status >= 500 {
            span.record("otel.status_code", "ERROR");
        }
    }
    let (path, trace_id, ms) = (asked.path(), asked.trace_id.as_str(), took.as_secs_f64() * 1000.0);
    if status >= 500 {
        tracing::info!(target: "touchstone::access", method = asked.method.as_str(), path, status, ms, trace_id, client, "answered");
    } else {
        tracing::debug!(target: "touchstone::access", method = asked.method.as_str(), path, status, ms, trace_id, client, "answered");
    }
}

/// Callers may invent methods; the numbers know only those that there are.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
