//! Who may call what, enforced from the documents: token, limits, scope, in this order. Not here: what depends on the object; handlers check that.

use std::{
    future::{Future, Ready, ready},
    net::IpAddr,
    pin::Pin,
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::{
        Method,
        header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    },
};
use matchit::Router;
use model::text::Text;
use utoipa::openapi::OpenApi;

use crate::{
    clock::Clock,
    document,
    error::{Code, Error, Kind, Result, protocol},
    kv::{Kv, Taken},
    metrics::Metrics,
    token::{Caller, Verifier},
};

/// The window of the rate limit.
const WINDOW_MS: u64 = 60_000;

/// What each operation asks for, by path and method.
#[derive(Clone, Default)]
pub struct Operations {
    router: Arc<Router<Vec<Operation>>>,
    /// `/{service}/v1/` of every document: below these nothing is reached that no document names.
    prefixes: Arc<Vec<String>>,
}

struct Operation {
    method: Method,
    /// `None` is public.
    scopes: Option<Vec<String>>,
}

impl Operations {
    /// The operations of these documents.
    ///
    /// # Errors
    /// When two documents clash over a path.
    pub fn of<'a>(documents: impl IntoIterator<Item = &'a OpenApi>) -> Result<Self> {
        let (mut router, mut prefixes) = (Router::new(), Vec::new());
        for document in documents {
            for (path, item) in &document.paths.paths {
                prefixes.extend(prefix(path));
                let operations = document::operations(item).into_iter().map(|(method, operation)| Operation {
                    method: Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET),
                    scopes: document::scopes(operation),
                });
                router.insert(path.clone(), operations.collect()).map_err(Error::internal)?;
            }
        }
        prefixes.sort();
        prefixes.dedup();
        Ok(Self { router: Arc::new(router), prefixes: Arc::new(prefixes) })
    }

    fn find(&self, path: &str, method: &Method) -> Found<'_> {
        let Ok(matched) = self.router.at(path) else {
            return if self.prefixes.iter().any(|prefix| path.starts_with(prefix.as_str())) { Found::NoPath } else { Found::Elsewhere };
        };
        match matched.value.iter().find(|operation| operation.method == *method) {
            Some(operation) => Found::Operation(operation.scopes.as_deref()),
            None => Found::NoMethod(matched.value.iter().map(|operation| operation.method.as_str()).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// The part of a path that belongs to a service as a whole: `/{service}/v1/`.
fn prefix(path: &str) -> Option<String> {
    let mut parts = path.splitn(4, '/').skip(1);
    let (service, version) = (parts.next()?, parts.next()?);
    parts.next().map(|_rest| format!("/{service}/{version}/"))
}

enum Found<'a> {
    /// Below a service, but in no document.
    NoPath,
    /// Not below a service: pages, health.
    Elsewhere,
    NoMethod(String),
    Operation(Option<&'a [String]>),
}

/// The limit per client.
#[derive(Clone)]
pub struct Limits {
    /// Where it is counted.
    pub kv: Kv,
    /// Requests per minute of one client, or of one address without a token.
    pub per_minute: u64,
    /// When.
    pub clock: Clock,
    /// What was refused.
    pub metrics: Metrics,
    /// Where a request without a token comes from, trusted proxies considered.
    pub address: AddressOf,
    /// Paths that are never limited: without the public keys no service could check a token.
    pub free: &'static [&'static str],
}

/// Finds the address that a request really comes from.
pub type AddressOf = Arc<dyn Fn(&HttpRequest) -> Option<IpAddr> + Send + Sync>;

/// The middleware.
#[derive(Clone)]
pub struct Guard {
    operations: Operations,
    verifier: Verifier,
    limits: Option<Limits>,
}

impl Guard {
    /// Guards these operations.
    #[must_use]
    pub const fn new(operations: Operations, verifier: Verifier) -> Self {
        Self { operations, verifier, limits: None }
    }

    /// The same with a limit per client, at the edge.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Token, limits, scope.
    async fn admit(&self, request: &ServiceRequest) -> (Option<Taken>, Result<()>) {
        // The router matches the decoded path; what is admitted must be what is reached.
        let scopes = match self.operations.find(request.match_info().as_str(), request.method()) {
            Found::Elsewhere => return (None, Ok(())),
            Found::NoPath => {
                let detail = Text::new("这个地址没有内容。", "There is nothing at this address.");
                return (None, Err(Error::new(Kind::NotFound, Code::NOT_FOUND, detail)));
            }
            Found::NoMethod(allow) => {
                let detail = Text::new(format!("此处只允许 {allow}。"), format!("Only {allow} is allowed here."));
                return (None, Err(protocol(Code::METHOD_NOT_ALLOWED, detail).with_header("Allow", allow)));
            }
            Found::Operation(scopes) => scopes,
        };
        let caller = match (bearer(request.headers()), scopes) {
            (Ok(Some(token)), _) => match self.verify(token).await {
                Ok(caller) => Some(caller),
                Err(error) => return (None, Err(error)),
            },
            (Ok(None), None) => None,
            (Ok(None), Some(_)) => {
                let detail = Text::new("需要访问令牌。", "An access token is needed.");
                return (None, Err(Error::unauthenticated(Code::TOKEN_MISSING, detail)));
            }
            (Err(error), _) => return (None, Err(error)),
        };
        let taken = match self.take(caller.as_ref(), request.request()).await {
            Ok(taken) => taken,
            Err((taken, error)) => return (Some(taken), Err(error)),
        };
        if let (Some(scopes), Some(caller)) = (scopes, &caller)
            && let Some(missing) = scopes.iter().find(|scope| !caller.has_scope(scope))
        {
            let detail = Text::new(format!("令牌缺少权限范围 {missing}。"), format!("The token lacks the scope {missing}."));
            let challenge = format!("Bearer realm=\"touchstone\", error=\"insufficient_scope\", scope=\"{missing}\"");
            return (taken, Err(Error::forbidden(Code::SCOPE_MISSING, detail).with_header("WWW-Authenticate", challenge)));
        }
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller);
        }
        (taken, Ok(()))
    }

    async fn verify(&self, token: &str) -> Result<Caller> {
        let claims = match self.verifier.known(token) {
            Some(known) => known,
            None => self.verifier.verify(token).await,
        };
        claims.map(Caller::new)
    }

    async fn take(&self, caller: Option<&Caller>, request: &HttpRequest) -> std::result::Result<Option<Taken>, (Taken, Error)> {
        let Some(limits) = self.limits.as_ref().filter(|limits| !limits.free.contains(&request.path())) else { return Ok(None) };
        let key = match caller {
            Some(caller) => format!("client:{}", caller.client()),
            None => (limits.address)(request).map_or_else(|| "address:unknown".to_owned(), |address| format!("address:{address}")),
        };
        let taken = limits.kv.take(&key, limits.per_minute, WINDOW_MS, limits.clock.now()).await;
        if taken.allowed {
            return Ok(Some(taken));
        }
        limits.metrics.rate_limited("gateway");
        let wait = taken.reset_s;
        Err((taken, Error::too_many(wait)))
    }
}

/// The bearer token of a request, RFC 6750 section 2.1.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut sent = headers.get_all(AUTHORIZATION);
    let (Some(header), None) = (sent.next(), sent.next()) else {
        return if headers.contains_key(AUTHORIZATION) { Err(unreadable()) } else { Ok(None) };
    };
    let text = header.to_str().map_err(|_not_ascii| unreadable())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(unreadable)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unreadable());
    }
    Ok(Some(token.trim()))
}

fn unreadable() -> Error {
    let detail = Text::new("Authorization 请求头不是 Bearer 令牌。", "The Authorization header is not a bearer token");
    Error::unauthenticated(Code::TOKEN_INVALID, detail)
}

impl<S, B> Transform<S, ServiceRequest> for Guard
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = ActixError;
    type Transform = Guarded<S>;
    type InitError = ();
    type Future = Ready<std::result::Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Guarded { inner: Rc::new(inner), guard: Rc::new(self.clone()) }))
    }
}

/// The middleware around an app.
pub struct Guarded<S> {
    inner: Rc<S>,
    guard: Rc<Guard>,
}

impl<S, B> Service<ServiceRequest> for Guarded<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = ActixError;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self::Response, ActixError>>>>;

    fn poll_ready(&self, context: &mut std::task::Context<'_>) -> std::task::Poll<std::result::Result<(), ActixError>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, guard) = (Rc::clone(&self.inner), Rc::clone(&self.guard));
        Box::pin(async move {
            let (taken, admitted) = guard.admit(&request).await;
            let mut response = match admitted {
                Ok(()) => inner.call(request).await?.map_into_left_body(),
                Err(error) => request.error_response(error).map_into_right_body(),
            };
            if let (Some(taken), Some(limits)) = (taken, &guard.limits) {
                show_limit(response.headers_mut(), taken, limits.per_minute);
            }
            Ok(response)
        })
    }
}

/// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
fn show_limit(headers: &mut HeaderMap, taken: Taken, per_minute: u64) {
    let policy = format!("\"client\";q={per_minute};w={}", WINDOW_MS / 1000);
    let state = format!("\"client\";r={};t={}", taken.remaining, taken.reset_s);
    for (name, text) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
