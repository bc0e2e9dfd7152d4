//! The door of the proxy: requests of actix in, answers of hyper out, both streamed. Not here: the exchange itself, `actions`.

use std::{net::IpAddr, rc::Rc, sync::Arc, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::header::{self as old, HeaderMap as OldHeaders},
    web::{self, Bytes, Payload, ServiceConfig},
};
use common::{
    config::Config,
    error::{Code, Error, Kind, Result},
    http::trace::{BodyRead, Verbatim},
    stop::stopped,
    telemetry::Trace,
};
use futures_util::{Stream, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header, request::Parts};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use model::text::Text;

use super::{
    actions::{Answered, Lost, Outgoing, Progress, exchange},
    rules::{self, Paths},
};
use crate::link::{Connection, Pool};

/// Answers up to so many bytes are read whole: one write to the client, and a broken one becomes a clean 503.
const SMALL: u64 = 64 * 1024;
/// An upstream that stops in the middle of an answer is given up after so long.
const NEXT_WITHIN: Duration = Duration::from_secs(60);

/// A pending answer may take so long after the signal to stop.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Where a service is, and what it offers.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) connect: String,
    pub(crate) host: String,
    pub(crate) paths: Arc<Paths>,
    pub(crate) config: Arc<Config>,
}

/// Puts a service of another process into an app.
pub(crate) fn configure(config: &mut ServiceConfig, target: &Target) {
    let route = Rc::new(Route { pool: Pool::new(target.connect.clone()), target: target.clone() });
    let forward = move |request: HttpRequest, payload: Payload| {
        let route = Rc::clone(&route);
        async move { forward(&route, request, payload).await }
    };
    // One resource, so that the numbers and the log know the service by its first segment.
    config.service(web::resource(format!("/{}/{{tail:.*}}", target.name)).to(forward));
}

struct Route {
    pool: Rc<Pool<Outgoing>>,
    target: Target,
}

async fn forward(route: &Rc<Route>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    if !route.target.paths.contain(request.path()) {
        let detail = Text::new("没有这个地址。", "There is nothing at this address.");
        return Err(Error::new(Kind::NotFound, Code::NOT_FOUND, detail));
    }
    let length = request.headers().get(old::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let has_body = length.is_some_and(|length| length > 0) || request.headers().contains_key(old::TRANSFER_ENCODING);
    let progress = Progress::new(has_body);
    let body = if has_body { Outgoing::Streamed { payload, left: length, progress: Rc::clone(&progress) } } else { Outgoing::Empty };
    let outgoing = Request::from_parts(head(route, &request)?, body);
    let repeatable = !has_body && rules::is_idempotent(request.method().as_str());
    let again = || if repeatable { head(route, &request).ok() } else { None };
    let answered = tokio::select! {
        answered = exchange(&route.pool, outgoing, again, &progress) => answered,
        () = overdue(), if repeatable => Err(Lost::Stopping),
    };
    if progress.has_ended() {
        request.extensions_mut().insert(BodyRead);
    }
    let name = &route.target.name;
    let answered = answered.map_err(|lost| Error::unavailable(Code::UPSTREAM_UNAVAILABLE, format!("{name} {lost}")))?;
    respond(route, answered).await
}

/// Ends when the process was told to stop and an ordinary answer has had its time: what still waits is a long poll, and can be asked again elsewhere.
async fn overdue() {
    stopped().await;
    tokio::time::sleep(LAST_WORD).await;
}

/// The head of the request as the upstream gets it.
fn head(route: &Route, request: &HttpRequest) -> Result<Parts> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let made = Request::builder().method(request.method().as_str()).uri(target).body(());
    let (mut parts, ()) = made.map_err(Error::internal)?.into_parts();
    let from = request.headers();
    let named = rules::named_by_connection(from.get_all(old::CONNECTION).map(|value| value.as_bytes()));
    parts.headers.reserve(from.len().saturating_add(4));
    put(&mut parts.headers, header::HOST, &route.target.host);
    for (name, value) in from {
        if rules::request_header_passes(name.as_str(), &named)
            && let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_str().as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            parts.headers.append(name, value);
        }
    }
    if let Some(trace) = Trace::current() {
        put(&mut parts.headers, HeaderName::from_static("traceparent"), &trace.header());
    }
    if let Some(peer) = request.peer_addr() {
        let chain = only_text(from, "x-forwarded-for");
        let trusted = is_trusted(&route.target.config, peer.ip());
        let chain = rules::forwarded_for(chain.as_deref(), &peer.ip().to_string(), trusted);
        put(&mut parts.headers, HeaderName::from_static("x-forwarded-for"), &chain);
    }
    put(&mut parts.headers, HeaderName::from_static("x-forwarded-proto"), scheme_of(request, &route.target.config));
    Ok(parts)
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

fn only_text(headers: &OldHeaders, name: &str) -> Option<String> {
    let texts: Vec<&str> = headers.get_all(name).filter_map(|value| value.to_str().ok()).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn is_trusted(config: &Config, address: IpAddr) -> bool {
    config.trusted_proxies.iter().any(|network| network.contains(&address))
}

/// Where a request really comes from: forwarding headers are believed from trusted proxies only.
pub(crate) fn address_of(request: &HttpRequest, config: &Config) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if config.trusted_proxies.is_empty() || !is_trusted(config, peer) {
        return Some(peer);
    }
    let chain = only_text(request.headers(), "x-forwarded-for").unwrap_or_default();
    let ours = |link: &str| link.parse::<IpAddr>().is_ok_and(|address| is_trusted(config, address));
    Some(rules::farthest(&chain, ours).and_then(|link| link.parse().ok()).unwrap_or(peer))
}

/// How a client reaches the edge: `http` or `https`.
pub(crate) fn scheme_of(request: &HttpRequest, config: &Config) -> &'static str {
    let trusted = request.peer_addr().is_some_and(|peer| is_trusted(config, peer.ip()));
    let said = only_text(request.headers(), "x-forwarded-proto").filter(|_said| trusted);
    match said.as_deref() {
        Some("https") => "https",
        Some(_) => "http",
        None if config.tls.is_some() => "https",
        None => "http",
    }
}

async fn respond(route: &Rc<Route>, answered: Answered) -> Result<HttpResponse> {
    let Answered { answer, connection } = answered;
    let (parts, body) = answer.into_parts();
    let status = actix_web::http::StatusCode::from_u16(parts.status.as_u16()).map_err(Error::internal)?;
    let mut response = HttpResponse::build(status);
    let named = rules::named_by_connection(parts.headers.get_all(header::CONNECTION).iter().map(HeaderValue::as_bytes));
    for (name, value) in &parts.headers {
        if rules::answer_header_passes(name.as_str(), &named)
            && let (Ok(name), Ok(value)) =
                (old::HeaderName::from_bytes(name.as_str().as_bytes()), old::HeaderValue::from_bytes(value.as_bytes()))
        {
            response.append_header((name, value));
        }
    }
    let mut response = with_body(route, &mut response, body, connection).await?;
    // What the service says is its own: the edge must not put another problem document in its place.
    response.extensions_mut().insert(Verbatim);
    Ok(response)
}

async fn with_body(
    route: &Rc<Route>,
    response: &mut HttpResponseBuilder,
    body: Incoming,
    connection: Connection<Outgoing>,
) -> Result<HttpResponse> {
    let length = body.size_hint().exact();
    if length.is_some_and(|length| length <= SMALL) {
        let collected = tokio::time::timeout(NEXT_WITHIN, body.collect()).await;
        let name = &route.target.name;
        let broken = |cause: &dyn std::fmt::Display| {
            Error::unavailable(Code::UPSTREAM_UNAVAILABLE, format!("{name} stopped in its answer: {cause}"))
        };
        let bytes = collected.map_err(|late| broken(&late))?.map_err(|error| broken(&error))?.to_bytes();
        route.pool.put(connection);
        return Ok(response.body(bytes));
    }
    let pieces = pieces(Rc::clone(route), body, connection);
    Ok(match length {
        Some(length) => response.body(SizedStream::new(length, pieces)),
        None => response.streaming(pieces),
    })
}

/// The body piece by piece; the connection goes back to the pool only after the last one, and is closed when the client goes away before.
fn pieces(route: Rc<Route>, body: Incoming, connection: Connection<Outgoing>) -> impl Stream<Item = std::io::Result<Bytes>> + 'static {
    stream::unfold(Some((route, body, connection)), |state| async move {
        let (route, mut body, connection) = state?;
        loop {
            match tokio::time::timeout(NEXT_WITHIN, body.frame()).await {
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(bytes) => return Some((Ok(bytes), Some((route, body, connection)))),
                    // Trailers are of this connection only.
                    Err(_trailers) => {}
                },
                Ok(Some(Err(error))) => return Some((Err(std::io::Error::other(error)), None)),
                Ok(None) => {
                    route.pool.put(connection);
                    return None;
                }
                Err(late) => return Some((Err(std::io::Error::new(std::io::ErrorKind::TimedOut, late)), None)),
            }
        }
    })
}
