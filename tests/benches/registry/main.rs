//! What size costs: import, facts, re-scoring, search and score at 1,000 enterprises and at so many as are asked for, beside each other. `README.md` says how
//! to read it.
#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark: what goes wrong must stop it, figures are rounded, and its result is what it prints"
)]

#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
#[path = "../kit/mod.rs"]
mod kit;
mod world;

use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use common::clock::Clock;
use kit::{
    arguments::Arguments,
    http::{self, Ask, request, text},
    load::{Load, Make, random},
    process::Process,
    stack::{all_in_one, bearer},
    table::{Table, figure, machine},
};
use model::instant::Day;
use serde_json::{Value, json};
use testkit::Folder;
use world::{Made, World};

/// Enterprises in one import.
const FILE: usize = 50_000;
/// Facts in one request.
const BATCH: usize = 5_000;
const IN_FLIGHT: u64 = 4;
const PATIENCE: Duration = Duration::from_secs(1_800);

fn main() -> ExitCode {
    let Some(asked) = Arguments::of_bench() else { return ExitCode::SUCCESS };
    let (enterprises, seconds) = (asked.number("--enterprises", 1_000_000.0) as usize, asked.number("--seconds", 5.0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        println!("{}; {seconds} s a row", machine());
        let small = Figures::of(1_000, seconds).await;
        let large = Figures::of(enterprises, seconds).await;
        print(&small, &large);
    });
    ExitCode::SUCCESS
}

/// What was measured at one size: name and value.
struct Figures {
    enterprises: usize,
    rows: Vec<(String, f64)>,
}

impl Figures {
    async fn of(enterprises: usize, seconds: f64) -> Self {
        let folder = Folder::new();
        let server = all_in_one(&folder);
        let today = Clock::system().now().day();
        let world = World::new(today);
        let mut rows = Vec::new();
        rows.push(("enterprises imported a second".to_owned(), import(&server, &world, enterprises).await));
        let (facts, rate) = facts(&server, &world, enterprises).await;
        rows.push(("facts".to_owned(), facts as f64));
        rows.push(("facts recorded a second".to_owned(), rate));
        rows.push(("enterprises re-scored a minute".to_owned(), rescore(server.address, today).await));
        rows.push(("enterprises and facts exported a second".to_owned(), export(server.address).await));
        let last = world.enterprise(enterprises - 1).code;
        rows.push((
            "procurement knows all of it after, s".to_owned(),
            kit::stack::follow(server.address, &last, PATIENCE).await.as_secs_f64(),
        ));
        let world = Arc::new(world);
        for (name, make) in questions(&world, enterprises, &bearer(server.address).await) {
            let load = Load { to: server.address, in_flight: IN_FLIGHT, seconds, rate: None };
            let outcome = load.run(&make).await;
            assert!(outcome.answered > 0 && outcome.refused == 0, "{name}: {} refused", outcome.refused);
            rows.push((format!("{name}: p50 ms"), outcome.percentile(0.5)));
            rows.push((format!("{name}: p99 ms"), outcome.percentile(0.99)));
        }
        let memory = server.memory();
        rows.push(("memory of its own, MiB".to_owned(), memory.own));
        rows.push(("memory with mapped pages of the files, each once, MiB".to_owned(), memory.once));
        rows.push(("resident at most, a page of each connection that maps it, MiB".to_owned(), memory.most));
        rows.push(("data on disk, MiB".to_owned(), size_of(folder.path()) / 1_048_576.0));
        Self { enterprises, rows }
    }
}

/// Imports the register in files; gives rows a second.
async fn import(server: &Process, world: &World, enterprises: usize) -> f64 {
    let started = Instant::now();
    let path = "/credit/v1/enterprises/import";
    for first in (0..enterprises).step_by(FILE) {
        let lines: String = (first..enterprises.min(first + FILE)).map(|number| world.line(&world.enterprise(number)) + "\n").collect();
        let ask = request("POST", path, &bearer(server.address).await, "application/x-ndjson", lines);
        let (status, answer) = text(server.address, ask).await.unwrap();
        let last: Value = serde_json::from_str(answer.trim().lines().last().unwrap_or_default()).unwrap_or_default();
        assert!(status == 200 && last["summary"]["refused"] == 0, "{path}: {status} {answer:.300}");
        eprint!("\renterprises {}  ", first + FILE.min(enterprises));
    }
    eprintln!();
    enterprises as f64 / started.elapsed().as_secs_f64()
}

/// Posts all facts in batches; gives how many and facts a second.
async fn facts(server: &Process, world: &World, enterprises: usize) -> (usize, f64) {
    let started = Instant::now();
    let (mut lines, mut count, mut sent) = (String::new(), 0, 0);
    let mut token = bearer(server.address).await;
    let mut asked = Instant::now();
    for number in 0..enterprises {
        for fact in world.facts(&world.enterprise(number)) {
            lines += &(fact + "\n");
            count += 1;
        }
        if count - sent >= BATCH || number + 1 == enterprises {
            if asked.elapsed() > Duration::from_secs(300) {
                token = bearer(server.address).await;
                asked = Instant::now();
            }
            let path = "/credit/v1/facts/batch";
            let ask = request("POST", path, &token, "application/x-ndjson", std::mem::take(&mut lines));
            let (status, answer) = text(server.address, ask).await.unwrap();
            let refused = answer.lines().find(|line| !line.contains("\"status\":201"));
            assert!(status == 200 && refused.is_none(), "{path}: {status} {refused:?}");
            sent = count;
            eprint!("\rfacts {count}  ");
        }
    }
    eprintln!();
    (count, count as f64 / started.elapsed().as_secs_f64())
}

/// Publishes the next version of the model and waits until everybody is scored by it; gives enterprises a minute.
async fn rescore(to: SocketAddr, today: Day) -> f64 {
    let token = bearer(to).await;
    let versions = "/credit/v1/models/quality-credit/versions";
    let live = http::json(to, request("GET", &format!("{versions}/1"), &token, "", "")).await;
    let mut model = live["model"].clone();
    model["version"] = json!(2);
    model["effective_from"] = json!(today.to_string());
    // Every grade is harder to get: nearly every timeline differs and is told again.
    for level in model["levels"].as_array_mut().unwrap() {
        level["at_least"] = json!(level["at_least"].as_u64().unwrap() * 101 / 100);
    }
    let draft = http::json(to, request("POST", versions, &token, "application/json", model.to_string())).await;
    let started = Instant::now();
    let mut publish = request("POST", &format!("{versions}/2/publish"), &token, "", "");
    publish.headers_mut().insert("if-match", format!("\"{}\"", draft["revision"]).parse().unwrap());
    http::json(to, publish).await;
    loop {
        let runs = http::json(to, request("GET", "/credit/v1/scores/runs", &bearer(to).await, "", "")).await;
        let run = &runs["items"][0];
        if run["state"] == "done" {
            eprintln!("\rre-scored {} of {}, told {}  ", run["done"], run["total"], run["told"]);
            return run["rate_per_minute"].as_f64().unwrap();
        }
        assert!(started.elapsed() < PATIENCE, "{run}");
        eprint!("\rre-scored {} of {}  ", run["done"], run["total"]);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// Writes all that is public into an export; gives lines a second.
async fn export(to: SocketAddr) -> f64 {
    let started = Instant::now();
    let asked = http::json(to, request("POST", "/credit/v1/exports", &bearer(to).await, "application/json", "{}")).await;
    let path = format!("/credit/v1/exports/{}", asked["id"].as_str().unwrap());
    loop {
        let made = http::json(to, request("GET", &path, &bearer(to).await, "", "")).await;
        if made["state"] == "ready" {
            let lines: f64 = ["enterprises", "facts", "listings"].iter().map(|kind| made[kind].as_f64().unwrap()).sum();
            return lines / started.elapsed().as_secs_f64();
        }
        assert!(started.elapsed() < PATIENCE, "{made}");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// What is asked at each size, by name.
fn questions(world: &Arc<World>, enterprises: usize, token: &str) -> Vec<(&'static str, Make)> {
    let ask = |path: fn(&Made, &mut u64) -> String| -> Make {
        let (world, token) = (Arc::clone(world), token.to_owned());
        Arc::new(move |number: u64| -> Ask {
            let mut seed = number;
            let made = world.enterprise(random(&mut seed) as usize % enterprises);
            request("GET", &path(&made, &mut seed), &token, "", "")
        })
    };
    let decide: Make = {
        let (world, token) = (Arc::clone(world), token.to_owned());
        Arc::new(move |number: u64| -> Ask {
            let mut seed = number;
            let code = world.enterprise(random(&mut seed) as usize % enterprises).code;
            request("POST", "/procurement/v1/decisions", &token, "application/json", json!({"supplier": code}).to_string())
        })
    };
    vec![
        ("decision, stored", decide),
        ("search, full name", ask(|made, _| search(&made.name))),
        ("search, short name", ask(|made, _| search(&made.core))),
        ("search, one character missing", ask(|made, seed| search(&without_one(&made.name, seed)))),
        ("search, part of the code", ask(|made, _| search(&made.code[8..16]))),
        ("score, explained", ask(|made, _| format!("/credit/v1/enterprises/{}/score", made.code))),
        ("public page", ask(|made, _| format!("/credit/v1/public/enterprises/{}", made.code))),
        ("facts of an enterprise", ask(|made, _| format!("/credit/v1/enterprises/{}/facts", made.code))),
    ]
}

fn search(text: &str) -> String {
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/credit/v1/enterprises?q={escaped}&limit=5")
}

fn without_one(name: &str, seed: &mut u64) -> String {
    let place = 2 + random(seed) as usize % 2;
    name.chars().enumerate().filter(|(at, _)| *at != place).map(|(_, c)| c).collect()
}

fn size_of(folder: &std::path::Path) -> f64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| if entry.path().is_dir() { size_of(&entry.path()) } else { entry.metadata().map_or(0.0, |data| data.len() as f64) })
        .sum()
}

fn print(small: &Figures, large: &Figures) {
    let mut table = Table::new(&["what", &figure(small.enterprises as f64), &figure(large.enterprises as f64), "ratio"]);
    for ((name, small), (_, large)) in small.rows.iter().zip(&large.rows) {
        table.add(&[name, &figure(*small), &figure(*large), &format!("{} x", figure(large / small))]);
    }
    table.print("Enterprises in the register");
}
