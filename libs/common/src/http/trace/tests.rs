//! The edge around a small app.

use actix_web::{
    App, HttpMessage, HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    middleware::{Next, from_fn},
    test::{TestRequest, call_service, init_service, read_body_json, try_call_service},
    web,
};
use model::text::Text;
use serde_json::Value;

use super::*;
use crate::{error, error::Code, http::json, telemetry::Trace};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const ID: &str = "0af7651916cd43dd8448eb211c80319c";

fn edge() -> Edge {
    Edge::new(&Config::default(), Metrics::new().unwrap())
}

async fn whole(request: HttpRequest) -> HttpResponse {
    let inside = Trace::current().unwrap();
    let told = request.extensions().get::<TraceId>().cloned().unwrap();
    HttpResponse::Ok().json([inside.trace_id, told.0, inside.span_id])
}

async fn refused() -> error::Result<HttpResponse> {
    Err(Error::rule("too_late", Text::new("太晚了。", "Too late.")).with_header("ETag", "\"4\"".to_owned()))
}

async fn read_then_refused(_: json::Body<Value>) -> error::Result<HttpResponse> {
    Err(Error::rule("too_late", Text::new("太晚了。", "Too late.")))
}

async fn broken() -> error::Result<HttpResponse> {
    Err(Error::internal("the password is hunter2"))
}

async fn panics() -> HttpResponse {
    panic!("the password is hunter2")
}

async fn failing(_: ServiceRequest, _: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, ActixError> {
    Err(actix_web::error::ErrorServiceUnavailable("the password is hunter2"))
}

macro_rules! app {
    () => {
        init_service(
            App::new()
                .wrap(edge())
                .route("/whole", web::get().to(whole))
                .route("/cached", web::get().to(|| async { HttpResponse::Ok().insert_header(("Cache-Control", "max-age=5")).finish() }))
                .route("/refused", web::post().to(refused))
                .route("/read", web::post().to(read_then_refused))
                .route("/broken", web::get().to(broken))
                .route("/panics", web::get().to(panics))
                .route("/typed", web::post().to(|_: web::Json<Value>| async { HttpResponse::Ok().finish() }))
                .route("/old", web::get().to(|| async {
                    HttpResponse::BadRequest().insert_header(("RateLimit", "r=1")).insert_header(("X-Odd", "1")).json("own form")
                }))
                .route("/oauth", web::get().to(|| async {
                    let mut answer = HttpResponse::BadRequest().json(serde_json::json!({"error": "invalid_client"}));
                    answer.extensions_mut().insert(Verbatim);
                    answer
                }))
                .service(web::scope("/failing").wrap(from_fn(failing)).route("/x", web::get().to(HttpResponse::Ok))),
        )
        .await
    };
}

#[actix_web::test]
async fn the_callers_trace_and_id_are_kept() {
    let app = app!();
    let request = TestRequest::get().uri("/whole").insert_header(("traceparent", PARENT)).insert_header(("X-Request-Id", "r-1"));
    let answer = call_service(&app, request.to_request()).await;
    assert_eq!(answer.headers().get("x-request-id").unwrap(), "r-1");
    assert_eq!(answer.headers().get(header::X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
    assert_eq!(answer.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
    let traceparent = answer.headers().get("traceparent").unwrap().to_str().unwrap().to_owned();
    let [inside, told, span]: [String; 3] = read_body_json(answer).await;
    assert_eq!((inside.as_str(), told.as_str()), (ID, ID));
    assert_eq!(traceparent, format!("00-{ID}-{span}-00"));
    assert!(!PARENT.contains(&span));
    let cached = call_service(&app, TestRequest::get().uri("/cached").to_request()).await;
    assert_eq!(cached.headers().get(header::CACHE_CONTROL).unwrap(), "max-age=5");
}

#[actix_web::test]
async fn a_bad_trace_or_id_is_replaced() {
    let app = app!();
    let request = TestRequest::get().uri("/whole").insert_header(("traceparent", "nonsense")).insert_header(("X-Request-Id", "a b"));
    let answer = call_service(&app, request.to_request()).await;
    let id = answer.headers().get("x-request-id").unwrap().to_str().unwrap().to_owned();
    let [inside, ..]: [String; 3] = read_body_json(answer).await;
    assert_eq!(id, inside);
    assert_eq!(inside.len(), 32);
    let other = call_service(&app, TestRequest::get().uri("/whole").to_request()).await;
    let [other, ..]: [String; 3] = read_body_json(other).await;
    assert_ne!(inside, other);
}

#[actix_web::test]
async fn every_error_becomes_a_problem() {
    let app = app!();
    for (method, path, status, code) in [
        (Method::POST, "/refused?secret=1", 422, "too_late"),
        (Method::GET, "/broken", 500, "internal"),
        (Method::GET, "/nowhere", 404, "not_found"),
        (Method::GET, "/refused", 404, "not_found"),
        (Method::GET, "/old", 400, "malformed"),
        (Method::POST, "/typed", 415, "unsupported_media_type"),
    ] {
        let request = TestRequest::with_uri(path).method(method.clone()).insert_header(("traceparent", PARENT));
        let answer = call_service(&app, request.insert_header(("Accept-Language", "zh-CN")).to_request()).await;
        let found = answer.status().as_u16();
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), "application/problem+json", "{method} {path}");
        assert_eq!(answer.headers().get("content-language").unwrap(), "zh");
        assert_eq!(answer.headers().get("x-request-id").unwrap(), ID);
        assert!(answer.headers().get("x-odd").is_none());
        assert_eq!(answer.headers().contains_key("ratelimit"), path == "/old");
        let problem: Value = read_body_json(answer).await;
        let told = (found, &problem["code"], &problem["trace_id"], &problem["status"]);
        assert_eq!(told, (status, &Value::from(code), &Value::from(ID), &Value::from(status)), "{method} {path}");
        assert_eq!(problem["instance"], path.split('?').next().unwrap());
        assert!(!problem.to_string().contains("hunter2"));
    }
}

#[actix_web::test]
async fn errors_without_a_response_are_problems_too() {
    let app = app!();
    for (path, status) in [("/failing/x", 503), ("/panics", 500)] {
        let error = try_call_service(&app, TestRequest::get().uri(path).to_request()).await.unwrap_err();
        let answer = error.error_response();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), "application/problem+json");
        assert!(answer.headers().contains_key("x-request-id") && answer.headers().contains_key(header::X_CONTENT_TYPE_OPTIONS));
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap_or_default();
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
    }
}

#[actix_web::test]
async fn a_form_that_another_standard_prescribes_stays() {
    let app = app!();
    let answer = call_service(&app, TestRequest::get().uri("/oauth").to_request()).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let body: Value = read_body_json(answer).await;
    assert_eq!(body["error"], "invalid_client");
}

#[test]
fn statuses_have_codes() {
    for status in 400..=599 {
        let error = answer::of_status(status, None);
        assert!(matches!((status, error.status()), (400..=499, 400..=499) | (500..=599, 500..=599)), "{status}");
    }
    assert_eq!(answer::of_status(431, None).code(), Code::HEADERS_TOO_LARGE.code);
    assert_eq!(answer::of_status(408, None).code(), Code::REQUEST_TIMEOUT.code);
    assert_eq!(answer::of_status(417, None).status(), 417);
}

/// Sends raw bytes and returns all that comes back until the server closes or a second has passed.
async fn exchange(address: std::net::SocketAddr, request: String) -> (String, bool) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match tokio::time::timeout(std::time::Duration::from_millis(1500), socket.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return (String::from_utf8_lossy(&text).into_owned(), true),
            Ok(Ok(read)) => text.extend_from_slice(&buffer[..read]),
            Err(_) => return (String::from_utf8_lossy(&text).into_owned(), false),
        }
    }
}

#[actix_web::test]
async fn a_refused_body_that_was_not_read_ends_the_connection() {
    let server = actix_web::HttpServer::new(|| {
        App::new().wrap(edge()).route("/refused", web::post().to(refused)).route("/read", web::post().to(read_then_refused))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let running = server.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);
    let head = "Host: x\r\nContent-Type: application/json\r\n";
    let (text, closed) = exchange(address, format!("POST /refused HTTP/1.1\r\n{head}Content-Length: 100000\r\n\r\n{{")).await;
    assert!(text.starts_with("HTTP/1.1 422") && text.to_ascii_lowercase().contains("connection: close"), "{text}");
    assert!(closed);
    let (text, _) = exchange(address, format!("POST /nowhere HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n")).await;
    assert!(text.starts_with("HTTP/1.1 404") && text.to_ascii_lowercase().contains("connection: close"), "{text}");
    let (text, closed) = exchange(address, format!("POST /read HTTP/1.1\r\n{head}Content-Length: 2\r\n\r\n{{}}")).await;
    assert!(text.starts_with("HTTP/1.1 422") && !text.to_ascii_lowercase().contains("connection: close") && !closed, "{text}");
    handle.stop(false).await;
}
