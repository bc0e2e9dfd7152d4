//! The outermost middleware: it gives every request its trace, turns every error into a problem document, and notes what was answered.
//! Not here: who calls and how often he may; those are further in.

mod answer;
mod context;

use std::{
    any::Any,
    future::{Ready, ready},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Instant,
};

use actix_web::{
    Error as ActixError, HttpMessage,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    error::InternalError,
};
use futures_util::{FutureExt, future::LocalBoxFuture};
use tracing::Instrument;

use crate::{
    chance::Chance,
    config::Config,
    error::{Error, render},
    metrics::Metrics,
};
use answer::{decorate, error_of, kept_headers, note};
use context::Asked;

/// The trace id of a request, in its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceId(pub String);

/// In the extensions of a request whose body was read to its end: the connection can go on after an error.
#[derive(Clone, Copy, Debug)]
pub struct BodyRead;

/// In the extensions of a response: an error whose body another standard prescribes (RFC 6749) and that stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Verbatim;

/// The outermost middleware.
#[derive(Clone, Debug)]
pub struct Edge(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ratio_ppm: u32,
    chance: Chance,
    metrics: Metrics,
}

impl Edge {
    /// The middleware with the share of traces from the settings.
    #[must_use]
    pub fn new(config: &Config, metrics: Metrics) -> Self {
        Self(Arc::new(Shared { ratio_ppm: config.trace_ratio_ppm, chance: Chance::system(), metrics }))
    }
}

impl<S, B> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = ActixError;
    type Transform = EdgeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(EdgeService { service, shared: self.0.clone() }))
    }
}

/// The middleware around a service.
#[derive(Debug)]
pub struct EdgeService<S> {
    service: S,
    shared: Arc<Shared>,
}

impl<S, B> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = ActixError;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let shared = self.shared.clone();
        let (asked, trace, span) = Asked::of(&request, shared.ratio_ppm, &shared.chance);
        request.extensions_mut().insert(TraceId(trace.trace_id.clone()));
        let inner = self.service.call(request);
        Box::pin(async move {
            let guarded = AssertUnwindSafe(inner).catch_unwind();
            let result = match &span {
                Some(span) => trace.clone().scope(guarded.instrument(span.clone())).await,
                None => trace.clone().scope(guarded).await,
            };
            let answer = match result {
                Ok(Ok(response)) => Ok(finish(response, &asked)),
                Ok(Err(error)) => Err(give_up(&error, &asked)),
                Err(panic) => Err(give_up(&Error::internal(panic_text(panic.as_ref())).into(), &asked)),
            };
            note(&answer, &asked, span.as_ref(), started.elapsed(), &shared.metrics);
            answer
        })
    }
}

/// The answer as it leaves: an error is shown as a problem document, everything carries the common headers.
fn finish<B: MessageBody + 'static>(response: ServiceResponse<B>, asked: &Asked) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let status = response.status();
    let mut response = if status.is_client_error() || status.is_server_error() {
        match shown(&response, asked) {
            Some(problem) => response.into_response(problem.map_into_right_body()),
            None => response.map_into_left_body(),
        }
    } else {
        response.map_into_left_body()
    };
    let read = response.request().extensions().contains::<BodyRead>();
    decorate(response.response_mut().head_mut(), asked, read);
    response
}

/// The problem document for an error response, unless it stays as it is.
fn shown<B>(response: &ServiceResponse<B>, asked: &Asked) -> Option<actix_web::HttpResponse> {
    let held = response.response();
    let made;
    let error = match held.error().and_then(|error| error.as_error::<Error>()) {
        Some(error) => error,
        None => {
            made = error_of(response.response())?;
            &made
        }
    };
    error.log(&asked.trace_id);
    let mut problem = render(error, asked.lang(), asked.path(), &asked.trace_id);
    kept_headers(held.headers(), problem.headers_mut());
    Some(problem)
}

/// The answer for an error that came without a response, such as that of a middleware or a panic.
fn give_up(error: &ActixError, asked: &Asked) -> ActixError {
    let made;
    let shown = match error.as_error::<Error>() {
        Some(error) => error,
        None => {
            made = answer::of_status(error.as_response_error().status_code().as_u16(), Some(error));
            &made
        }
    };
    shown.log(&asked.trace_id);
    let mut problem = render(shown, asked.lang(), asked.path(), &asked.trace_id);
    kept_headers(error.error_response().headers(), problem.headers_mut());
    decorate(problem.head_mut(), asked, false);
    InternalError::from_response("answered by the edge", problem).into()
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a handler panicked: {}", text.unwrap_or_default())
}

#[cfg(test)]
mod tests;
