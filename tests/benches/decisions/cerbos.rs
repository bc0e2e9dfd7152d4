//! The peer: Cerbos with a policy of ten conditions equal in meaning to the starter ruleset. Not here: what is measured of it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use chrono::Months;
use model::instant::Day;
use serde_json::{Value, json};
use testkit::Folder;

use super::supply::Supplier;
use crate::kit::{
    http::{Ask, json, request},
    process::{Process, free_address},
    stack::bearer,
};

/// Resources in one request: what Cerbos takes by default.
pub(crate) const BATCH: usize = 50;
/// The last day of what has none.
const OPEN: &str = "9999-12-31";

/// The program, where `tests/benches/run` put it, and its version.
pub(crate) fn find() -> Option<(PathBuf, String)> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench/cerbos/node_modules/@cerbos/cerbos-linux-x64");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(package.join("package.json")).ok()?).ok()?;
    let program = package.join("cerbos-linux-x64");
    program.is_file().then(|| (program, manifest["version"].as_str().unwrap_or_default().to_owned()))
}

/// Starts it on the policy beside this file, without audit log and telemetry.
pub(crate) fn start(program: &Path, folder: &Folder) -> Process {
    let (web, grpc) = (free_address(), free_address());
    let settings = folder.path().join("cerbos.yaml");
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/decisions/policies");
    let text = json!({
        "server": {"httpListenAddr": web.to_string(), "grpcListenAddr": grpc.to_string()},
        "storage": {"driver": "disk", "disk": {"directory": policies, "watchForChanges": false}},
        "telemetry": {"disabled": true},
        "audit": {"enabled": false},
    });
    fs::write(&settings, text.to_string()).unwrap();
    let path = settings.to_string_lossy();
    Process::that_listens(program, &["server", "--log-level=error", &format!("--config={path}")], web, &folder.path().join("cerbos.log"))
}

/// A supplier as Cerbos is told of it: it keeps nothing, so everything travels with each request, cut to what the conditions read.
pub(crate) struct Told {
    /// Its code.
    pub(crate) code: String,
    resource: Value,
}

impl Told {
    /// What the conditions read.
    pub(crate) fn attributes(&self) -> &Value {
        &self.resource["resource"]["attr"]
    }
}

/// The attributes of some suppliers; grade and score are asked from the product, for Cerbos has no scoring.
pub(crate) async fn tell(product: SocketAddr, suppliers: &[Supplier]) -> Vec<Told> {
    let token = bearer(product).await;
    let mut told = Vec::with_capacity(suppliers.len());
    for supplier in suppliers {
        let path = format!("/credit/v1/enterprises/{}/score", supplier.code);
        let score = json(product, request("GET", &path, &token, "", "")).await;
        let attributes = json!({
            "status": supplier.entry["status"],
            "established_on": supplier.entry["established_on"],
            "grade": score["grade"],
            "score": score["score"].as_i64().unwrap_or(-1),
            "facts": supplier.facts.iter().map(cut).collect::<Vec<_>>(),
        });
        let resource = json!({
            "actions": ["take_part"],
            "resource": {"kind": "supplier", "id": supplier.code, "attr": attributes},
        });
        told.push(Told { code: supplier.code.clone(), resource });
    }
    told
}

fn cut(fact: &Value) -> Value {
    let mut made = json!({
        "kind": fact["kind"],
        "decided_on": fact["decided_on"],
        "valid_from": fact["valid_from"],
        "valid_to": fact["valid_to"].as_str().unwrap_or(OPEN),
    });
    let detail = &fact["detail"];
    match fact["kind"].as_str().unwrap_or_default() {
        "spot_check" => made["result"] = detail["result"].clone(),
        "procurement_ban" => made["scope"] = detail["scope"].clone(),
        "recall" => {
            made["mode"] = detail["mode"].clone();
            made["state"] = detail["state"].clone();
        }
        "penalty" => {
            made["types"] = detail["types"].clone();
            let fen = detail["fine"]["amount"].as_str().unwrap_or("0.00").replace('.', "");
            made["fine_fen"] = json!(fen.parse::<i64>().unwrap());
            made["ban_until"] = json!(detail["ban_until"].as_str().unwrap_or("0000-00-00"));
        }
        _ => {}
    }
    made
}

/// A day with the first days of the periods that count on it, for languages that cannot count months.
pub(crate) fn days(today: Day) -> Value {
    let since = |months: u32| today.checked_sub_months(Months::new(months)).unwrap().to_string();
    json!({"today": today.to_string(), "since_24m": since(24), "since_36m": since(36)})
}

/// The body of a request about these suppliers on a day.
pub(crate) fn body(told: &[Told], today: Day) -> Bytes {
    let body = json!({
        "requestId": "benchmark",
        "principal": {
            "id": "buyer",
            "roles": ["buyer"],
            "attr": days(today),
        },
        "resources": told.iter().map(|one| &one.resource).collect::<Vec<_>>(),
    });
    Bytes::from(body.to_string())
}

/// A request with such a body.
pub(crate) fn ask(body: Bytes) -> Ask {
    request("POST", "/api/check/resources", "", "application/json", body)
}

/// Who may take part, in the order asked.
pub(crate) async fn verdicts(to: SocketAddr, told: &[Told], today: Day) -> Vec<bool> {
    let mut allowed = Vec::with_capacity(told.len());
    for part in told.chunks(BATCH) {
        let answer = json(to, ask(body(part, today))).await;
        let results = answer["results"].as_array().unwrap();
        for (one, result) in part.iter().zip(results) {
            assert_eq!(result["resource"]["id"], json!(one.code), "the answers are not in the order asked");
            allowed.push(result["actions"]["take_part"] == "EFFECT_ALLOW");
        }
    }
    allowed
}
