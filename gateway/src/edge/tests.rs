//! The edge over HTTP: tokens and their rotation, and the proxy before a real upstream. Not here: the tables of single rules, which stand beside them.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{Service as _, ServiceResponse},
    test::{self, TestRequest},
    web::{self, Bytes},
};
use common::{
    chance::Chance,
    config::Config,
    key::KeyRing,
    peer::Identity,
    service::{Platform, mount},
    token::KeySource,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Edge, Upstream};
use crate::{Gateway, client::actions::apply_file};

const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{
    "/credit/v1/echo/{id}":{"get":{"responses":{}},"post":{"responses":{}}},
    "/credit/v1/closed":{"get":{"responses":{},"security":[{"oauth2":["credit:read"]}]}}}}"#;

struct Bench {
    platform: Platform,
    folder: PathBuf,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("touchstone-gateway-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        let config = Config { data: folder.clone(), ..Config::default() };
        let chance = Chance::system();
        let ring = KeyRing::load_or_make(&folder.join("keys/gateway.jwks"), &chance).unwrap();
        let identity = Identity::Minted { ring: Box::new(ring.clone()), issuer: config.issuer.clone(), chance: chance.clone() };
        Self { platform: Platform::new(config, chance, KeySource::Own(ring), identity).unwrap(), folder }
    }

    async fn clients(&self, gateway: &Gateway, secret: &str) {
        let path = self.folder.join("clients.json");
        let client =
            json!([{"client_id": "a", "client_secret": secret, "org": "914404001000000590", "role": "buyer", "scopes": ["credit:read"]}]);
        std::fs::write(&path, client.to_string()).unwrap();
        assert_eq!(apply_file(&gateway.db, &gateway.chance, &path).await.unwrap(), 1);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

macro_rules! app {
    ($bench:expr, $edge:expr) => {{
        let edge = $edge;
        let outer = common::http::trace::Edge::new(&$bench.platform.config, $bench.platform.metrics.clone());
        test::init_service(App::new().wrap(edge.guard().clone()).wrap(outer).configure(move |config| edge.configure(config))).await
    }};
}

fn edge(bench: &Bench, url: &str) -> (Edge, Arc<Gateway>) {
    let (own, gateway) = mount::<Gateway>(&bench.platform).unwrap();
    let upstreams = vec![Upstream::remote("credit", url, DOCUMENT).unwrap()];
    (Edge::new(&bench.platform, own, Arc::clone(&gateway), upstreams).unwrap(), gateway)
}

fn from(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

async fn body_of<B: MessageBody>(answer: ServiceResponse<B>) -> Value {
    serde_json::from_slice(&test::read_body(answer).await).unwrap()
}

async fn echo(request: HttpRequest, body: Bytes) -> HttpResponse {
    let headers: serde_json::Map<String, Value> =
        request.headers().iter().map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap()))).collect();
    let seen = json!({"method": request.method().as_str(), "target": request.uri().to_string(), "headers": headers, "length": body.len()});
    HttpResponse::Created().insert_header(("ETag", "\"1\"")).json(seen)
}

fn echo_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = HttpServer::new(|| App::new().default_service(web::to(echo))).workers(1).disable_signals().listen(listener).unwrap();
    actix_web::rt::spawn(server.run());
    url
}

#[actix_web::test]
async fn a_request_reaches_its_service_with_the_token_and_without_identities() {
    let bench = Bench::new("proxy");
    let app = app!(bench, edge(&bench, &echo_server()).0);
    let large = vec![b'x'; 200_000];
    let request = TestRequest::post()
        .uri("/credit/v1/echo/7?a=%20b&c=1")
        .peer_addr(from("9.8.7.6:1234"))
        .insert_header(("X-User-Id", "root"))
        .insert_header(("X-Forwarded-For", "6.6.6.6"))
        .insert_header(("X-Request-Id", "mine"))
        .insert_header(("Idempotency-Key", "k"))
        .insert_header(("Content-Length", large.len().to_string()))
        .set_payload(large)
        .to_request();
    let answer = test::call_service(&app, request).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers().get("etag").unwrap(), "\"1\"");
    assert_eq!(answer.headers().get("x-request-id").unwrap(), "mine");
    let seen = body_of(answer).await;
    assert_eq!((seen["method"].as_str(), seen["length"].as_u64()), (Some("POST"), Some(200_000)));
    assert_eq!(seen["target"], "/credit/v1/echo/7?a=%20b&c=1");
    let headers = seen["headers"].as_object().unwrap();
    assert!(!headers.contains_key("x-user-id"));
    assert_eq!(headers["x-forwarded-for"], "9.8.7.6");
    assert_eq!(
        (&headers["x-forwarded-proto"], &headers["x-request-id"], &headers["idempotency-key"]),
        (&json!("http"), &json!("mine"), &json!("k"))
    );
    assert!(headers["traceparent"].as_str().unwrap().starts_with("00-"));
}

#[actix_web::test]
async fn what_is_not_in_the_document_is_not_routed() {
    let bench = Bench::new("routes");
    let app = app!(bench, edge(&bench, &echo_server()).0);
    for (path, status) in [
        ("/credit/v1/secret", 404),
        ("/credit/v1/%65cho/7", 404),
        ("/credit/v1/closed", 401),
        // Another spelling of a path asks for the same token.
        ("/credit/v1/%63losed", 401),
        ("/nothing", 404),
    ] {
        let answer = test::call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(body_of(answer).await["status"], status);
    }
    let answer = test::call_service(&app, TestRequest::delete().uri("/credit/v1/echo/7").to_request()).await;
    assert_eq!(answer.status(), 405);
}

#[actix_web::test]
async fn a_service_that_is_down_is_said_to_be_down() {
    let bench = Bench::new("down");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = app!(bench, edge(&bench, &format!("http://{free}")).0);
    let answer = test::call_service(&app, TestRequest::get().uri("/credit/v1/echo/7").to_request()).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(body_of(answer).await["code"], "upstream_unavailable");
}

/// Answers the first request of each connection and ends the connection when the second comes in.
async fn forgetful(count: Arc<AtomicUsize>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    actix_web::rt::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            actix_web::rt::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                count.fetch_add(1, Ordering::SeqCst);
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
                let _ = stream.read(&mut buffer).await;
            });
        }
    });
    url
}

#[actix_web::test]
async fn a_stale_connection_costs_a_read_nothing_and_a_write_is_not_sent_twice() {
    let bench = Bench::new("stale");
    let served = Arc::new(AtomicUsize::new(0));
    let app = app!(bench, edge(&bench, &forgetful(Arc::clone(&served)).await).0);
    for _ in 0..3 {
        let answer = test::call_service(&app, TestRequest::get().uri("/credit/v1/echo/7").to_request()).await;
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(served.load(Ordering::SeqCst), 3);
    let write = TestRequest::post().uri("/credit/v1/echo/7").insert_header(("Content-Length", "1")).set_payload("x").to_request();
    assert_eq!(test::call_service(&app, write).await.status(), 503);
    assert_eq!(served.load(Ordering::SeqCst), 3);
}

macro_rules! token {
    ($app:expr, $secret:expr) => {{
        let form = format!("grant_type=client_credentials&client_id=a&client_secret={}", $secret);
        let request = TestRequest::post()
            .uri("/oauth2/token")
            .peer_addr(from("127.0.0.1:1"))
            .insert_header(("Content-Type", "application/x-www-form-urlencoded"));
        test::call_service(&$app, request.set_payload(form).to_request()).await
    }};
}

#[actix_web::test]
async fn two_secrets_live_side_by_side_and_the_third_replaces_the_oldest() {
    let bench = Bench::new("rotation");
    let (edge, gateway) = edge(&bench, &echo_server());
    let app = app!(bench, edge);
    let secrets = ["first-secret-0001", "second-secret-002", "third-secret-0003"];
    bench.clients(&gateway, secrets[0]).await;
    bench.clients(&gateway, secrets[0]).await;
    bench.clients(&gateway, secrets[1]).await;
    assert_eq!(token!(app, secrets[0]).status(), 200);
    assert_eq!(token!(app, secrets[1]).status(), 200);
    bench.clients(&gateway, secrets[2]).await;
    assert_eq!(token!(app, secrets[0]).status(), 401, "remembered proofs end with their hash");
    let granted = token!(app, secrets[1]);
    assert_eq!(granted.headers().get("cache-control").unwrap(), "no-store");
    let granted = body_of(granted).await;
    assert_eq!((&granted["token_type"], &granted["expires_in"], &granted["scope"]), (&json!("Bearer"), &json!(900), &json!("credit:read")));
    let bearer = format!("Bearer {}", granted["access_token"].as_str().unwrap());
    let request = TestRequest::get().uri("/credit/v1/closed").insert_header(("Authorization", bearer.clone())).to_request();
    let seen = body_of(test::call_service(&app, request).await).await;
    assert_eq!(seen["headers"]["authorization"], bearer);
}

#[actix_web::test]
async fn guessing_is_slowed_down_before_anything_is_hashed() {
    let bench = Bench::new("guess");
    let (edge, gateway) = edge(&bench, &echo_server());
    let app = app!(bench, edge);
    bench.clients(&gateway, "first-secret-0001").await;
    assert_eq!(token!(app, "first-secret-0001").status(), 200);
    let mut limited = 0;
    for number in 0..130 {
        let answer = token!(app, format!("wrong-{number}"));
        if answer.status() == 429 {
            assert!(answer.headers().contains_key("retry-after"));
            limited += 1;
        } else {
            assert_eq!(answer.status(), 401);
        }
    }
    assert!(limited >= 9, "{limited}");
    assert_eq!(token!(app, "first-secret-0001").status(), 200, "who was proven before is not locked out by a guesser");
}

#[actix_web::test]
async fn keys_documents_and_pages_are_public() {
    let bench = Bench::new("public");
    let app = app!(bench, edge(&bench, &echo_server()).0);
    for path in [
        "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server",
        "/openapi.json",
        "/openapi/credit.json",
        "/openapi/gateway.json",
        "/problems",
        "/problems/not_found",
        "/docs/",
    ] {
        let answer = test::call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!(answer.status(), 200, "{path}");
    }
    let keys = body_of(test::call_service(&app, TestRequest::get().uri("/.well-known/jwks.json").to_request()).await).await;
    assert_eq!(keys["keys"][0]["purpose"], "token");
    assert!(keys["keys"][0].get("d").is_none());
    for (path, status) in [("/", 302), ("/docs", 302), ("/openapi/none.json", 404), ("/problems/none", 404), ("/docs/none.js", 404)] {
        assert_eq!(app.call(TestRequest::get().uri(path).to_request()).await.unwrap().status(), status, "{path}");
    }
}
