//! What a decision costs: single, signed, paced and in batches through the gateway, beside Cerbos in the same run. `README.md` says how to read it.
#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark: what goes wrong must stop it, figures are rounded, and its result is what it prints"
)]

mod cerbos;
mod disk;
#[path = "../kit/mod.rs"]
mod kit;
mod libraries;
mod supply;

use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

use common::clock::Clock;
use kit::{
    arguments::Arguments,
    http::{self, Ask, request, text},
    load::{Load, Make, Outcome, percentile},
    process::Process,
    stack::{all_in_one, bearer},
    table::{Table, figure, machine, median},
};
use model::instant::Day;
use serde_json::{Value, json};
use supply::Supplier;
use testkit::Folder;

const DECISIONS: &str = "/procurement/v1/decisions";
const BATCHES: &str = "/procurement/v1/decisions/batch";
/// Suppliers on which both must agree before they are compared.
const COMPARED: usize = 1_000;
/// Suppliers in one batch.
const BATCH: usize = 1_000;
/// Changes of which each is looked for in decisions.
const CHANGES: usize = 200;
/// Changes that are looked for at once.
const WATCHERS: usize = 4;
const IN_FLIGHT: u64 = 64;
const IN_FLIGHT_BATCHES: u64 = 4;

struct Settings {
    suppliers: usize,
    seconds: f64,
}

fn main() -> ExitCode {
    let Some(asked) = Arguments::of_bench() else { return ExitCode::SUCCESS };
    let settings = Settings { suppliers: asked.number("--suppliers", 1_000.0) as usize, seconds: asked.number("--seconds", 10.0) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&settings));
    ExitCode::SUCCESS
}

/// What a load cost a server.
struct Cost {
    outcome: Outcome,
    cpu: f64,
    /// Decisions in one request.
    each: usize,
}

impl Cost {
    async fn of(server: &Process, load: Load, make: &Make, each: usize) -> Self {
        let before = server.cpu();
        let outcome = load.run(make).await;
        Self { cpu: server.cpu() - before, outcome, each }
    }

    fn decisions(&self) -> f64 {
        self.outcome.answered as f64 * self.each as f64
    }

    fn per_cpu_second(&self) -> f64 {
        self.decisions() / self.cpu
    }

    fn add_to(&self, table: &mut Table, what: &str) {
        table.add(&[
            what,
            &figure(self.outcome.rate() * self.each as f64),
            &figure(self.per_cpu_second()),
            &figure(1e6 / self.per_cpu_second()),
            &figure(self.outcome.percentile(0.5)),
            &figure(self.outcome.percentile(0.99)),
            &self.outcome.refused.to_string(),
            &figure(self.outcome.bytes as f64 / self.decisions()),
            &figure(self.outcome.own_cpu / self.outcome.seconds * 100.0),
        ]);
    }
}

const COLUMNS: [&str; 9] = [
    "what",
    "decisions/s",
    "decisions per CPU-second",
    "CPU µs per decision",
    "p50 ms",
    "p99 ms",
    "refused",
    "bytes per decision",
    "load generator, % of a core",
];

async fn measure(settings: &Settings) {
    println!("{}; {} suppliers, {} s a row", machine(), settings.suppliers, settings.seconds);
    let folder = Folder::new();
    let server = all_in_one(&folder);
    let empty = server.memory().now;
    let today = Clock::system().now().day();
    let suppliers = supply::suppliers(settings.suppliers, today);
    let loading = std::time::Instant::now();
    supply::load(server.address, &suppliers).await;
    let loaded = loading.elapsed();

    let mut table = Table::new(&COLUMNS);
    let single = product(&server, &suppliers, settings, &mut table, &folder).await;
    let peer = match cerbos::find() {
        Some((program, version)) => Some(compare(&program, &version, (&server, &folder), &suppliers, (today, settings), &mut table).await),
        None => {
            eprintln!("Cerbos is not installed: tests/benches/run installs it");
            None
        }
    };
    let memory = server.memory();
    let seen = seen_after(server.address, &suppliers, today).await;
    table.print("Decisions");
    summary(&single, peer.as_ref(), &seen);
    println!("- start of an empty machine to ready: {} ms (median of 5)", figure(starts().await));
    println!(
        "- memory: {} MiB empty, {} MiB after the load ({} of its own, {} with each mapped page once), {} MiB at most; {} suppliers with {} facts loaded in {} s",
        figure(empty),
        figure(memory.now),
        figure(memory.own),
        figure(memory.once),
        figure(memory.most),
        suppliers.len(),
        suppliers.iter().map(|supplier| supplier.facts.len()).sum::<usize>(),
        figure(loaded.as_secs_f64()),
    );
}

/// What the product reached.
struct Reached {
    single: f64,
    signed: f64,
    batch: f64,
    p99: f64,
    sync: f64,
}

fn decide(codes: &Arc<Vec<String>>, token: &str, sign: bool) -> Make {
    let (codes, token) = (Arc::clone(codes), token.to_owned());
    Arc::new(move |random| -> Ask {
        let code = &codes[random as usize % codes.len()];
        let body = format!("{{\"supplier\":\"{code}\",\"sign\":{sign}}}");
        request("POST", DECISIONS, &token, "application/json", body)
    })
}

/// The rows of the product itself.
async fn product(server: &Process, suppliers: &[Supplier], settings: &Settings, table: &mut Table, folder: &Folder) -> Reached {
    let to = server.address;
    let codes = Arc::new(suppliers.iter().map(|supplier| supplier.code.clone()).collect::<Vec<_>>());
    let token = bearer(to).await;
    let load = Load { to, in_flight: IN_FLIGHT, seconds: settings.seconds, rate: None };
    Load { seconds: (settings.seconds / 3.0).max(1.0), ..load }.run(&decide(&codes, &token, false)).await;

    let single = Cost::of(server, load, &decide(&codes, &token, false), 1).await;
    single.add_to(table, "single, unsigned, 64 in flight");
    let signed = Cost::of(server, load, &decide(&codes, &token, true), 1).await;
    signed.add_to(table, "single, signed, 64 in flight");
    let half = Load { rate: Some(single.outcome.rate() / 2.0), ..load };
    let sync_before = disk::median_sync(folder.path());
    let paced = Cost::of(server, half, &decide(&codes, &token, false), 1).await;
    paced.add_to(table, "single, unsigned, half of that rate");
    let sync = median(vec![sync_before, disk::median_sync(folder.path())]);

    let body = |start: usize| {
        let asked: Vec<&String> = codes.iter().cycle().skip(start).take(BATCH).collect();
        json!({"suppliers": asked, "explain": "failed"}).to_string()
    };
    let bodies: Vec<bytes::Bytes> = (0..8).map(|place| body(place * codes.len() / 8).into()).collect();
    let token = bearer(to).await;
    let make: Make = Arc::new(move |random| {
        let body = bodies[random as usize % bodies.len()].clone();
        request("POST", BATCHES, &token, "application/json", body)
    });
    let batch = Cost::of(server, Load { in_flight: IN_FLIGHT_BATCHES, ..load }, &make, BATCH).await;
    batch.add_to(table, "batch of 1,000, explain failed, 4 in flight");
    Reached {
        single: single.per_cpu_second(),
        signed: signed.per_cpu_second(),
        batch: batch.per_cpu_second(),
        p99: paced.outcome.percentile(0.99),
        sync,
    }
}

/// What Cerbos reached, and on how many suppliers it agrees.
struct Peer {
    version: String,
    single: f64,
    batch: f64,
    agreed: usize,
    compared: usize,
    eligible: usize,
}

/// The rows of Cerbos, after it was found to give the same verdicts.
async fn compare(
    program: &std::path::Path,
    version: &str,
    (server, folder): (&Process, &Folder),
    suppliers: &[Supplier],
    (today, settings): (Day, &Settings),
    table: &mut Table,
) -> Peer {
    let sample = suppliers.get(..COMPARED.min(suppliers.len())).unwrap_or_default();
    let told = cerbos::tell(server.address, sample).await;
    let peer = cerbos::start(program, folder);
    let ours = verdicts(server.address, sample).await;
    let theirs = cerbos::verdicts(peer.address, &told, today).await;
    for ((supplier, (ours, view)), theirs) in
        sample.iter().zip(&ours).zip(&theirs).filter(|((_, (ours, _)), theirs)| ours != *theirs).take(3)
    {
        eprintln!("{}: ours {ours}, Cerbos {theirs}: {view}", supplier.code);
    }
    libraries::leave(&told, &ours, today);
    let agreed = ours.iter().zip(&theirs).filter(|((ours, _), theirs)| ours == *theirs).count();
    let eligible = ours.iter().filter(|(eligible, _)| *eligible).count();

    let singles: Vec<_> = told.chunks(1).map(|part| cerbos::body(part, today)).collect();
    let batches: Vec<_> = told.chunks_exact(cerbos::BATCH).map(|part| cerbos::body(part, today)).collect();
    let make = |bodies: Vec<bytes::Bytes>| -> Make { Arc::new(move |random| cerbos::ask(bodies[random as usize % bodies.len()].clone())) };
    let load = Load { to: peer.address, in_flight: IN_FLIGHT, seconds: settings.seconds, rate: None };
    let singles = make(singles);
    Load { seconds: (settings.seconds / 3.0).max(1.0), ..load }.run(&singles).await;
    let single = Cost::of(&peer, load, &singles, 1).await;
    single.add_to(table, "Cerbos, single, 64 in flight");
    let mut reached =
        Peer { version: version.to_owned(), single: single.per_cpu_second(), batch: f64::NAN, agreed, compared: sample.len(), eligible };
    if !batches.is_empty() {
        let batch = Cost::of(&peer, Load { in_flight: IN_FLIGHT_BATCHES, ..load }, &make(batches), cerbos::BATCH).await;
        batch.add_to(table, "Cerbos, batches of 50, 4 in flight");
        reached.batch = batch.per_cpu_second();
    }
    reached
}

/// The product's verdicts on a sample: whether the supplier may take part, and the answer.
async fn verdicts(to: SocketAddr, sample: &[Supplier]) -> Vec<(bool, Value)> {
    let asked: Vec<&String> = sample.iter().map(|supplier| &supplier.code).collect();
    let body = json!({"suppliers": asked, "explain": "failed"}).to_string();
    let (status, lines) = text(to, request("POST", BATCHES, &bearer(to).await, "application/json", body)).await.unwrap();
    assert_eq!(status, 200, "{lines}");
    let verdict = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let eligible = ["eligible", "eligible_with_conditions"].contains(&line["body"]["outcome"].as_str().unwrap_or_default());
        (eligible, line["body"]["reasons"].clone())
    };
    lines.lines().map(verdict).collect()
}

/// After how many microseconds a decision names a fact that was just acknowledged.
async fn seen_after(to: SocketAddr, suppliers: &[Supplier], today: Day) -> Vec<u64> {
    let token = bearer(to).await;
    let changes: Vec<(String, Value)> =
        suppliers.iter().take(CHANGES).map(|supplier| (supplier.code.clone(), supply::listing(&supplier.code, today))).collect();
    let watchers = changes.chunks(changes.len().div_ceil(WATCHERS)).map(|part| {
        let (part, token) = (part.to_vec(), token.clone());
        tokio::spawn(async move {
            let mut micros = Vec::with_capacity(part.len());
            for (code, fact) in part {
                micros.push(one_seen_after(to, &token, &code, &fact).await);
            }
            micros
        })
    });
    let mut micros = Vec::new();
    for watcher in watchers.collect::<Vec<_>>() {
        micros.extend(watcher.await.unwrap());
    }
    micros
}

async fn one_seen_after(to: SocketAddr, token: &str, code: &str, fact: &Value) -> u64 {
    let stored = http::json(to, request("POST", "/credit/v1/facts", token, "application/json", fact.to_string())).await;
    let (id, start) = (stored["id"].as_str().unwrap().to_owned(), std::time::Instant::now());
    loop {
        let body = json!({"supplier": code, "explain": "failed"}).to_string();
        let (status, answer) = text(to, request("POST", DECISIONS, token, "application/json", body)).await.unwrap();
        if status == 201 && answer.contains(&id) {
            return start.elapsed().as_micros() as u64;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{id} is not seen: {status} {answer}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// How long an empty machine takes until it is ready, in milliseconds.
async fn starts() -> f64 {
    let mut taken = Vec::new();
    for _ in 0..5 {
        let folder = Folder::new();
        let start = std::time::Instant::now();
        let server = all_in_one(&folder);
        taken.push(start.elapsed().as_secs_f64() * 1000.0);
        // Ready means that it answers.
        drop(bearer(server.address).await);
    }
    median(taken)
}

fn summary(ours: &Reached, peer: Option<&Peer>, seen: &[u64]) {
    println!(
        "\n- p99 at half of the maximum rate: {} ms; the bar is 5 ms + 2 x the median fsync of this disk ({} ms) = {} ms",
        figure(ours.p99),
        figure(ours.sync),
        figure(5.0 + 2.0 * ours.sync)
    );
    println!("- a signed receipt adds {} µs of CPU", figure(1e6 / ours.signed - 1e6 / ours.single));
    println!(
        "- a fact changed -> a decision names it: p50 {} ms, p99 {} ms, of {} changes",
        figure(percentile(seen, 0.5) / 1000.0),
        figure(percentile(seen, 0.99) / 1000.0),
        seen.len()
    );
    let Some(peer) = peer else { return };
    println!(
        "- verdicts equal to those of Cerbos {}: {} of {} ({} may take part)",
        peer.version, peer.agreed, peer.compared, peer.eligible
    );
    println!(
        "- decisions per CPU-second against Cerbos: single {} x, signed {} x, batch {} x",
        figure(ours.single / peer.single),
        figure(ours.signed / peer.single),
        figure(ours.batch / peer.batch)
    );
}
