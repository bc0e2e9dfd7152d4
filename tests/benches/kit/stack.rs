//! The product as it is measured: release programs on SQLite in a temporary folder, with one client that may do everything. Not here: the load.

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::Folder;

use super::{
    http::{self, request, text},
    process::Process,
};

/// The client that may do everything.
pub(crate) const CLIENT: &str = "benchmark";
/// It guards an address of this machine for as long as the benchmark runs.
pub(crate) const SECRET: &str = "only-for-the-benchmark-0123456789";
const SCOPES: [&str; 6] = ["credit:read", "credit:write", "credit:decide", "procurement:read", "procurement:write", "procurement:decide"];
/// The organisation of the client: a code of the documentation.
const ORGANISATION: &str = "914404001000000590";

/// The settings that every process gets.
pub(crate) fn settings(folder: &Folder, name: &str) -> Vec<(&'static str, String)> {
    let path = |part: &str| folder.path().join(part).to_string_lossy().into_owned();
    let clients = path("clients.json");
    let client = json!([{"client_id": CLIENT, "client_secret": SECRET, "org": ORGANISATION, "role": "authority", "scopes": SCOPES}]);
    fs::write(&clients, client.to_string()).unwrap();
    vec![
        ("TOUCHSTONE_LISTEN", "127.0.0.1:0".to_owned()),
        ("TOUCHSTONE_DATA", path(name)),
        ("TOUCHSTONE_RATE_LIMIT", "100000000".to_owned()),
        ("TOUCHSTONE_LOG", "warn".to_owned()),
        ("TOUCHSTONE_CLIENTS", clients),
    ]
}

/// Everything in one process.
pub(crate) fn all_in_one(folder: &Folder) -> Process {
    let log = folder.path().join("touchstone.log");
    Process::that_tells(&testkit::program("touchstone"), &["serve"], &settings(folder, "touchstone"), &log)
}

/// `Bearer` and a fresh token with every scope.
pub(crate) async fn bearer(to: SocketAddr) -> String {
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let ask = request("POST", "/oauth2/token", &basic, "application/x-www-form-urlencoded", "grant_type=client_credentials");
    let answer = http::json(to, ask).await;
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

/// Waits until decisions, one about this code among them, rest on all that credit has told; gives how long that took.
pub(crate) async fn follow(to: SocketAddr, code: &str, patience: Duration) -> Duration {
    let token = bearer(to).await;
    let head = || async {
        http::json(to, request("GET", "/credit/v1/events?after=9000000000000000&limit=1", &token, "", "")).await["head"].as_i64()
    };
    let started = Instant::now();
    loop {
        let body = json!({"supplier": code}).to_string();
        let (status, answer) = text(to, request("POST", "/procurement/v1/decisions", &token, "application/json", body)).await.unwrap();
        let known = serde_json::from_str::<Value>(&answer).ok().and_then(|view| view["sources"][0]["position"].as_i64());
        if status == 201 && known.is_some() && known >= head().await {
            return started.elapsed();
        }
        assert!(started.elapsed() < patience, "procurement does not follow: {status} {answer}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
